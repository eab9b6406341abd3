import { eventsCollectorRelease, kubePrometheusStackRelease, logsCollectorRelease } from "./names";
import type { Relabeling } from "./relabeling";

/** What agents send of what the platform's own exporters expose. */
export interface MetricSelection {
    /** `needed`: what rules and dashboards ask for; `all`: everything. */
    send: "needed" | "all";
    /** Metrics besides those, as anchored regular expressions. */
    also: string[];
}

/**
 * The jobs of the exporters and collectors of logs that the platform brings to customers' clusters. Only these are held
 * against the keep-list: what people scrape or push on top is theirs, and is sent whole.
 */
export const platformJobs = [
    "apiserver",
    "coredns",
    "kube-controller-manager",
    "kube-etcd",
    "kube-proxy",
    "kube-scheduler",
    "kube-state-metrics",
    "kubelet",
    "node-exporter",
    `${kubePrometheusStackRelease}-operator`,
    `${kubePrometheusStackRelease}-prometheus`,
    logsCollectorRelease,
    eventsCollectorRelease,
];

/** Marks a series on its way through the steps; no exporter has a label of that name. */
const mark = "__keep__";

/**
 * The steps that drop, of the platform's own jobs, every metric that is not in `metrics`. RE2 has no way to say "any but
 * these", so a series of such a job is marked, unmarked when it is in the list, and dropped when the mark is still there.
 */
export function keepOnly(metrics: string[], selection: MetricSelection): Relabeling[] {
    if (selection.send === "all") {
        return [];
    }
    const names = [...metrics, ...selection.also].join("|");
    return [
        { sourceLabels: ["job"], regex: platformJobs.join("|"), targetLabel: mark, replacement: "drop" },
        { sourceLabels: ["__name__"], regex: names, targetLabel: mark, replacement: "keep" },
        { sourceLabels: [mark], regex: "drop", action: "drop" },
        { regex: mark, action: "labeldrop" },
    ];
}
