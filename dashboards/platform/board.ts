import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import * as common from "../board";

/** What every dashboard of this folder has. */
export function board(args: Omit<common.BoardArgs, "tags">): DashboardBuilder {
    return common.board({ ...args, tags: ["platform"] });
}

/** The jobs of the observer's Thanos and kube-prometheus-stack. */
export const components = 'job=~"(thanos|kps)-.+"';

/** The quantile `q` of a histogram, for each set of `by`. */
export function quantile(q: number, buckets: string, by: string[] = []): string {
    return `histogram_quantile(${q}, sum by (${[...by, "le"].join(", ")}) (rate(${buckets}[$__rate_interval])))`;
}

/** The sum of rates, for each set of `by`. */
export function rates(counter: string, by: string[] = []): string {
    const clause = by.length === 0 ? "" : ` by (${by.join(", ")})`;
    return `sum${clause} (rate(${counter}[$__rate_interval]))`;
}
