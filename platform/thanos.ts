import { stringify } from "yaml";
import { backlog } from "./remoteWrite";
import type { TenantLimits } from "./tenancy";

/**
 * What each Thanos component runs with. A component is a function from places (addresses and paths, which differ between
 * a pod and a process on one machine) to its whole command line; everything else is decided here, once.
 */

/** Where a component listens. */
interface Listens {
    /** host:port of HTTP: metrics, readiness, API. */
    http: string;
}

/** The label by which Thanos tells tenants apart, in queries and on blocks. */
export const tenantLabel = "tenant";

/** Labels that differ only between replicas of the same data; Query shows such series once. */
export const replicaLabels = ["prometheus_replica", "receive_replica", "thanos_ruler_replica"];

/** The places of a receive router. */
export interface RouterPlaces extends Listens {
    grpc: string;
    capnproto: string;
    remoteWrite: string;
    /** The replica's name, unique among routers. */
    replica: string;
    hashringsFile: string;
    limitsFile: string;
    serverCertificate: string;
    serverKey: string;
    /** Everyone whose clients may write. */
    clientCa: string;
}

/**
 * A receive router: takes remote-write over mTLS and forwards each series to the ingestors of the hashring. The tenant is
 * the client certificate's common name; with a certificate field set, Thanos ignores every tenant header.
 */
export function receiveRouter(places: RouterPlaces, { replicationFactor }: { replicationFactor: number }): string[] {
    return [
        "receive",
        `--http-address=${places.http}`,
        `--grpc-address=${places.grpc}`,
        `--receive.capnproto-address=${places.capnproto}`,
        `--remote-write.address=${places.remoteWrite}`,
        `--remote-write.server-tls-cert=${places.serverCertificate}`,
        `--remote-write.server-tls-key=${places.serverKey}`,
        `--remote-write.server-tls-client-ca=${places.clientCa}`,
        "--receive.tenant-certificate-field=commonName",
        `--receive.tenant-label-name=${tenantLabel}`,
        `--receive.relabel-config=${renameForgedTenant}`,
        `--receive.hashrings-file=${places.hashringsFile}`,
        "--receive.hashrings-algorithm=ketama",
        `--receive.replication-factor=${replicationFactor}`,
        `--receive.limits-config-file=${places.limitsFile}`,
        `--label=receive_router_replica="${places.replica}"`,
    ];
}

/**
 * A series that arrives with a label called tenant must not look like another tenant's. It is renamed and not dropped,
 * because a customer's own Loki or Thanos has series that differ in nothing else.
 */
const renameForgedTenant = JSON.stringify([
    { action: "labelmap", regex: tenantLabel, replacement: `exported_${tenantLabel}` },
    { action: "labeldrop", regex: tenantLabel },
]);

/** The places of a receive ingestor. */
export interface IngestorPlaces extends Listens {
    grpc: string;
    capnproto: string;
    remoteWrite: string;
    /** The replica's name, unique among ingestors. */
    replica: string;
    dataDirectory: string;
    objstoreFile: string;
}

/** A receive ingestor: a TSDB per tenant, blocks uploaded every two hours, late samples taken within the backlog. */
export function receiveIngestor(places: IngestorPlaces): string[] {
    return [
        "receive",
        `--http-address=${places.http}`,
        `--grpc-address=${places.grpc}`,
        `--receive.capnproto-address=${places.capnproto}`,
        `--remote-write.address=${places.remoteWrite}`,
        `--objstore.config-file=${places.objstoreFile}`,
        `--tsdb.path=${places.dataDirectory}`,
        `--tsdb.retention=${ingestorRetention}`,
        `--tsdb.out-of-order.time-window=${backlog}`,
        "--tsdb.too-far-in-future.time-window=10m",
        "--tsdb.wal-compression",
        `--receive.tenant-label-name=${tenantLabel}`,
        `--label=receive_replica="${places.replica}"`,
    ];
}

/** How long an ingestor keeps what it has uploaded: long enough to outlive a broken object store over a weekend. */
export const ingestorRetention = "3d";

/** The places of the querier. */
export interface QueryPlaces extends Listens {
    grpc: string;
    /** gRPC addresses of everything that answers series: ingestors, store gateways, sidecars, rulers. */
    endpoints: string[];
    /** What answers likewise and speaks TLS. */
    secureEndpoints?: SecureEndpoint[];
}

/** A gRPC endpoint with TLS. Files are read anew when they change, but for the authority's. */
export interface SecureEndpoint {
    /** host:port. */
    address: string;
    /** The name that its certificate must carry; the address' when unset. */
    serverName?: string;
    /** Who signed its certificate; the system's authorities when unset. */
    caFile?: string;
    /** What it is shown, with keyFile. */
    certificateFile?: string;
    keyFile?: string;
}

/** Thanos takes TLS for one endpoint only here; its flags for TLS are for all endpoints, and go after 0.43. */
function endpointConfig(endpoints: SecureEndpoint[]): string {
    return JSON.stringify({
        endpoints: endpoints.map(({ address, serverName, caFile, certificateFile, keyFile }) => ({
            address,
            client_config: {
                tls_config: {
                    enabled: true,
                    min_version: "1.2",
                    ca_file: caFile,
                    cert_file: certificateFile,
                    key_file: keyFile,
                },
                server_name: serverName,
            },
        })),
    });
}

/** The querier. */
export function query(places: QueryPlaces): string[] {
    return [
        "query",
        `--http-address=${places.http}`,
        `--grpc-address=${places.grpc}`,
        ...places.endpoints.map((endpoint) => `--endpoint=${endpoint}`),
        ...(places.secureEndpoints === undefined || places.secureEndpoints.length === 0
            ? []
            : [`--endpoint.sd-config=${endpointConfig(places.secureEndpoints)}`]),
        ...replicaLabels.map((label) => `--query.replica-label=${label}`),
        "--query.auto-downsampling",
        "--query.timeout=2m",
        "--query.max-concurrent=20",
        "--store.response-timeout=1m",
    ];
}

/**
 * The header by which a scoped Query is told whose series to show. It believes whoever can reach it: the tenant gateway
 * writes the header anew, whatever a client sent.
 */
export const tenantHeader = "THANOS-TENANT";

/** What a request without the header may see: nobody is called so. */
export const nobody = "_";

/**
 * A Query that restricts whatever it is asked to one value of `label`, the one that `tenantHeader` names. Rules, targets
 * and metadata are not series and know no tenant: what tells of them must not be among its endpoints, nor be reachable
 * through what stands before it.
 */
export function scopedQuery(places: QueryPlaces, label: string): string[] {
    return [
        ...query(places),
        "--query.enforce-tenancy",
        `--query.tenant-header=${tenantHeader}`,
        `--query.tenant-label-name=${label}`,
        `--query.default-tenant-id=${nobody}`,
    ];
}

/** The places of the query-frontend. */
export interface QueryFrontendPlaces extends Listens {
    /** The querier's URL. */
    downstream: string;
    cacheFile: string;
}

/** The query-frontend: splits long ranges by day and keeps answers in memory. */
export function queryFrontend(places: QueryFrontendPlaces): string[] {
    return [
        "query-frontend",
        `--http-address=${places.http}`,
        `--query-frontend.downstream-url=${places.downstream}`,
        `--query-range.response-cache-config-file=${places.cacheFile}`,
        "--query-range.split-interval=24h",
        "--query-range.max-retries-per-request=3",
        "--labels.split-interval=24h",
        "--query-frontend.compress-responses",
        "--query-frontend.log-queries-longer-than=30s",
    ];
}

/** The query-frontend's cache. */
export const queryFrontendCache = stringify({
    type: "IN-MEMORY",
    config: { max_size: "256MB", validity: "6h" },
});

/** The places of a store gateway. */
export interface StorePlaces extends Listens {
    grpc: string;
    dataDirectory: string;
    objstoreFile: string;
}

/** A store gateway: blocks in the bucket, as series. */
export function store(places: StorePlaces): string[] {
    return [
        "store",
        `--http-address=${places.http}`,
        `--grpc-address=${places.grpc}`,
        `--objstore.config-file=${places.objstoreFile}`,
        `--data-dir=${places.dataDirectory}`,
        "--index-cache-size=250MB",
        "--store.grpc.series-max-concurrency=20",
    ];
}

/** How long each resolution is kept. */
export interface Retention {
    /** As Thanos takes durations: `30d`, `0d` for ever. */
    raw: string;
    fiveMinutes: string;
    oneHour: string;
}

/** The places of the compactor. */
export interface CompactorPlaces extends Listens {
    dataDirectory: string;
    objstoreFile: string;
}

/**
 * The compactor. Out-of-order samples make overlapping blocks, which halt it without vertical compaction; replicas of
 * receive ingestors are byte-equal, so their blocks become one. Only one may run on a bucket.
 */
export function compactor(places: CompactorPlaces, retention: Retention): string[] {
    return [
        "compact",
        `--http-address=${places.http}`,
        `--objstore.config-file=${places.objstoreFile}`,
        `--data-dir=${places.dataDirectory}`,
        "--wait",
        `--retention.resolution-raw=${retention.raw}`,
        `--retention.resolution-5m=${retention.fiveMinutes}`,
        `--retention.resolution-1h=${retention.oneHour}`,
        "--compact.enable-vertical-compaction",
        "--deduplication.replica-label=receive_replica",
        "--consistency-delay=30m",
        "--delete-delay=48h",
    ];
}

/** The places of the bucket web UI. */
export interface BucketWebPlaces extends Listens {
    objstoreFile: string;
}

/** The bucket web UI. */
export function bucketWeb(places: BucketWebPlaces): string[] {
    return [
        "tools",
        "bucket",
        "web",
        `--http-address=${places.http}`,
        `--objstore.config-file=${places.objstoreFile}`,
        "--refresh=5m",
        "--timeout=2m",
    ];
}

/** The hashring file: one ring of all ingestors for all tenants. */
export function hashrings(ingestors: string[]): { hashring: string; endpoints: string[] }[] {
    return [{ hashring: "default", endpoints: ingestors }];
}

/**
 * More series than any tenant has. A router asks for the numbers of series only if it started with a limit: with a
 * default of 0, a tenant's first limit would be read and never enforced until the router restarts.
 */
const practicallyUnlimited = 1_000_000_000_000;

/**
 * The routers' limits file. Thanos counts active series over all ingestors, so each series counts replicationFactor
 * times; and it enforces nothing without a Prometheus to ask, which it says only in its log.
 *
 * @param metaMonitoringUrl a Prometheus that scrapes the ingestors
 */
export function receiveLimits(tenants: TenantLimits[], replicationFactor: number, metaMonitoringUrl: string): string {
    return stringify({
        write: {
            global: {
                meta_monitoring_url: metaMonitoringUrl,
                meta_monitoring_limit_query: "sum(prometheus_tsdb_head_series) by (tenant)",
            },
            default: {
                request: { size_bytes_limit: 0, series_limit: 0, samples_limit: 0 },
                head_series_limit: practicallyUnlimited,
            },
            tenants: Object.fromEntries(
                tenants.map(({ tenant, activeSeries, samplesPerRequest }) => [
                    tenant,
                    {
                        request: { samples_limit: samplesPerRequest },
                        head_series_limit: activeSeries * replicationFactor,
                    },
                ]),
            ),
        },
    });
}
