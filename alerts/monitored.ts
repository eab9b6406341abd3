import type { ApplicationMonitor } from "../platform/monitors";
import type { Duration } from "./ruleGroup";

/** Restricts a selector to the clusters of an application. Their names are DNS labels: there is nothing to escape. */
export function onClusters({ clusters }: ApplicationMonitor): string {
    return clusters.length === 0 ? "" : `,cluster=~"${[...clusters].sort().join("|")}"`;
}

/** Minutes of config as Prometheus takes them, which are whole. */
export function minutes(value: number): Duration {
    return `${Math.max(1, Math.round(value))}m`;
}
