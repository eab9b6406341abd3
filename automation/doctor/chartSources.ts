import { findChart, missingChart, pullCommand, type Chart, type ChartMirror } from "../../charts/coordinates";
import { neededCharts } from "../../config/rules/charts";
import { ok, problem, reason, withoutUserinfo, type Check, type Finding } from "./check";
import type { Subject } from "./subject";

/** The charts that the stack needs are there, or where they come from answers. */
export function chartSources({ settings, surroundings }: Pick<Subject, "settings" | "surroundings">): Check {
    const { mirror } = settings;
    const charts = neededCharts(settings);
    return {
        title: "charts",
        examine: async (signal) => {
            const { chartDirectory } = mirror;
            if (chartDirectory !== undefined) {
                const missing = charts.filter((chart) => findChart(chartDirectory, chart) === undefined);
                return {
                    lookedAt: chartDirectory,
                    findings:
                        missing.length === 0
                            ? [ok(`all ${charts.length} are there`)]
                            : missing.map((chart) =>
                                  problem(missingChart(chartDirectory, chart), pullCommand(chart, chartDirectory)),
                              ),
                };
            }
            const places = new Map(charts.map((chart) => [address(chart, mirror), chart]));
            const findings = await Promise.all(
                [...places].map(async ([url, chart]): Promise<Finding[]> => {
                    const shown = withoutUserinfo(url);
                    try {
                        const { status } = await surroundings.fetch(url, url.endsWith("/v2/") ? "GET" : "HEAD", signal);
                        // 401: a registry that asks for a token first, as Helm brings one.
                        return status < 400 || (status === 401 && url.endsWith("/v2/"))
                            ? []
                            : [problem(`${shown} answered ${status}`, closedNetwork(chart))];
                    } catch (error) {
                        return [problem(`${shown} does not answer: ${reason(error)}`, closedNetwork(chart))];
                    }
                }),
            );
            const wrong = findings.flat();
            return {
                lookedAt: [...places.keys()].map(withoutUserinfo).join(", "),
                findings: wrong.length === 0 ? [ok("answers")] : wrong,
            };
        },
    };
}

/** What shows whether a chart's repository answers: a registry's API, or a repository's index. */
function address(chart: Chart, { chartRepository }: ChartMirror): string {
    const repository = chartRepository?.replace(/\/+$/, "") ?? chart.oci;
    return repository.startsWith("oci://")
        ? `https://${new URL(repository.replace("oci:", "https:")).host}/v2/`
        : `${repository}/index.yaml`;
}

function closedNetwork(chart: Chart): string {
    return `${pullCommand(chart, "charts-mirror")}   # where it can be reached, and the other charts; then set mirror.chartDirectory`;
}
