import { agentLabels } from "./agent";
import { alloyText, block, component, Expression, type Block, type Value } from "./alloy";
import { countedEvents, countingBlock, type InterestingEvent } from "./interestingEvents";
import type { EventMonitor } from "./monitors";
import { redactions, replacement } from "./redaction";

/** What of a customer cluster's logs and events is collected, and what never leaves the cluster. */
export interface LogCollection {
    /** pods: of every container. nodes: kubelet and container runtime. events: of the Kubernetes API. */
    sources: ("pods" | "nodes" | "events")[];
    /** Namespaces whose pods' logs stay where they are. */
    excludeNamespaces: string[];
    /** Personal data that is taken out besides secrets. */
    personalData: ("emails" | "addresses")[];
    /** What else is taken out. */
    redact: Redaction[];
}

/** Something that is taken out of every line. */
export interface Redaction {
    /** What stands for it: `<redacted:name>`. */
    name: string;
    /** RE2, with at most one group: what is taken out. */
    expression: string;
}

/** Where lines go: an observer's tenant gateway. */
export interface LogDestination {
    /** The endpoint's name in the collector's metrics and log. */
    name: string;
    /** The tenant gateway, https, without a path. */
    tenantsUrl: string;
    /** The file with the certificate authority to know it by. */
    caFile: string;
}

/** What a collector does with a line, wherever it comes from. */
export interface LogPipeline {
    /** The cluster's name: its `cluster` label. */
    cluster: string;
    externalLabels: Record<string, string>;
    collection: LogCollection;
    /** What is counted as an interesting event. */
    events: EventMonitor;
    destinations: LogDestination[];
    /** Files with the certificate that says whose lines they are, and its key. */
    files: { certificate: string; key: string };
}

/** The path of Loki's push API. */
export const logPushPath = "/loki/api/v1/push";

/**
 * The pipeline's memory of a backlog for one destination, and how long a batch is tried. About an hour: what is refused
 * for longer is refused for a reason, and would hold up everything behind it.
 */
const delivery = {
    batch_size: "1MiB",
    batch_wait: "1s",
    remote_timeout: "30s",
    min_backoff_period: "500ms",
    max_backoff_period: "1m",
    max_backoff_retries: 65,
    retry_on_http_429: true,
} as const;

/** What all sources forward to. */
const redact = new Expression("loki.process.redact.receiver");

/** The configuration of the collector that runs on every node: logs of pods, and of the kubelet and the runtime. */
export function nodeCollectorConfig(pipeline: LogPipeline): string {
    const { sources, excludeNamespaces } = pipeline.collection;
    return alloyText([
        ...(sources.includes("pods") ? podLogs(excludeNamespaces) : []),
        ...(sources.includes("nodes") ? nodeLogs() : []),
        ...pipelineBlocks(pipeline, "pods"),
    ]);
}

/** The configuration of the collector of Kubernetes events, of which a cluster has one. */
export function eventCollectorConfig(pipeline: LogPipeline): string {
    return alloyText([
        component("loki.source.kubernetes_events", "cluster", { job_name: "events", forward_to: [redact] }),
        ...pipelineBlocks(pipeline, "events"),
    ]);
}

/** The configuration of a collector of plain files on one machine, which are logs of what `labels` say. */
export function fileCollectorConfig(
    pipeline: LogPipeline,
    files: { glob: string; labels: Record<string, string> },
): string {
    return alloyText([
        fileSource("machine", [{ ...files.labels, __path__: files.glob }], redact),
        ...pipelineBlocks(pipeline, "pods"),
    ]);
}

/** Takes out what must not leave, counts what is interesting, and sends the rest to every destination. */
function pipelineBlocks(pipeline: LogPipeline, seenIn: InterestingEvent["seenIn"]): Block[] {
    const events = countedEvents(pipeline.events).filter((event) => event.seenIn === seenIn);
    return [
        block("logging", { level: "warn", format: "logfmt" }),
        component(
            "loki.process",
            "redact",
            {
                forward_to: [
                    new Expression("loki.write.observers.receiver"),
                    ...events.map((_, index) => new Expression(`loki.process.event_${index}.receiver`)),
                ],
            },
            // A file's name has the pod's UID in it, and an instance is a component of Alloy: a stream for each.
            block("stage.label_drop", { values: ["filename", "instance"] }),
            ...redactions(pipeline.collection).map((redaction) =>
                block("stage.replace", { expression: redaction.expression, replace: replacement(redaction) }),
            ),
        ),
        ...events.map(countingBlock),
        component(
            "loki.write",
            "observers",
            { external_labels: agentLabels({ name: pipeline.cluster, externalLabels: pipeline.externalLabels }) },
            ...pipeline.destinations.map((destination) =>
                block(
                    "endpoint",
                    { name: destination.name, url: `${destination.tenantsUrl}${logPushPath}`, ...delivery },
                    block("tls_config", {
                        ca_file: destination.caFile,
                        cert_file: pipeline.files.certificate,
                        key_file: pipeline.files.key,
                        min_version: "TLS12",
                    }),
                    // Alone, a destination that is away is waited for: lines stay in their files. With others it would
                    // keep those from getting theirs.
                    block("queue_config", { block_on_overflow: pipeline.destinations.length === 1 }),
                ),
            ),
        ),
    ];
}

function podLogs(excludeNamespaces: string[]): Block[] {
    return [
        component(
            "discovery.kubernetes",
            "pods",
            { role: "pod" },
            block("selectors", {
                role: "pod",
                field: new Expression('"spec.nodeName=" + sys.env("K8S_NODE_NAME")'),
            }),
        ),
        component(
            "discovery.relabel",
            "pods",
            { targets: new Expression("discovery.kubernetes.pods.targets") },
            ...(excludeNamespaces.length === 0
                ? []
                : [rule(["namespace"], { regex: excludeNamespaces.join("|"), action: "drop" })]),
            rule(["namespace"], { target_label: "namespace" }),
            rule(["pod_name"], { target_label: "pod" }),
            rule(["pod_container_name"], { target_label: "container" }),
            rule(["pod_node_name"], { target_label: "node" }),
            // The recommended label, where there is one.
            ...["pod_label_k8s_app", "pod_label_app", "pod_label_app_kubernetes_io_name"].map((label) =>
                rule([label], { regex: "(.+)", target_label: "app" }),
            ),
            block("rule", { target_label: "job", replacement: "pods" }),
            rule(["namespace", "pod_label_tier"], {
                regex: "kube-system;control-plane",
                target_label: "job",
                replacement: "control-plane",
            }),
            rule(["namespace", "pod_label_tier", "pod_label_component"], {
                regex: "kube-system;control-plane;(.+)",
                target_label: "component",
            }),
            rule(["pod_uid", "pod_container_name"], {
                separator: "/",
                target_label: "__path__",
                replacement: "/var/log/pods/*$1/*.log",
            }),
            // The directory of a static pod, as the control plane's are, has the hash of its manifest for a UID.
            rule(["pod_annotation_kubernetes_io_config_hash", "pod_container_name"], {
                regex: "([^/]+)/(.+)",
                separator: "/",
                target_label: "__path__",
                replacement: "/var/log/pods/*$1/$2/*.log",
            }),
        ),
        fileSource(
            "pods",
            new Expression("discovery.relabel.pods.output"),
            new Expression("loki.process.containers.receiver"),
        ),
        component(
            "loki.process",
            "containers",
            { forward_to: [redact] },
            // Puts a long line together again; it knows whose part it is by labels, so these go only then.
            block("stage.cri", {}),
            block("stage.structured_metadata", { values: { pod: "", stream: "" } }),
        ),
    ];
}

/** The journal is kept on disk or, where there is no such directory, in memory; each is read where it is. */
function nodeLogs(): Block[] {
    const units = "(kubelet|containerd|crio|docker)\\.service";
    return [
        component(
            "loki.relabel",
            "journal",
            { forward_to: [] },
            block("rule", { source_labels: ["__journal__systemd_unit"], regex: units, action: "keep" }),
            block("rule", { source_labels: ["__journal__systemd_unit"], regex: units, target_label: "app" }),
        ),
        ...Object.entries({ disk: "/var/log/journal", memory: "/run/log/journal" }).map(([label, path]) =>
            component("loki.source.journal", label, {
                path,
                max_age: "12h",
                labels: { job: "nodes", node: new Expression('sys.env("K8S_NODE_NAME")') },
                relabel_rules: new Expression("loki.relabel.journal.rules"),
                forward_to: [redact],
            }),
        ),
    ];
}

function fileSource(label: string, targets: Value, receiver: Expression): Block {
    return component(
        "loki.source.file",
        label,
        { targets, forward_to: [receiver] },
        block("file_match", { enabled: true }),
    );
}

/** A step of relabelling, from what Kubernetes says of a pod. */
function rule(meta: string[], attributes: Record<string, Value>): Block {
    return block("rule", { source_labels: meta.map((label) => `__meta_kubernetes_${label}`), ...attributes });
}
