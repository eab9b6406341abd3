import type { Duration, RuleGroup } from "../alerts";

/**
 * How time runs in a hurried fleet, for whoever wants to see an alert arrive and not wait for it: a tenth of every alert's
 * patience, and a series that has ended is forgotten after half a minute instead of five. Which alerts fire, and in which
 * order, stays as it is.
 */
export const haste = {
    /** What every `for` is divided by. */
    factor: 10,
    /** Between two evaluations. */
    evaluationInterval: "5s",
    /** For how long Query sees a series after its last sample. */
    lookback: "30s",
    /** For how long Alertmanager waits for more of a group. */
    groupWait: "1s",
    /** Between two notifications about a group. */
    groupInterval: "10s",
} as const;

const seconds = { s: 1, m: 60, h: 3600, d: 86400 };

/** The same rules with less patience. */
export function hurried(groups: RuleGroup[]): RuleGroup[] {
    return groups.map((group) => ({
        ...group,
        interval: haste.evaluationInterval,
        rules: group.rules.map((rule) =>
            "alert" in rule && rule.for !== undefined ? { ...rule, for: hurriedDuration(rule.for) } : rule,
        ),
    }));
}

function hurriedDuration(duration: Duration): Duration {
    const unit = duration.at(-1) as keyof typeof seconds;
    return `${Math.ceil((Number.parseFloat(duration) * seconds[unit]) / haste.factor)}s`;
}
