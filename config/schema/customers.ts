import { z } from "zod";
import { access, platform } from "./access";
import { metricSelection } from "./monitors";
import { allowed, key, labels, name, size, switchedOn, tenant } from "./leaf";

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

const applicationNamespace = z.strictObject({
    name: key(name(), { description: "The application's name.", allowed: allowed.name, example: "portal" }),
    namespace: key(name(), { description: "Its namespace.", allowed: allowed.name, example: "portal" }),
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
    logs: key(z.strictObject({ enabled: switchedOn(false) }).optional(), {
        description: "Collect logs and events.",
        reserved: true,
        example: { enabled: false },
    }),
    otlp: key(z.strictObject({ enabled: switchedOn(false) }).optional(), {
        description: "An OTLP gateway for pushed metrics.",
        reserved: true,
        example: { enabled: false },
    }),
    applications: key(z.array(applicationNamespace).default([]), {
        description: "Application namespaces with a Prometheus of their own.",
        reserved: true,
        example: [],
    }),
});
