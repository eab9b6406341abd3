import { z } from "zod";
import { access, platform } from "./access";
import { applications } from "./applications";
import { logLimits } from "./logs";
import { metricSelection } from "./monitors";
import { allowed, domain, key, labels, name, retention, size, tenant, url } from "./leaf";

const limits = z.strictObject({
    activeSeries: key(z.int().min(0).default(0), {
        description:
            "Active series a tenant may have; more are refused with 429 and retried by the agent. 0 is unlimited. (`head_series_limit`)",
        allowed: "a whole number, 0 for unlimited",
        example: 1500000,
    }),
    samplesPerRequest: key(z.int().min(0).default(0), {
        description:
            "Samples in one remote-write request; a larger one is refused with 413 and lost. 0 is unlimited. (`samples_limit`)",
        allowed: "0, or a whole number from 5000: an agent sends up to 5000 at once",
        example: 10000,
    }),
});

const nodePort = () => z.int().min(30000).max(32767);

const redaction = z.strictObject({
    name: key(name(), { description: "What stands for what was taken out: <redacted:name>.", example: "patient-id" }),
    expression: key(z.string().min(1), {
        description: "A regular expression; its only group, or all of it without one, is taken out.",
        allowed: "an RE2 expression with at most one group",
        example: "patient=(\\d+)",
    }),
});

const logCollection = z.strictObject({
    enabled: key(z.boolean().optional(), {
        description: "Collect logs and events. Unset: on where the observer keeps logs, except for profile l0.",
        example: true,
    }),
    sources: key(
        z
            .array(z.enum(["pods", "nodes", "events"]))
            .min(1)
            .default(["pods", "nodes", "events"]),
        {
            description:
                "pods: of every container, the control plane's among them. nodes: kubelet and container runtime, from the journal. events: of the Kubernetes API.",
            example: ["pods", "nodes", "events"],
        },
    ),
    excludeNamespaces: key(z.array(name()).default([]), {
        description: "Namespaces whose pods' logs stay where they are.",
        allowed: allowed.name,
        example: ["payroll"],
    }),
    personalData: key(z.array(z.enum(["emails", "addresses"])).default(["emails"]), {
        description:
            "Personal data that is taken out of every line, besides secrets, which always are: e-mail addresses; IP addresses.",
        example: ["emails", "addresses"],
    }),
    redact: key(z.array(redaction).default([]), { description: "What else is taken out.", example: [] }),
    retention: key(retention().optional(), {
        description: "How long the tenant's lines are kept; logs.retention when unset.",
        allowed: `${allowed.retention}; at least 1d`,
        example: "90d",
    }),
    megabytesPerSecond: key(logLimits.megabytesPerSecond.optional(), {
        description: "What the tenant may send on average; logs.megabytesPerSecond when unset.",
        allowed: "a number above 0, up to 1000",
        example: 8,
    }),
    streams: key(logLimits.streams.optional(), {
        description: "Active streams that the tenant may have; logs.streams when unset.",
        allowed: "a whole number from 1",
        example: 20000,
    }),
});

const otlpGateway = z.strictObject({
    enabled: key(z.boolean().optional(), {
        description: "Run the gateway. Unset: on for profile full.",
        example: true,
    }),
    replicas: key(z.int().min(1).max(20).default(2), {
        description: "How many collectors share the load.",
        allowed: "1 to 20",
        example: 2,
    }),
    memory: key(size().default("512Mi"), {
        description: "Memory of each collector; it refuses at 80 % of it what it cannot hold. (`memory_limiter`)",
        allowed: allowed.size,
        example: "512Mi",
    }),
    attributes: key(
        z.record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_.]*$/, "is not an attribute"), z.string()).default({}),
        {
            description: "Attributes that every data point gets, such as a domain; they become labels.",
            example: { domain: "edge" },
        },
    ),
    resourceAttributes: key(z.array(z.string().min(1)).default([]), {
        description: "Resource attributes that become labels, besides namespace, pod, node and workload. (`transform`)",
        example: ["device.id"],
    }),
    drop: key(z.array(z.string().min(1)).default([]), {
        description: "Metrics that are dropped, as anchored regular expressions. (`filter`)",
        allowed: "RE2 expressions",
        example: ["container_.*"],
    }),
    nodePorts: key(
        z
            .strictObject({
                grpc: key(nodePort(), { description: "For OTLP/gRPC.", allowed: "30000 to 32767", example: 30807 }),
                http: key(nodePort(), { description: "For OTLP/HTTP.", allowed: "30000 to 32767", example: 30808 }),
            })
            .optional(),
        {
            description:
                "Ports on every node, for senders outside the cluster. Nothing asks who they are: firewall them.",
            example: { grpc: 30807, http: 30808 },
        },
    ),
});

const scrapeTarget = z.strictObject({
    name: key(name(), { description: "Its `job`, unique in the cluster.", allowed: allowed.name, example: "gateway" }),
    addresses: key(z.array(z.string().regex(/^[^\s/:]+:\d+$/, "is not an address")).min(1), {
        description: "What is scraped.",
        allowed: "host:port",
        example: ["10.0.0.7:9100"],
    }),
    scheme: key(z.enum(["http", "https"]).default("http"), { description: "http or https.", example: "http" }),
    path: key(z.string().startsWith("/").default("/metrics"), {
        description: "Where its metrics are.",
        allowed: "a path that starts with /",
        example: "/metrics",
    }),
});

const scrape = z.strictObject({
    annotations: key(z.boolean().optional(), {
        description:
            'Scrape pods that carry the annotation `prometheus.io/scrape: "true"`, at prometheus.io/scheme, /port and /path. Unset: on for profile full.',
        example: true,
    }),
    targets: key(z.array(scrapeTarget).default([]), {
        description: "Addresses that no Service of the cluster stands for. (ScrapeConfig)",
        example: [],
    }),
    textfiles: key(z.boolean().optional(), {
        description:
            "Take metrics from files: node-exporter reads /var/lib/node_exporter/textfile_collector/*.prom of every node. Unset: on for profile full. (`--collector.textfile.directory`)",
        example: true,
    }),
});

const probes = z.strictObject({
    apiServer: key(url().optional(), {
        description:
            "The cluster's API server as the observer reaches it: asked whether it is ready, and for its certificate.",
        allowed: allowed.url,
        example: "https://10.0.0.5:6443",
    }),
    ingressHosts: key(z.array(domain()).default([]), {
        description: "Hosts that the cluster's ingress serves: asked over https, and for their certificates.",
        allowed: allowed.domain,
        example: ["shop.example.org"],
    }),
});

/** One customer cluster; the entry is all that onboarding needs, and removing it is all that offboarding needs. */
export const customer = z.strictObject({
    name: key(name(), {
        description: "The cluster's name, unique in the fleet: its `cluster` label.",
        allowed: allowed.name,
        example: "acme-1",
    }),
    tenant: key(tenant().optional(), {
        description:
            "The customer that the cluster belongs to; the cluster's own name when unset. Each tenant costs every ingestor about 4.5 MB.",
        allowed: allowed.name,
        example: "acme",
    }),
    shard: key(name().optional(), {
        description:
            "The shard that holds the cluster, a stack of role customers. This stack then makes nothing in it, and knows only who it is and what its tenant may send. Unset: this stack holds it.",
        allowed: allowed.name,
        example: "shard-01",
    }),
    enrolledBy: key(name().optional(), {
        description:
            "The peer observer whose environment enrols the cluster, one of observer.peers: its agents write here as well. This stack expects its samples and makes nothing in it; the entry says nothing of how it is reached.",
        allowed: allowed.name,
        example: "observer-b",
    }),
    ...access,
    platform,
    profile: key(z.enum(["l0", "standard", "full"]).default("standard"), {
        description:
            "How much is watched. l0: one agent, every 60 s, no control plane. standard: a pair of agents, every 30 s. full: the pair, every 15 s.",
        example: "standard",
    }),
    externalLabels: key(labels().default({}), {
        description: "Labels on everything that the cluster sends.",
        allowed: allowed.labels,
        example: { region: "eu" },
    }),
    limits: key(limits.optional(), {
        description: "What the cluster's tenant may send.",
        example: { activeSeries: 1500000 },
    }),
    storageClass: key(z.string().min(1).optional(), {
        description: "The StorageClass of the agents' write-ahead log; the cluster's default when unset.",
        example: "standard",
    }),
    walSize: key(size().default("10Gi"), {
        description:
            "The size of the volume that holds an agent's write-ahead log: 8.8 bytes a sample for up to 4 hours.",
        allowed: allowed.size,
        example: "10Gi",
    }),
    decommissioned: key(z.boolean().default(false), {
        description:
            "The cluster is gone, or is about to go: its silence is no alert, and an `up` that cannot reach it does not fail on it. `npm run fleet -- offboard <environment> <name> --gone` forgets it.",
        example: false,
    }),
    values: key(z.record(z.string(), z.unknown()).default({}), {
        description:
            "Overlay on the values of this cluster's kube-prometheus-stack; wins over ours, checked against the chart's keys. Never a secret.",
        example: {},
    }),
    mirror: key(
        z
            .strictObject({
                imageRegistry: key(z.string().min(1), {
                    description: "The registry for this cluster's images; wins over mirror.imageRegistry.",
                    example: "registry.example.org",
                }),
            })
            .optional(),
        { description: "A registry of the customer's own.", example: { imageRegistry: "registry.example.org" } },
    ),
    metrics: key(metricSelection.optional(), {
        description: "What this cluster's agents send; wins over monitors.metrics.",
        example: { send: "all" },
    }),
    logs: key(logCollection.prefault({}), {
        description: "Logs and events, collected by Grafana Alloy.",
        example: { enabled: true },
    }),
    otlp: key(otlpGateway.prefault({}), {
        description: "A gateway for pushed metrics, over OTLP: gRPC on 4317 and HTTP on 4318.",
        example: { enabled: true },
    }),
    scrape: key(scrape.prefault({}), {
        description: "What the agents scrape besides monitors, and files on nodes.",
        example: { annotations: true },
    }),
    probes: key(probes.prefault({}), {
        description: "What of the cluster the observer probes from outside.",
        example: { apiServer: "https://10.0.0.5:6443" },
    }),
    applications,
});
