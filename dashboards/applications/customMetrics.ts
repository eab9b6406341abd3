import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import type { PushedMetric } from "../../platform/monitors";
import type { DashboardContext } from "../audience";
import { chosen } from "../variables";
import { chart, clustersBoard } from "./board";

/** Metrics that people push or expose themselves, as config lists them. */
export function customMetrics({ monitors: { pushed } }: DashboardContext): DashboardBuilder[] {
    if (pushed.length === 0) {
        return [];
    }
    const dashboard = clustersBoard({
        title: "Custom metrics",
        uid: "custom-metrics",
        description: "Metrics of your own: what monitors.pushed lists, a panel each.",
    });
    titled(pushed).forEach((metric) => dashboard.withPanel(panel(metric)));
    return [dashboard];
}

/** Several may be called the same, in one list by several people: then the metric tells them apart. */
function titled(pushed: PushedMetric[]): PushedMetric[] {
    return pushed.map((each) =>
        pushed.some((other) => other !== each && other.title === each.title)
            ? { ...each, title: `${each.title} (${each.metric})` }
            : each,
    );
}

function panel({ metric, title, unit, by }: PushedMetric) {
    const apart = ["cluster", "tenant", ...by.filter((label) => label !== "cluster" && label !== "tenant")].join(", ");
    const selector = `${metric}{${chosen}}`;
    const labels = by.map((label) => `{{${label}}}`).join(" ");
    const counts = metric.endsWith("_total");
    return chart(
        title.charAt(0).toUpperCase() + title.slice(1),
        `${counts ? "A second's rise of" : "The metric"} ${metric}${by.length === 0 ? "" : `, by ${by.join(" and ")}`}.`,
        [
            {
                expr: counts
                    ? `sum by (${apart}) (rate(${selector}[$__rate_interval]))`
                    : `max by (${apart}) (${selector})`,
                legend: `${labels} on {{cluster}}`.trimStart(),
            },
        ],
        { unit, min: undefined, noValue: `Nobody has sent ${metric}` },
    );
}
