import { credentialExpiry, fleetRuleGroups } from "../alerts";
import { dashboardQueries, dashboards, variableQueries } from "../dashboards";
import type { Monitors } from "../platform/monitors";
import { parsePromql } from "../promql/parse";

/** A rule or a panel that asks for a metric. */
export interface Needer {
    kind: "alert" | "recording rule" | "panel" | "variable";
    /** The alert, the recorded series, or the dashboard's uid and the panel's title. */
    name: string;
}

/**
 * Which metrics the rules and dashboards of what is watched ask for, and who asks: what agents must send. Series that
 * rules record are not among them, because the ruler makes those.
 */
export function neededMetrics(context: { observer: string; monitors: Monitors }): Map<string, Needer[]> {
    const rules = fleetRuleGroups(context, { runbookBase: "" }).flatMap((group) => group.rules);
    const asked: { needer: Needer; expr: string }[] = [
        ...rules.map((rule) => ({
            needer:
                "alert" in rule
                    ? { kind: "alert" as const, name: rule.alert }
                    : { kind: "recording rule" as const, name: rule.record },
            expr: rule.expr,
        })),
        ...dashboards(context).flatMap((dashboard) => [
            ...dashboardQueries(dashboard).map(({ panel, expr }) => ({
                needer: { kind: "panel" as const, name: `${dashboard.uid}: ${panel}` },
                expr,
            })),
            ...variableQueries(dashboard).map(({ variable, series }) => ({
                needer: { kind: "variable" as const, name: `${dashboard.uid}: ${variable}` },
                expr: series,
            })),
        ]),
    ];
    const made = new Set([
        "ALERTS",
        credentialExpiry,
        // The inventory's entries make these.
        "fleet_application_info",
        "fleet_cluster_info",
        ...rules.flatMap((rule) => ("record" in rule ? rule.record : [])),
    ]);
    // What the observer scrapes of itself no agent has to send.
    const own = `cluster="${context.observer}"`;
    const needed = new Map<string, Needer[]>();
    for (const { needer, expr } of asked) {
        const { metrics, selectors } = parsePromql(expr);
        for (const metric of new Set(metrics.filter((_, index) => selectors[index]?.includes(own) !== true))) {
            if (!made.has(metric)) {
                const needers = needed.get(metric) ?? [];
                if (!needers.some(({ kind, name }) => kind === needer.kind && name === needer.name)) {
                    needed.set(metric, [...needers, needer]);
                }
            }
        }
    }
    return new Map([...needed].sort(([a], [b]) => (a < b ? -1 : 1)));
}
