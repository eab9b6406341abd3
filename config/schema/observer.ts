import { z } from "zod";
import { access, platform } from "./access";
import { applications } from "./applications";
import { allowed, domain, key, name, pem, retention, secret, url } from "./leaf";

/** Another observer that receives the same samples and watches this one. */
const peer = z.strictObject({
    name: key(name(), { description: "The peer's name.", allowed: allowed.name, example: "observer-b" }),
    receiveUrl: key(url(), {
        description: "Where the peer takes remote-write: https://<receive host>/api/v1/receive.",
        allowed: allowed.url,
        example: "https://receive-b.internal.example.org/api/v1/receive",
    }),
    serverCa: key(pem(), {
        description:
            "The certificate authority that signed the peer's receive endpoint, PEM (the peer's output certificateAuthority).",
        allowed: "a PEM block that starts with -----BEGIN CERTIFICATE-----",
        example: "-----BEGIN CERTIFICATE-----\n…",
    }),
    tenantsUrl: key(url().optional(), {
        description: "The peer's output tenantsUrl: customers' logs go there as well. Unset: the peer keeps no logs.",
        allowed: allowed.url,
        example: "https://tenants-b.internal.example.org",
    }),
    queryUrl: key(url().optional(), {
        description:
            "The peer's output queryUrl: this observer asks it from outside whether it is ready. Its certificate must be one that everybody trusts. Unset: only the peer's silence is noticed.",
        allowed: allowed.url,
        example: "https://query-b.internal.example.org",
    }),
});

/** Thanos stores elsewhere whose gRPC speaks TLS. */
const stores = z.strictObject({
    name: key(name().max(40), {
        description: "What they are called, unique: their certificates lie under this name.",
        allowed: "1 to 40 characters of a-z, 0-9 and hyphens, not at the ends",
        example: "testbed",
    }),
    addresses: key(z.array(z.string().regex(/^[^\s:]+:\d+$/, "is not an address")).min(1), {
        description: "gRPC addresses of sidecars, stores or other Queries.",
        allowed: "host:port",
        example: ["thanos.testbed.example.org:443"],
    }),
    serverName: key(domain().optional(), {
        description:
            "The name that their certificate must carry, where it is not the address'. (`--grpc-client-server-name`)",
        allowed: allowed.domain,
        example: "thanos.testbed.example.org",
    }),
    serverCa: key(pem().optional(), {
        description: "Who signed their certificate, PEM; the system's authorities when unset. (`--grpc-client-tls-ca`)",
        allowed: "a PEM block that starts with -----BEGIN CERTIFICATE-----",
        example: "-----BEGIN CERTIFICATE-----\n…",
    }),
    clientCertificate: key(pem().optional(), {
        description: "What Query shows them, PEM; with clientKey. (`--grpc-client-tls-cert`)",
        allowed: "a PEM block that starts with -----BEGIN CERTIFICATE-----",
        example: "-----BEGIN CERTIFICATE-----\n…",
    }),
    clientKey: secret("The key of clientCertificate, PEM.").optional(),
});

/** The cluster that stores, queries, alerts and shows. */
export const observer = z.strictObject({
    name: key(name().default("observer"), {
        description: "The observer cluster's name: its `cluster` label and part of its resource names.",
        allowed: allowed.name,
        example: "observer",
    }),
    ...access,
    platform,
    size: key(z.enum(["small", "medium", "large"]).default("small"), {
        description:
            "A preset of replicas, requests and volumes. small: a trial or up to 5 clusters, one ingestor. medium: tens of clusters, three ingestors. large: hundreds, six ingestors.",
        example: "medium",
    }),
    ingestors: key(z.int().min(1).max(100).optional(), {
        description: "Thanos receive ingestors; the size decides when unset.",
        allowed: "a whole number from 1 to 100",
        example: 3,
    }),
    replicationFactor: key(z.int().min(1).max(5).optional(), {
        description:
            "How many ingestors hold each sample (`--receive.replication-factor`); the size decides when unset. With 3, one ingestor can be lost without a gap.",
        allowed: "a whole number from 1 to 5, at most the number of ingestors",
        example: 3,
    }),
    retention: key(
        z
            .strictObject({
                raw: key(retention().default("30d"), {
                    description: "How long raw samples are kept (`--retention.resolution-raw`).",
                    allowed: `${allowed.retention}; at least 40h, else blocks are deleted before they are downsampled`,
                    example: "30d",
                }),
                fiveMinutes: key(retention().default("180d"), {
                    description: "How long 5-minute samples are kept (`--retention.resolution-5m`).",
                    allowed: `${allowed.retention}; at least 10d and not shorter than raw`,
                    example: "180d",
                }),
                oneHour: key(retention().default("2y"), {
                    description: "How long 1-hour samples are kept (`--retention.resolution-1h`).",
                    allowed: `${allowed.retention}; not shorter than fiveMinutes`,
                    example: "2y",
                }),
            })
            .prefault({}),
        { description: "How long each resolution is kept in object storage.", example: { raw: "30d" } },
    ),
    storageClass: key(z.string().min(1).optional(), {
        description: "The StorageClass of the observer's volumes; the cluster's default when unset.",
        example: "managed-csi",
    }),
    grafanaAdminPassword: secret(
        "Grafana's admin password. Unset, one is made once, kept in the state and given out as the output grafanaAdminPassword.",
    ).optional(),
    peers: key(z.array(peer).default([]), {
        description:
            "Other observers: every customer writes to them as well, and this one tells them whether its own components answer, as the tenant of its name. Name each in the other's config, and each one's authority in the other's trustedClientCas.",
        example: [],
    }),
    trustedClientCas: key(z.array(pem()).default([]), {
        description:
            "Further certificate authorities whose clients may write here (the peers' output certificateAuthority), PEM.",
        example: [],
    }),
    stores: key(z.array(stores).default([]), {
        description:
            "Thanos sidecars and stores elsewhere that Query asks as well, over TLS; those without TLS are monitors.iaas.storeEndpoints.",
        example: [],
    }),
    applications,
    values: key(
        z
            .strictObject({
                kubePrometheusStack: key(z.record(z.string(), z.unknown()).default({}), {
                    description:
                        "Overlay on the values of the observer's kube-prometheus-stack; wins over ours, checked against the chart's keys.",
                    example: {},
                }),
                thanos: key(z.record(z.string(), z.unknown()).default({}), {
                    description:
                        "Overlay on the values of the Thanos chart; wins over ours, checked against the chart's keys.",
                    example: {},
                }),
                loki: key(z.record(z.string(), z.unknown()).default({}), {
                    description:
                        "Overlay on the values of the Loki chart; wins over ours, checked against the chart's keys.",
                    example: {},
                }),
            })
            .prefault({}),
        { description: "Chart values of your own. Never put a secret here: Helm stores values in clear.", example: {} },
    ),
});
