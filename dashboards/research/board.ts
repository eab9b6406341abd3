import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { usageInterval } from "../../platform/research";
import { clustersBoard, type BoardArgs } from "../board";

/** What every dashboard of this folder has. */
export function board(args: Omit<BoardArgs, "tags">): DashboardBuilder {
    return clustersBoard({ ...args, tags: ["tre"] });
}

/**
 * What has been used in the whole range, in hours of the series' unit: core-hours of cores. Exact whatever the
 * resolution, because usage is recorded at a fixed interval.
 */
export function hoursOf(series: string): string {
    return `sum_over_time(${series}[$__range]) / ${3600 / usageInterval}`;
}
