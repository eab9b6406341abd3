import { namespace } from "./names";
import { relabelConfig, type Relabeling } from "./relabeling";

/** What a customer's agents scrape besides monitors. */
export interface ExtraScrapes {
    /** Pods that carry prometheus.io annotations. */
    annotations: boolean;
    /** Addresses that no Service of the cluster stands for. */
    targets: ScrapeTarget[];
    /** Files on nodes, through node-exporter. */
    textfiles: boolean;
}

/** Addresses to scrape. */
export interface ScrapeTarget {
    /** The `job`. */
    name: string;
    /** host:port. */
    addresses: string[];
    scheme: "http" | "https";
    path: string;
}

/** The `job` of pods that carry annotations. */
export const annotatedPodsJob = "kubernetes-pods";

/** The `job` of what files on nodes contain. */
export const textfileJob = "textfile";

/** Where node-exporter looks for files of metrics, `*.prom`, on every node. (`--collector.textfile.directory`) */
export const textfileDirectory = "/var/lib/node_exporter/textfile_collector";

/** One job that agents scrape. */
export interface ScrapeJob {
    /** The label `job`. */
    name: string;
    /** Fixed addresses; the pods of the cluster when unset. */
    addresses?: string[];
    scheme: "http" | "https";
    path: string;
    /** What is done to a target before it is scraped. */
    relabelings: Relabeling[];
}

/** The jobs besides monitors: pods that ask for it, and fixed addresses. */
export function scrapeJobs({ annotations, targets }: ExtraScrapes): ScrapeJob[] {
    return [
        ...(annotations
            ? [{ name: annotatedPodsJob, scheme: "http" as const, path: "/metrics", relabelings: annotatedPods }]
            : []),
        ...targets.map((target) => ({ ...target, relabelings: [] })),
    ];
}

/** A job as the spec of the operator's ScrapeConfig. */
export function scrapeConfigSpec({ name, addresses, scheme, path, relabelings }: ScrapeJob) {
    return {
        jobName: name,
        scheme,
        metricsPath: path,
        ...(addresses === undefined
            ? { kubernetesSDConfigs: [{ role: "Pod" }] }
            : { staticConfigs: [{ targets: addresses }] }),
        ...(relabelings.length === 0 ? {} : { relabelings }),
    };
}

/** The same in Prometheus' own configuration. */
export function scrapeConfig({ name, addresses, scheme, path, relabelings }: ScrapeJob) {
    return {
        job_name: name,
        scheme,
        metrics_path: path,
        ...(addresses === undefined
            ? { kubernetes_sd_configs: [{ role: "pod" }] }
            : { static_configs: [{ targets: addresses }] }),
        relabel_configs: relabelings.map(relabelConfig),
    };
}

function annotation(name: string): string {
    return `__meta_kubernetes_pod_annotation_prometheus_io_${name}`;
}

/**
 * A pod has a target for every port that a container of it declares. A port that is annotated makes them the same, and
 * Prometheus scrapes that one once; so no label may tell its containers apart.
 */
const annotatedPods: Relabeling[] = [
    { sourceLabels: [annotation("scrape")], regex: "true", action: "keep" },
    // Monitors watch the platform's own pods.
    { sourceLabels: ["__meta_kubernetes_namespace"], regex: namespace, action: "drop" },
    { sourceLabels: ["__meta_kubernetes_pod_phase"], regex: "Succeeded|Failed", action: "drop" },
    { sourceLabels: ["__meta_kubernetes_pod_container_init"], regex: "true", action: "drop" },
    { sourceLabels: [annotation("scheme")], regex: "(https?)", targetLabel: "__scheme__" },
    { sourceLabels: [annotation("path")], regex: "(.+)", targetLabel: "__metrics_path__" },
    {
        sourceLabels: ["__address__", annotation("port")],
        // An IPv6 address has brackets where a port follows.
        regex: "(\\[.+\\]|[^:;]+)(?::\\d+)?;(\\d+)",
        replacement: "$1:$2",
        targetLabel: "__address__",
    },
    { sourceLabels: ["__meta_kubernetes_namespace"], targetLabel: "namespace" },
    { sourceLabels: ["__meta_kubernetes_pod_name"], targetLabel: "pod" },
    { sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "node" },
];

/** Marks a series on its way through the steps; no file has a label of that name. */
const mark = "__textfile__";

/**
 * The steps that give what files contain a job of its own. Of node-exporter's own metrics agents send what somebody needs;
 * a file is somebody's, and is sent whole. Nothing in a series says that it is from a file, so a metric is taken to be
 * whenever node-exporter has none that begins so: RE2 cannot say "any but these", hence the mark.
 */
export const textfileRelabelings: Relabeling[] = [
    { targetLabel: mark, replacement: "yes" },
    { sourceLabels: ["__name__"], regex: "(node|go|process|promhttp)_.+", targetLabel: mark, replacement: "no" },
    { sourceLabels: [mark], regex: "yes", targetLabel: "job", replacement: textfileJob },
    { regex: mark, action: "labeldrop" },
];
