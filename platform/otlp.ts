import { agentLabels } from "./agent";
import { backlog, maxSamplesPerSend, reservedLabels } from "./remoteWrite";

/** The gateway of a customer cluster for metrics that are pushed over OTLP. */
export interface OtlpGateway {
    replicas: number;
    /** Memory of each collector, in Mi, Gi or Ti. */
    memory: string;
    /** Attributes that every data point gets. */
    attributes: Record<string, string>;
    /** Resource attributes that become labels, besides namespace, pod, node and workload. */
    resourceAttributes: string[];
    /** Metrics that are dropped, as anchored regular expressions. */
    drop: string[];
    /** Ports on every node; none when unset. */
    nodePorts?: { grpc: number; http: number };
}

/** The ports of a collector. */
export const otlpPorts = { grpc: 4317, http: 4318, health: 13133, metrics: 8888 } as const;

/** A collector's surroundings: a pod's, or a process' on one machine. */
export interface OtlpPlaces {
    /** The cluster that it belongs to, with the labels on everything that it sends. */
    cluster: { name: string; externalLabels: Record<string, string> };
    /** The address that it listens on. */
    host: string;
    ports: Record<keyof typeof otlpPorts, number>;
    /** The client certificate and its key, as files. */
    files: { certificate: string; key: string };
    /** The observers that it writes to; `ca` is the file with the authority to know each by. */
    destinations: { name: string; url: string; ca: string }[];
    /** Asks the Kubernetes API which pod a sender is. */
    kubernetes: boolean;
}

/**
 * Flags besides the configuration: a 429 from a receiver's limits is retried, as agents do. The collector would lose the
 * points by default.
 */
export const otlpArguments = ["--feature-gates=+exporter.prometheusremotewritexporter.RetryOn429"];

/** Labels that say which pod of the cluster pushed, and the resource attributes that they are made of. */
const origin: [label: string, attributes: string[]][] = [
    ["namespace", ["k8s.namespace.name"]],
    ["pod", ["k8s.pod.name"]],
    ["node", ["k8s.node.name"]],
    ["workload", ["k8s.deployment.name", "k8s.statefulset.name", "k8s.daemonset.name"]],
];

/** What a collector asks the Kubernetes API for; nothing else needs a permission. */
export const otlpPermissions = [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }];

/** The collector's whole configuration: OTLP in, remote-write out, to each observer on its own. */
export function otlpGatewayConfig(gateway: OtlpGateway, places: OtlpPlaces) {
    const { host, ports, kubernetes } = places;
    const labels = agentLabels(places.cluster);
    const exporters = Object.fromEntries(
        places.destinations.map((destination) => [
            `prometheus_remote_write/${destination.name}`,
            remoteWrite(destination, places.files, labels),
        ]),
    );
    return {
        extensions: { health_check: { endpoint: `${host}:${ports.health}` } },
        receivers: {
            otlp: {
                protocols: {
                    grpc: { endpoint: `${host}:${ports.grpc}` },
                    http: { endpoint: `${host}:${ports.http}` },
                },
            },
        },
        processors: {
            memory_limiter: memoryLimiter(gateway.memory),
            ...(kubernetes ? { k8s_attributes: pods } : {}),
            ...(gateway.drop.length === 0 ? {} : { filter: { metric_conditions: gateway.drop.map(isNamed) } }),
            transform: { metric_statements: [...labelStatements(gateway, labels), otherName] },
            batch: { send_batch_size: maxSamplesPerSend, send_batch_max_size: maxSamplesPerSend, timeout: "5s" },
        },
        exporters,
        service: {
            extensions: ["health_check"],
            telemetry: {
                metrics: { readers: [{ pull: { exporter: { prometheus: ownMetrics(host, ports.metrics) } } }] },
            },
            pipelines: {
                metrics: {
                    receivers: ["otlp"],
                    // The limiter is first: what it refuses has cost nothing yet. Batches are made of what is left.
                    processors: [
                        "memory_limiter",
                        ...(kubernetes ? ["k8s_attributes"] : []),
                        ...(gateway.drop.length === 0 ? [] : ["filter"]),
                        "transform",
                        "batch",
                    ],
                    exporters: Object.keys(exporters),
                },
            },
        },
    };
}

/** Names as Prometheus has them, with `_total`: what a release leaves out by default has changed before. */
function ownMetrics(host: string, port: number) {
    return { host, port, without_type_suffix: false, without_units: false, without_scope_info: true };
}

/** Refuses above 80 % of the memory, and lets a burst grow by 25 % between two looks. */
function memoryLimiter(memory: string) {
    const [, number = "0", unit = "Mi"] = /^(\d+)([MGT]i)$/.exec(memory) ?? [];
    const mebibytes = Number(number) * { Mi: 1, Gi: 2 ** 10, Ti: 2 ** 20 }[unit as "Mi" | "Gi" | "Ti"];
    return {
        check_interval: "1s",
        limit_mib: Math.floor(0.8 * mebibytes),
        spike_limit_mib: Math.floor(0.25 * mebibytes),
    };
}

/** Which pod a sender is: what it says itself, else the address that it connects from. */
const pods = {
    auth_type: "serviceAccount",
    passthrough: false,
    extract: { metadata: origin.flatMap(([, attributes]) => attributes) },
    pod_association: [
        { sources: [{ from: "resource_attribute", name: "k8s.pod.uid" }] },
        { sources: [{ from: "resource_attribute", name: "k8s.pod.ip" }] },
        { sources: [{ from: "connection" }] },
    ],
};

/** An OTTL condition: the metric, as its sender calls it, matches the whole expression. */
function isNamed(expression: string): string {
    return `IsMatch(metric.name, ${text(`^(?:${expression})$`)})`;
}

/**
 * What becomes of a data point's attributes, in OTTL. Only they become labels. The exporter prefers a point's own
 * attribute to an external label, so whatever a sender calls like one of ours is renamed first, as Prometheus does with
 * a target's labels.
 */
function labelStatements(gateway: OtlpGateway, externalLabels: Record<string, string>): string[] {
    const ours = [...new Set([...reservedLabels, ...Object.keys(externalLabels)])];
    // The exporter makes one underscore of whatever no label name may have.
    const spellings = ours.map((label) => label.replaceAll("_", "[^a-zA-Z0-9]+")).join("|");
    return [
        ...gateway.resourceAttributes.map((name) => copy(name, name)),
        ...Object.entries(gateway.attributes).map(([name, value]) => `set(${attribute(name)}, ${text(value)})`),
        `replace_all_patterns(datapoint.attributes, "key", ${text(`^(${spellings})$`)}, ${text("exported_${1}")})`,
        ...origin.flatMap(([label, attributes]) => [
            `set(${attribute(`exported_${label}`)}, ${attribute(label)}) where ${attribute(label)} != nil and (${attributes
                .map((name) => `${resource(name)} != nil`)
                .join(" or ")})`,
            ...attributes.map((name) => copy(name, label)),
        ]),
    ];
}

/**
 * `up` is the agents' word for a target, and whether a cluster is there goes by it. A sender that scrapes has one of its
 * own, however it spells it: the exporter makes nothing of what no name may have at either end.
 */
const otherName = `set(metric.name, "pushed_up") where IsMatch(metric.name, ${text("^[^a-zA-Z0-9:]*up[^a-zA-Z0-9:]*$")})`;

function copy(resourceAttribute: string, label: string): string {
    return `set(${attribute(label)}, ${resource(resourceAttribute)}) where ${resource(resourceAttribute)} != nil`;
}

function attribute(name: string): string {
    return `datapoint.attributes[${text(name)}]`;
}

function resource(name: string): string {
    return `resource.attributes[${text(name)}]`;
}

/** A string in OTTL, which reads it as Go does. */
function text(value: string): string {
    return literal(JSON.stringify(value));
}

/** One observer. It has a queue of its own, so that one that is away does not hold up the others. */
function remoteWrite(
    { url, ca }: OtlpPlaces["destinations"][number],
    { certificate, key }: OtlpPlaces["files"],
    labels: Record<string, string>,
) {
    return {
        endpoint: literal(url),
        // A certificate is renewed while the collector runs.
        tls: { ca_file: ca, cert_file: certificate, key_file: key, reload_interval: "1h" },
        external_labels: Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, literal(value)])),
        protobuf_message: "prometheus.WriteRequest",
        // As Prometheus' own OTLP endpoint names metrics: cluster.temperature in C is cluster_temperature_C.
        translation_strategy: "UnderscoreEscapingWithSuffixes",
        // All of a sender's resource attributes in one series, where none of the steps above sees them.
        target_info: { enabled: false },
        disable_scope_info: true,
        // The queue is in memory and the limiter bounds it; the receivers take no point that is older than the backlog.
        // Retries end with the time for one request, which is all of it, so a dead connection has to be noticed sooner.
        timeout: backlog,
        http2_read_idle_timeout: "30s",
        http2_ping_timeout: "15s",
        // Up to 0.163 the interval never grows.
        retry_on_failure: { enabled: true, initial_interval: "5s", max_interval: "30s", max_elapsed_time: backlog },
        remote_write_queue: { enabled: true, queue_size: 10_000, num_consumers: 5 },
        // A histogram's point is many samples. No series takes fewer bytes than this, so none gets past an agent's limit.
        max_batch_size_bytes: 60 * maxSamplesPerSend,
    };
}

/** The collector replaces variables in every string, and takes a doubled $ for one that is meant. */
function literal(value: string): string {
    return value.replaceAll("$", "$$$$");
}
