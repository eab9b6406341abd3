import { stringify } from "yaml";
import { dashboardQueries, dashboards, noValues, type DashboardQuery } from "../../dashboards";
import { simulatedTargets, type SimulatedCluster } from "../../local/simulation";
import { upstreamMetrics } from "../../metrics/catalogue";
import { parsePromql } from "../../promql/parse";
import { fleet, fleetGroups } from "../alerts/fleet";
import { testRules } from "../alerts/promtool";

/** What simulated data say to a query. */
export interface Answer {
    dashboard: string;
    query: DashboardQuery;
    /** Unknown where it asks for what only real programs expose. */
    says: "answered" | "empty" | "error" | "unknown";
    /** Why its panel may be empty. */
    noValue?: string;
    error?: string;
}

/** An hour of two samples a minute: rates and recorded series have settled. */
const samples = 120;
const secondsBetween = 30;

const clusters: SimulatedCluster[] = [
    ...fleet.clusters.map(({ name, tenant }, index) => ({ name, tenant, sick: index === 1 })),
    { name: fleet.observer, sick: false },
];

/** Every simulated series as promtool takes it. */
export function simulatedSeries(): Record<string, string> {
    const all: Record<string, string> = {};
    for (const cluster of clusters) {
        for (const { job, instance, labels, series } of simulatedTargets(cluster)) {
            const target = {
                cluster: cluster.name,
                ...(cluster.tenant === undefined ? {} : { tenant: cluster.tenant }),
                job,
                instance,
                simulated: "true",
                ...labels,
            };
            for (const { name, labels: own, value } of [{ name: "up", labels: {}, value: 1 }, ...series]) {
                all[`${name}${selector({ ...target, ...own })}`] = values(value);
            }
        }
    }
    return all;
}

/** Asks every query of every dashboard, or of those named, what it answers to simulated data. */
export function answers(uids: string[] = []): Answer[] {
    const asked = dashboards(fleet)
        .filter(({ uid }) => uids.length === 0 || uids.includes(uid))
        .flatMap((dashboard) => {
            const reasons = noValues(dashboard);
            return dashboardQueries(dashboard).map((query) => ({
                dashboard: dashboard.uid,
                query,
                noValue: reasons.get(query.panel),
            }));
        });
    const expressions = [...new Set(asked.map(({ query }) => query.expr))];
    const said = testRules(
        fleetGroups,
        stringify({
            rule_files: ["rules.yaml"],
            evaluation_interval: `${secondsBetween}s`,
            tests: [
                {
                    interval: `${secondsBetween}s`,
                    input_series: Object.entries(simulatedSeries()).map(([series, text]) => ({ series, values: text })),
                    // Nothing is expected of any, so that promtool reports each that answers, or fails.
                    promql_expr_test: expressions.map((expr) => ({
                        expr,
                        eval_time: `${(samples * secondsBetween) / 60}m`,
                        exp_samples: [],
                    })),
                },
            ],
        }),
    );
    const reports = new Map(
        [...said.matchAll(/expr: ("(?:[^"\\]|\\.)*"), time: [^\n]*\n([^\n]*)/g)].map(
            ([whole, expr = '""', next = ""]) => [
                JSON.parse(expr) as string,
                /err: (.*)/.exec(whole)?.[1] ?? /err: (.*)/.exec(next)?.[1],
            ],
        ),
    );
    if (reports.size === 0 && said !== "") {
        throw new Error(said.slice(0, 3000));
    }
    const exposed = new Set(Object.keys(simulatedSeries()).map((series) => series.split("{")[0]));
    const recorded = new Set(
        fleetGroups.flatMap(({ rules }) => rules).map((rule) => ("record" in rule ? rule.record : "ALERTS")),
    );
    return asked.map(({ dashboard, query, noValue }) => {
        const found = { dashboard, query, ...(noValue === undefined ? {} : { noValue }) };
        if (reports.has(query.expr)) {
            const error = reports.get(query.expr);
            return error === undefined ? { ...found, says: "answered" } : { ...found, says: "error", error };
        }
        const real = parsePromql(query.expr).metrics.some(
            (metric) => metric in upstreamMetrics && !exposed.has(metric) && !recorded.has(metric),
        );
        return { ...found, says: real ? "unknown" : "empty" };
    });
}

function selector(labels: Record<string, string>): string {
    return `{${Object.entries(labels)
        .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
        .join(",")}}`;
}

function values(value: number | ((seconds: number) => number)): string {
    if (typeof value === "number") {
        return `${value}x${samples}`;
    }
    const at = Array.from({ length: samples + 1 }, (_, index) => value(index * secondsBetween));
    const [first = 0, second = 0] = at;
    const linear = at.every(
        (sample, index) => Math.abs(sample - (first + index * (second - first))) < 1e-6 * Math.abs(sample),
    );
    return linear ? `${first}${second < first ? "" : "+"}${second - first}x${samples}` : at.join(" ");
}

if (require.main === module) {
    for (const { dashboard, query, says, noValue, error } of answers(process.argv.slice(2))) {
        const why = says === "empty" ? ` (${noValue ?? "NO REASON GIVEN"})` : says === "error" ? `: ${error}` : "";
        process.stdout.write(`${says.padEnd(9)} ${dashboard}: ${query.panel} ${query.refId}${why}\n`);
    }
}
