import { setTimeout as sleep } from "node:timers/promises";
import { dashboardQueries, dashboards, noValues, type DashboardContext } from "../dashboards";
import { instantQuery } from "./query";

/** Seconds within which every panel must be answered: rates, and rules that read what other rules record, take their time. */
const patience = 240;

/** Questions at a time. */
const atOnce = 8;

/** What a panel's queries came to. */
export interface PanelCheck {
    dashboard: string;
    panel: string;
    says: "answered" | "empty" | "error";
    /** Why it is empty, in the panel's own words; else what is wrong. */
    why?: string;
    /** Whether that is as it should be. */
    right: boolean;
}

/** Asks Query for every panel of every dashboard until all is answered that should be. */
export async function checkDashboards(
    context: DashboardContext,
    query: string,
    report: (text: string) => void,
): Promise<PanelCheck[]> {
    const panels = dashboards(context).flatMap((dashboard) => {
        const reasons = noValues(dashboard);
        const expressions = new Map<string, string[]>();
        for (const { panel, expr } of dashboardQueries(dashboard)) {
            expressions.set(panel, [...(expressions.get(panel) ?? []), expr]);
        }
        return [...expressions].map(([panel, exprs]) => ({
            dashboard: dashboard.uid,
            panel,
            exprs,
            reason: reasons.get(panel),
        }));
    });
    const found = new Map<(typeof panels)[number], PanelCheck>();
    const deadline = Date.now() + patience * 1000;
    for (;;) {
        const open = panels.filter((panel) => found.get(panel)?.says !== "answered");
        const queue = [...open];
        await Promise.all(
            Array.from({ length: atOnce }, async () => {
                for (let panel = queue.shift(); panel !== undefined; panel = queue.shift()) {
                    found.set(panel, await ask(panel, query));
                }
            }),
        );
        const wrong = [...found.values()].filter(({ right }) => !right);
        if (wrong.length === 0 || Date.now() > deadline) {
            return panels.flatMap((panel) => found.get(panel) ?? []);
        }
        report(
            `${wrong.length} of ${panels.length} panels not yet answered, such as ${wrong[0]?.dashboard}: ${wrong[0]?.panel}`,
        );
        await sleep(5_000);
    }
}

async function ask(
    { dashboard, panel, exprs, reason }: { dashboard: string; panel: string; exprs: string[]; reason?: string },
    query: string,
): Promise<PanelCheck> {
    const checked = { dashboard, panel };
    try {
        const answers = await Promise.all(exprs.map((expr) => instantQuery(query, expr)));
        const empty = exprs.filter((_, index) => answers[index]?.length === 0);
        if (empty.length === 0) {
            return { ...checked, says: "answered", right: true };
        }
        return {
            ...checked,
            says: "empty",
            why: reason ?? `no answer to ${empty.join(" and to ")}`,
            right: reason !== undefined,
        };
    } catch (error) {
        return { ...checked, says: "error", why: error instanceof Error ? error.message : String(error), right: false };
    }
}

/** A line a panel, and what they come to. */
export function checkText(checks: PanelCheck[]): string {
    const count = (says: PanelCheck["says"], right = true) =>
        checks.filter((check) => check.says === says && check.right === right).length;
    const uids = new Set(checks.map(({ dashboard }) => dashboard));
    return [
        ...checks.map(
            ({ dashboard, panel, says, why, right }) =>
                `${right ? says.padEnd(8) : says.toUpperCase().padEnd(8)} ${dashboard}: ${panel}${why === undefined ? "" : ` (${why})`}`,
        ),
        "",
        `${checks.length} panels of ${uids.size} dashboards: ${count("answered")} answered, ` +
            `${count("empty")} empty for a stated reason, ${count("empty", false)} empty without one, ${count("error", false)} errors.`,
    ].join("\n");
}
