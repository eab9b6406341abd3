import type { ThanosValues } from "../../charts/generated/thanos";
import {
    grpcEndpoints,
    ingestorAddress,
    objects,
    objectStoreServiceAccounts,
    serviceHost,
    services,
    thanosRelease,
} from "../../platform/names";
import { containerResources, type Preset, type Workload } from "../../platform/sizes";
import * as thanos from "../../platform/thanos";
import { overNodes } from "../cluster/spread";
import { bucketVolumes, type BucketMounts } from "./bucketVolumes";
import { secureEndpoints, secureStoreVolumes, type SecureStores } from "./secureStores";

/** Arguments of the Thanos release's values. */
export interface ThanosValuesArgs {
    preset: Preset;
    retention: thanos.Retention;
    /** The StorageClass of its volumes; the cluster's default when unset. */
    storageClass?: string;
    /** Annotations of the service account, by which a cloud knows it. */
    serviceAccountAnnotations: object;
    /** Labels of every pod, by which a cloud's webhook knows it. */
    podLabels: Record<string, string>;
    /** What of the object store has to be mounted. */
    bucket: BucketMounts;
    /** gRPC addresses of sidecars elsewhere that Query asks as well, host:port. */
    extraStores: string[];
    /** The same with TLS. */
    secureStores: SecureStores[];
}

const any = "0.0.0.0";
const tlsDirectory = "/etc/thanos-tls";
const limitsDirectory = "/etc/thanos-limits";
const objstoreFile = "/etc/thanos/objstore.yml";

/** The Thanos chart's values: where platform/thanos.ts' decisions run in a cluster. */
export function thanosValues(args: ThanosValuesArgs): ThanosValues {
    const { preset } = args;
    const podName = "$(POD_NAME)";
    const { volumes: extraVolumes, volumeMounts: extraVolumeMounts } = bucketVolumes(args.bucket);
    const volumes = { extraVolumes, extraVolumeMounts };
    const common = { podLabels: args.podLabels, podSecurityContext };

    return {
        fullnameOverride: thanosRelease,
        global: {
            objstore: { createSecret: false, secretName: objects.objectStore, secretKey: "objstore.yml" },
            serviceAccount: {
                create: true,
                name: objectStoreServiceAccounts.thanos,
                annotations: args.serviceAccountAnnotations,
            },
            storageClass: args.storageClass ?? "",
            // Upstream's alerts say critical and warning and know no tenant; the fleet's own say what to do.
            thanosRules: { enabled: false },
        },
        receive: {
            enabled: true,
            mode: "split",
            ingester: {
                ...workload(preset.receiveIngestor),
                ...common,
                ...volumes,
                service: {
                    type: "ClusterIP",
                    httpPort: 10902,
                    grpcPort: services.receiveIngestor.port,
                    remoteWritePort: 10908,
                },
                tsdb: { retention: thanos.ingestorRetention, walCompression: true },
                hashrings: {
                    autogen: { enabled: false },
                    static: thanos.hashrings(
                        Array.from({ length: preset.receiveIngestor.replicas }, (_, index) => ingestorAddress(index)),
                    ),
                },
                persistence: persistence(preset.receiveIngestor),
                // Ingestors must never restart together: a write needs a quorum of its replicas.
                minReadySeconds: 30,
                pdb: { enabled: preset.receiveIngestor.replicas > 1, maxUnavailable: 1 },
                topologySpreadConstraints: spread("receive"),
                vpa: { enabled: false },
                probes: {},
                extraArgs: beyondChart(
                    thanos.receiveIngestor({
                        http: `${any}:10902`,
                        grpc: `${any}:10901`,
                        capnproto: `${any}:19391`,
                        remoteWrite: `${any}:10908`,
                        replica: podName,
                        dataDirectory: "/var/thanos/receive",
                        objstoreFile,
                    }),
                    [
                        "http-address",
                        "grpc-address",
                        "remote-write.address",
                        "objstore.config-file",
                        "tsdb.path",
                        "tsdb.retention",
                        "tsdb.wal-compression",
                        "label",
                    ],
                ),
                serviceMonitor,
            },
            router: {
                ...workload(preset.receiveRouter),
                ...common,
                replicationFactor: preset.replicationFactor,
                service: { type: "ClusterIP", httpPort: 10902, remoteWritePort: services.receiveRouter.port },
                pdb: { enabled: preset.receiveRouter.replicas > 1, maxUnavailable: 1 },
                topologySpreadConstraints: spread("receive-router"),
                extraVolumes: [
                    { name: "tls", secret: { secretName: objects.receiveTls } },
                    { name: "limits", configMap: { name: objects.receiveLimits } },
                ],
                extraVolumeMounts: [
                    { name: "tls", mountPath: tlsDirectory, readOnly: true },
                    { name: "limits", mountPath: limitsDirectory, readOnly: true },
                ],
                extraArgs: beyondChart(
                    thanos.receiveRouter(
                        {
                            http: `${any}:10902`,
                            grpc: `${any}:10901`,
                            capnproto: `${any}:19391`,
                            remoteWrite: `${any}:10908`,
                            replica: podName,
                            hashringsFile: "/etc/thanos/hashrings.json",
                            limitsFile: `${limitsDirectory}/limits.yaml`,
                            serverCertificate: `${tlsDirectory}/tls.crt`,
                            serverKey: `${tlsDirectory}/tls.key`,
                            clientCa: `${tlsDirectory}/ca.crt`,
                        },
                        preset,
                    ),
                    [
                        "http-address",
                        "remote-write.address",
                        "receive.hashrings-file",
                        "receive.hashrings-algorithm",
                        "receive.replication-factor",
                        "label",
                    ],
                ),
                serviceMonitor,
            },
        },
        query: {
            enabled: true,
            ...workload(preset.query),
            ...common,
            ...secureStoreVolumes(args.secureStores),
            service: { type: "ClusterIP", httpPort: services.query.port, grpcPort: 10901 },
            endpoints: { autogen: { enabled: false }, static: [] },
            replicaLabels: [],
            pdb: { enabled: preset.query.replicas > 1, maxUnavailable: 1 },
            topologySpreadConstraints: spread("query"),
            extraArgs: beyondChart(
                thanos.query({
                    http: `${any}:${services.query.port}`,
                    grpc: `${any}:10901`,
                    endpoints: [
                        ...[
                            `${services.receiveIngestor.name}-headless`,
                            services.storeGateway.name,
                            services.prometheusSidecar.name,
                            services.ruler.name,
                        ].map(grpcEndpoints),
                        ...args.extraStores,
                    ],
                    secureEndpoints: secureEndpoints(args.secureStores),
                }),
                ["http-address", "grpc-address"],
            ),
            serviceMonitor,
        },
        queryFrontend: {
            enabled: true,
            ...workload(preset.queryFrontend),
            ...common,
            service: { type: "ClusterIP", port: services.queryFrontend.port },
            downstreamUrl: queryUrl,
            cacheConfig: thanos.queryFrontendCache,
            pdb: { enabled: preset.queryFrontend.replicas > 1, maxUnavailable: 1 },
            topologySpreadConstraints: spread("query-frontend"),
            extraArgs: beyondChart(
                thanos.queryFrontend({
                    http: `${any}:${services.queryFrontend.port}`,
                    downstream: queryUrl,
                    cacheFile: "/etc/thanos/cache.yaml",
                }),
                ["http-address", "query-frontend.downstream-url", "query-range.response-cache-config-file"],
            ),
            serviceMonitor,
        },
        storegateway: {
            enabled: true,
            ...workload(preset.storeGateway),
            ...common,
            ...volumes,
            service: { type: "ClusterIP", httpPort: 10902, grpcPort: services.storeGateway.port },
            persistence: persistence(preset.storeGateway),
            pdb: { enabled: preset.storeGateway.replicas > 1, maxUnavailable: 1 },
            topologySpreadConstraints: spread("storegateway"),
            extraArgs: beyondChart(
                thanos.store({
                    http: `${any}:10902`,
                    grpc: `${any}:10901`,
                    dataDirectory: "/var/thanos/store",
                    objstoreFile,
                }),
                ["http-address", "grpc-address", "objstore.config-file", "data-dir"],
            ),
            serviceMonitor,
        },
        compactor: {
            enabled: true,
            ...workload(preset.compactor),
            ...common,
            ...volumes,
            service: { type: "ClusterIP", port: 10902 },
            persistence: persistence(preset.compactor),
            vpa: { enabled: false },
            retention: {
                resolutionRaw: args.retention.raw,
                resolution5m: args.retention.fiveMinutes,
                resolution1h: args.retention.oneHour,
            },
            extraArgs: beyondChart(
                thanos.compactor(
                    { http: `${any}:10902`, dataDirectory: "/var/thanos/compact", objstoreFile },
                    args.retention,
                ),
                [
                    "http-address",
                    "objstore.config-file",
                    "data-dir",
                    "wait",
                    "retention.resolution-raw",
                    "retention.resolution-5m",
                    "retention.resolution-1h",
                ],
            ),
            serviceMonitor,
        },
        bucket: {
            enabled: true,
            bucketweb: {
                enabled: true,
                ...workload(preset.bucketWeb),
                ...common,
                ...volumes,
                service: { type: "ClusterIP", port: 10902 },
                extraArgs: beyondChart(thanos.bucketWeb({ http: `${any}:10902`, objstoreFile }), [
                    "http-address",
                    "objstore.config-file",
                ]),
                serviceMonitor,
            },
        },
        ruler: {
            enabled: false,
            // The chart's schema insists on this key, and its default is an alert that always fires.
            rules: { "example-alerts.yaml": "groups: []\n" },
        },
    };
}

/** The querier as other components call it. */
export const queryUrl = `http://${serviceHost(services.query.name)}:${services.query.port}`;

const serviceMonitor = { enabled: true };

/** One user and group for everything that writes blocks, Prometheus' sidecar and ruler included. */
export const podSecurityContext = {
    runAsNonRoot: true,
    runAsUser: 1000,
    runAsGroup: 2000,
    fsGroup: 2000,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
};

/** The flags of `args` that the chart does not write itself from other values. */
function beyondChart(args: string[], written: string[]): string[] {
    return args.filter(
        (argument) => argument.startsWith("--") && !written.includes(argument.replace(/^--([^=]*).*$/s, "$1")),
    );
}

function workload(each: Workload) {
    return { replicaCount: each.replicas, resources: containerResources(each) };
}

function persistence({ volume }: Workload) {
    return { enabled: true, size: volume ?? "10Gi" };
}

/** Replicas prefer different nodes. */
function spread(component: string) {
    return [overNodes({ "app.kubernetes.io/instance": thanosRelease, "app.kubernetes.io/component": component })];
}
