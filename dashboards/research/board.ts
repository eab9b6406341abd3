import { DashboardBuilder, DashboardCursorSync } from "@grafana/grafana-foundation-sdk/dashboard";
import { usageInterval } from "../../platform/research";
import { clusterVariable, datasourceVariable, tenantVariable } from "../variables";

/** What every dashboard of this folder has. */
export function board(args: { title: string; uid: string; description: string; from: string }): DashboardBuilder {
    return new DashboardBuilder(args.title)
        .uid(args.uid)
        .description(args.description)
        .tags(["tre"])
        .time({ from: args.from, to: "now" })
        .refresh("1m")
        .tooltip(DashboardCursorSync.Crosshair)
        .readonly()
        .withVariable(datasourceVariable())
        .withVariable(tenantVariable())
        .withVariable(clusterVariable());
}

/**
 * What has been used in the whole range, in hours of the series' unit: core-hours of cores. Exact whatever the
 * resolution, because usage is recorded at a fixed interval.
 */
export function hoursOf(series: string): string {
    return `sum_over_time(${series}[$__range]) / ${3600 / usageInterval}`;
}
