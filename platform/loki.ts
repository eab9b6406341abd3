import { createHash } from "node:crypto";
import type { ObjectStoreConfig } from "./objstore";
import { gibibytes } from "./sizes";

/** How one tenant's logs differ from the others'. */
export interface TenantLogs {
    tenant: string;
    /** As config has durations: `30d`, `0d` for ever. */
    retention?: string;
    megabytesPerSecond?: number;
    streams?: number;
}

/** What holds for every tenant that has nothing of its own. */
export interface LogDefaults {
    retention: string;
    megabytesPerSecond: number;
    streams: number;
}

/** The logs that tenants' clusters send, by what their entries say of them; limits hold for a tenant. */
export function tenantLogs(clusters: { tenant: string; logs: Omit<TenantLogs, "tenant"> }[]): TenantLogs[] {
    const own = clusters.flatMap(({ tenant, logs: { retention, megabytesPerSecond, streams } }) =>
        [retention, megabytesPerSecond, streams].every((limit) => limit === undefined)
            ? []
            : [[tenant, { tenant, retention, megabytesPerSecond, streams }] as const],
    );
    return [...new Map(own).values()].sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
}

/**
 * The oldest line that is still taken, as a Prometheus duration; an older one is refused for good. A node keeps less:
 * kubelet rotates containers' logs by size. So it is met only by a clock that is wrong, or by a journal of years.
 * (`reject_old_samples_max_age`)
 */
export const oldestLine = "168h";

/** Where one Loki listens, and what it finds on its machine. */
export interface LokiPlaces {
    http: Listener;
    grpc: Listener;
    /** Its write-ahead log, its index until it is uploaded, and its caches. */
    dataDirectory: string;
    /** The limits of tenants, as `lokiOverrides` makes them; read again every ten seconds. */
    overridesFile: string;
    /** What replicas find each other by, host:port. One replica alone when unset: it gossips with nobody. */
    join?: string[];
    /** The IP address that its own parts and other replicas reach it by; that of its network interface when unset. */
    instanceAddress?: string;
    /**
     * The used share of the directory's disk from which on it takes no line; 0: it does not look. Loki's own 0.9 when
     * unset. (`ingester.wal.disk_full_threshold`)
     */
    fullDisk?: number;
}

/** An address to listen on; port 0 is not allowed. */
export interface Listener {
    address: string;
    port: number;
}

/** What a Loki is to do. */
export interface LokiSettings {
    objectStore: LokiObjectStore;
    defaults: LogDefaults;
    /** How many replicas hold each line until it is in the object store; see `logReplicationFactor`. */
    replicationFactor: number;
    /** The memory that it may use, as a Kubernetes quantity in Gi. */
    memory: string;
}

/** How many of `replicas` hold each line: three, so that one may restart while lines are written and read. */
export function logReplicationFactor(replicas: number): 1 | 3 {
    return replicas < 3 ? 1 : 3;
}

/** A querier's answer to a front-end is one message: 5000 lines are more than gRPC's default of 4 MiB. */
const messageBytes = 100 * 2 ** 20;

/**
 * Loki's whole config.yaml, for every part in one process (`-target=all`). Of Loki 3.7: unknown keys are errors there.
 * The ruler does not start, because it has no storage.
 */
export function lokiConfig(
    { http, grpc, dataDirectory, overridesFile, join, instanceAddress, fullDisk }: LokiPlaces,
    { objectStore, defaults, replicationFactor, memory }: LokiSettings,
) {
    return {
        auth_enabled: true,
        server: {
            http_listen_address: http.address,
            http_listen_port: http.port,
            grpc_listen_address: grpc.address,
            grpc_listen_port: grpc.port,
            // Longer than a query may take: the default of 30s would cut its answer off.
            http_server_write_timeout: "150s",
            grpc_server_max_recv_msg_size: messageBytes,
            grpc_server_max_send_msg_size: messageBytes,
        },
        common: {
            path_prefix: dataDirectory,
            replication_factor: replicationFactor,
            ring: { kvstore: { store: join === undefined ? "inmemory" : "memberlist" } },
            ...(instanceAddress === undefined ? {} : { instance_addr: instanceAddress }),
        },
        // Joined again and again, because replicas that once have lost each other would never meet.
        ...(join === undefined ? {} : { memberlist: { join_members: join, rejoin_interval: "1m" } }),
        schema_config: {
            // A period that has begun must never change: what was written in it would not be found any more.
            configs: [
                {
                    from: "2025-01-01",
                    store: "tsdb",
                    object_store: objectStore.type,
                    schema: "v13",
                    index: { prefix: "index_", period: "24h" },
                },
            ],
        },
        storage_config: {
            use_thanos_objstore: true,
            object_store: { [objectStore.type]: objectStore.settings, storage_prefix: objectStore.prefix },
        },
        // Half of what there is, or a long log would end a replica that reads it again and again.
        ingester: {
            chunk_encoding: "snappy",
            wal: {
                replay_memory_ceiling: `${gibibytes(memory) * 512}MB`,
                ...(fullDisk === undefined ? {} : { disk_full_threshold: fullDisk }),
            },
        },
        compactor: { retention_enabled: true, delete_request_store: objectStore.type },
        querier: { multi_tenant_queries_enabled: true },
        query_range: { cache_results: true },
        limits_config: {
            ...limits(defaults),
            reject_old_samples: true,
            reject_old_samples_max_age: oldestLine,
            // A line that is too long is cut, and not lost.
            max_line_size_truncate: true,
            allow_structured_metadata: true,
            volume_enabled: true,
            query_timeout: "2m",
        },
        runtime_config: { file: overridesFile },
        analytics: { reporting_enabled: false },
    };
}

/** Loki's runtime config: what tenants have of their own. It is read while Loki runs. */
export function lokiOverrides(tenants: TenantLogs[]) {
    return { overrides: Object.fromEntries(tenants.map(({ tenant, ...own }) => [tenant, limits(own)])) };
}

/** The least burst, in MB: below what a collector sends at once, 1 MiB, no request would ever be taken. */
const leastBurst = 4;

function limits({ retention, megabytesPerSecond, streams }: Partial<LogDefaults>) {
    return {
        ...(retention === undefined ? {} : { retention_period: retention }),
        ...(megabytesPerSecond === undefined
            ? {}
            : {
                  ingestion_rate_mb: megabytesPerSecond,
                  ingestion_burst_size_mb: Math.max(4 * megabytesPerSecond, leastBurst),
              }),
        ...(streams === undefined ? {} : { max_global_streams_per_user: streams }),
    };
}

/** Where Loki keeps its chunks and its index: a section of `object_store`. */
export interface LokiObjectStore {
    /** The section's name, which the schema names too. */
    type: "azure" | "s3" | "swift" | "filesystem";
    settings: Record<string, unknown>;
    /** The first part of every object's name. */
    prefix: string;
}

/** What Loki calls a store of Thanos, and each of its keys; a key without a name is not Loki's to set. */
const dialects: Record<
    ObjectStoreConfig["type"],
    { type: LokiObjectStore["type"]; keys: Record<string, string | undefined> }
> = {
    AZURE: {
        type: "azure",
        keys: {
            storage_account: "account_name",
            storage_account_key: "account_key",
            container: "container_name",
            endpoint: "endpoint_suffix",
            storage_create_container: undefined,
        },
    },
    S3: {
        type: "s3",
        keys: {
            bucket: "bucket_name",
            endpoint: "endpoint",
            region: "region",
            access_key: "access_key_id",
            secret_key: "secret_access_key",
            aws_sdk_auth: "native_aws_auth_enabled",
            sse_config: "sse",
            insecure: "insecure",
            bucket_lookup_type: "bucket_lookup_type",
            http_config: "http",
        },
    },
    SWIFT: {
        type: "swift",
        keys: {
            auth_version: "auth_version",
            auth_url: "auth_url",
            region_name: "region_name",
            container_name: "container_name",
            application_credential_id: "application_credential_id",
            application_credential_secret: "application_credential_secret",
        },
    },
    FILESYSTEM: { type: "filesystem", keys: { directory: "dir" } },
};

/**
 * The bucket of Thanos as Loki has it (its pkg/storage/bucket): the same client library, and the same settings under
 * other names. A key that is not known here is an error, and no setting is lost in silence.
 */
export function lokiObjectStore({ type, config, prefix }: ObjectStoreConfig): LokiObjectStore {
    const { type: name, keys } = dialects[type];
    const settings = Object.entries(config).flatMap(([key, value]) => {
        if (!(key in keys)) {
            throw new Error(`Loki's ${name} has no name for ${key} of objstore.yml`);
        }
        const ours = keys[key];
        return ours === undefined ? [] : [[ours, key === "http_config" ? httpConfig(value as HttpConfig) : value]];
    });
    return { type: name, settings: Object.fromEntries(settings) as Record<string, unknown>, prefix: logPrefix(prefix) };
}

interface HttpConfig {
    tls_config: { ca_file: string };
}

function httpConfig({ tls_config }: HttpConfig) {
    return { tls_ca_path: tls_config.ca_file };
}

/**
 * The prefix of logs beside blocks under `prefix`: `loki`, `prod-loki`. Loki takes letters, digits and hyphens alone, so
 * any other is written with hyphens and its digest, and no two environments get the same.
 */
function logPrefix(prefix: string | undefined): string {
    if (prefix === undefined) {
        return "loki";
    }
    const readable = prefix.replace(/[^a-zA-Z0-9-]/g, "-");
    const digest = createHash("sha256").update(prefix).digest("hex").slice(0, 8);
    return [readable, ...(readable === prefix ? [] : [digest]), "loki"].join("-");
}
