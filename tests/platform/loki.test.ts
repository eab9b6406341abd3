import { parse } from "yaml";
import {
    logReplicationFactor,
    lokiConfig,
    lokiObjectStore,
    lokiOverrides,
    tenantLogs,
    type LokiObjectStore,
    type LokiPlaces,
} from "../../platform/loki";
import {
    awsS3,
    azure,
    filesystem,
    objstoreYaml,
    quotedYaml,
    s3Compatible,
    swift,
    type ObjectStoreConfig,
} from "../../platform/objstore";
import { presets } from "../../platform/sizes";
import { itWithLoki, understood, verifyConfig } from "./lokiProgram";

const s3Store = {
    bucket: "fleet-metrics",
    endpoint: "minio.example.org:9000",
    region: "us-east-1",
    insecure: true,
    lookup: "path" as const,
};
const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000";
/** A key as YAML 1.1 and a shell would both misread it. */
const awkward = "1_000${HOME}$$'\"#: &%@`";

/** Every store of platform/objstore.ts, and what Loki is told of it. */
const stores: { name: string; store: ObjectStoreConfig; loki: Omit<LokiObjectStore, "prefix"> }[] = [
    {
        name: "Azure with a workload identity",
        store: azure({ account: "examplefleet", container: "on", endpointSuffix: "blob.core.windows.net" }),
        loki: {
            type: "azure",
            settings: {
                account_name: "examplefleet",
                container_name: "on",
                endpoint_suffix: "blob.core.windows.net",
            },
        },
    },
    {
        name: "Azure with a key",
        store: azure({ account: "examplefleet", container: "on", endpointSuffix: "blob.core.windows.net" }, awkward),
        loki: {
            type: "azure",
            settings: {
                account_name: "examplefleet",
                account_key: awkward,
                container_name: "on",
                endpoint_suffix: "blob.core.windows.net",
            },
        },
    },
    {
        name: "AWS with a role",
        store: awsS3({ bucket: "example-fleet", region: "eu-central-1" }),
        loki: {
            type: "s3",
            settings: {
                bucket_name: "example-fleet",
                endpoint: "s3.eu-central-1.amazonaws.com",
                region: "eu-central-1",
                native_aws_auth_enabled: true,
                sse: { type: "SSE-S3" },
            },
        },
    },
    {
        name: "AWS with a key of its own for encryption",
        store: awsS3({ bucket: "example-fleet", region: "eu-central-1", encryptionKeyArn: keyArn }),
        loki: {
            type: "s3",
            settings: {
                bucket_name: "example-fleet",
                endpoint: "s3.eu-central-1.amazonaws.com",
                region: "eu-central-1",
                native_aws_auth_enabled: true,
                sse: { type: "SSE-KMS", kms_key_id: keyArn },
            },
        },
    },
    {
        name: "S3-compatible, without TLS",
        store: s3Compatible(s3Store, { accessKey: "1_000", secretKey: awkward }),
        loki: {
            type: "s3",
            settings: {
                bucket_name: "fleet-metrics",
                endpoint: "minio.example.org:9000",
                region: "us-east-1",
                access_key_id: "1_000",
                secret_access_key: awkward,
                insecure: true,
                bucket_lookup_type: "path",
            },
        },
    },
    {
        name: "S3-compatible, with a certificate authority of its own",
        store: s3Compatible(
            {
                ...s3Store,
                insecure: false,
                lookup: "virtual-hosted",
                certificateAuthorityFile: "/etc/objstore-ca/ca.crt",
            },
            { accessKey: "key", secretKey: "secret" },
        ),
        loki: {
            type: "s3",
            settings: {
                bucket_name: "fleet-metrics",
                endpoint: "minio.example.org:9000",
                region: "us-east-1",
                access_key_id: "key",
                secret_access_key: "secret",
                insecure: false,
                bucket_lookup_type: "virtual-hosted",
                http: { tls_ca_path: "/etc/objstore-ca/ca.crt" },
            },
        },
    },
    {
        name: "Swift",
        store: swift(
            {
                authUrl: "https://keystone.example.org:5000/v3",
                region: "RegionOne",
                container: "fleet",
                applicationCredentialId: "21dced0fd20347869b93710d2b98aae0",
            },
            awkward,
        ),
        loki: {
            type: "swift",
            settings: {
                auth_version: 3,
                auth_url: "https://keystone.example.org:5000/v3",
                region_name: "RegionOne",
                container_name: "fleet",
                application_credential_id: "21dced0fd20347869b93710d2b98aae0",
                application_credential_secret: awkward,
            },
        },
    },
    {
        name: "a directory",
        store: filesystem({ directory: "/var/thanos/bucket" }),
        loki: { type: "filesystem", settings: { dir: "/var/thanos/bucket" } },
    },
];

const places: LokiPlaces = {
    http: { address: "127.0.0.1", port: 3100 },
    grpc: { address: "127.0.0.1", port: 9095 },
    dataDirectory: "/var/loki",
    overridesFile: "/etc/loki/runtime-config/runtime-config.yaml",
};
const settings = {
    objectStore: lokiObjectStore(filesystem({ directory: "/var/thanos/bucket" })),
    defaults: { retention: "30d", megabytesPerSecond: 4, streams: 10_000 },
    replicationFactor: 1,
    memory: "2Gi",
};

describe("the object store of logs", () => {
    test.each(stores)("is the one of blocks: $name", ({ store, loki }) => {
        expect(lokiObjectStore(store)).toEqual({ ...loki, prefix: "loki" });
        // The program reads it from the text that Thanos gets.
        expect(lokiObjectStore(parse(objstoreYaml(store)) as ObjectStoreConfig)).toEqual(lokiObjectStore(store));
    });

    test("has a prefix of its own, of characters that Loki takes, for each prefix of blocks", () => {
        const prefixes = ["prod", "prod-eu", "prod/eu", "prod.eu", "prod_eu", "prod--eu"];
        const names = prefixes.map((prefix) => lokiObjectStore(filesystem({ directory: "/bucket", prefix })).prefix);
        expect(names.slice(0, 2)).toEqual(["prod-loki", "prod-eu-loki"]);
        expect(names[2]).toMatch(/^prod-eu-[0-9a-f]{8}-loki$/);
        expect(new Set(names).size).toBe(prefixes.length);
        expect(names.filter((name) => !/^[\da-zA-Z-]+$/.test(name))).toEqual([]);
    });

    test("loses no setting in silence, and shows no secret", () => {
        const store = { type: "S3" as const, config: { session_token: "canary" } };
        expect(() => lokiObjectStore(store)).toThrow("Loki's s3 has no name for session_token of objstore.yml");
    });
});

describe("limits of tenants", () => {
    test("are what an entry says, in Loki's units, and nothing else", () => {
        const clusters = [
            { tenant: "globex", logs: { retention: "0d" } },
            { tenant: "acme", logs: {} },
            { tenant: "acme", logs: { megabytesPerSecond: 8, streams: 20_000 } },
            { tenant: "initech", logs: {} },
        ];
        expect(lokiOverrides(tenantLogs(clusters))).toEqual({
            overrides: {
                acme: { ingestion_rate_mb: 8, ingestion_burst_size_mb: 32, max_global_streams_per_user: 20_000 },
                globex: { retention_period: "0d" },
            },
        });
    });

    test("leave room for one request of a collector, however low they are", () => {
        const { overrides } = lokiOverrides([{ tenant: "acme", megabytesPerSecond: 0.1 }]);
        expect(overrides).toEqual({ acme: { ingestion_rate_mb: 0.1, ingestion_burst_size_mb: 4 } });
    });
});

describe("Loki's configuration", () => {
    test("asks every request for its tenant, and tells nobody about itself", () => {
        expect(lokiConfig(places, settings)).toMatchObject({
            auth_enabled: true,
            querier: { multi_tenant_queries_enabled: true },
            analytics: { reporting_enabled: false },
            limits_config: { retention_period: "30d", ingestion_rate_mb: 4, ingestion_burst_size_mb: 16 },
        });
    });

    test("lets a replica alone gossip with nobody, and several with each other", () => {
        expect(lokiConfig(places, settings)).not.toHaveProperty("memberlist");
        expect(lokiConfig({ ...places, join: ["loki-memberlist:7946"] }, settings)).toMatchObject({
            common: { ring: { kvstore: { store: "memberlist" } } },
            memberlist: { join_members: ["loki-memberlist:7946"] },
        });
    });

    test("holds each line three times where there are three replicas", () => {
        expect([1, 2, 3, 4].map(logReplicationFactor)).toEqual([1, 1, 3, 3]);
        expect(Object.values(presets).map(({ loki }) => logReplicationFactor(loki.replicas))).toEqual([1, 3, 3]);
    });

    test("takes lines on a disk that others have filled, where it is told not to look", () => {
        const wal = (fullDisk?: number) => lokiConfig({ ...places, fullDisk }, settings).ingester.wal;
        expect(wal()).not.toHaveProperty("disk_full_threshold");
        expect(wal(0)).toHaveProperty("disk_full_threshold", 0);
    });

    test.each(Object.entries(presets))("reads its log within the memory of size %s", (_, { loki }) => {
        const { ingester } = lokiConfig(places, { ...settings, memory: loki.memory });
        expect(ingester.wal.replay_memory_ceiling).toMatch(/^[1-9]\d{3,4}MB$/);
    });
});

describe("Loki itself", () => {
    for (const { name, store } of stores) {
        itWithLoki(`takes its configuration for ${name}`, () => {
            for (const own of [{ fullDisk: 0 }, { join: ["loki-memberlist.observability.svc.cluster.local:7946"] }]) {
                const objectStore = lokiObjectStore({ ...store, prefix: "prod/eu" });
                const config = quotedYaml(lokiConfig({ ...places, ...own }, { ...settings, objectStore }));
                expect(verifyConfig(config, "-config.expand-env=false")).toBe("");
            }
        });
    }

    itWithLoki("refuses a key that it does not know", () => {
        const config = { ...lokiConfig(places, settings), nonsense: true };
        expect(verifyConfig(quotedYaml(config))).toContain("field nonsense not found");
    });

    itWithLoki("reads a name with ${…} as it stands", () => {
        const objectStore = lokiObjectStore(filesystem({ directory: "/bucket/${HOME}" }));
        const config = quotedYaml(lokiConfig(places, { ...settings, objectStore }));
        expect(understood(config, "-config.expand-env=false")).toContain("dir: /bucket/${HOME}");
        expect(understood(config)).not.toContain("${HOME}");
    });

    itWithLoki("keeps for ever what is kept for 0d", () => {
        const config = lokiConfig(places, { ...settings, defaults: { ...settings.defaults, retention: "0d" } });
        expect(understood(quotedYaml(config))).toMatch(/^ {2}retention_period: 0s$/m);
    });
});
