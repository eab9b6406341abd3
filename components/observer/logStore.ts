import { createHash } from "node:crypto";
import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import type { LokiValues } from "../../charts/generated/loki";
import {
    logReplicationFactor,
    lokiConfig,
    lokiObjectStore,
    lokiOverrides,
    type LogDefaults,
    type LokiPlaces,
    type TenantLogs,
} from "../../platform/loki";
import { lokiRelease, objects, objectStoreServiceAccounts, serviceHost, services } from "../../platform/names";
import { quotedYaml, type ObjectStoreConfig } from "../../platform/objstore";
import { containerResources, type Preset, type Workload } from "../../platform/sizes";
import { metadata } from "../cluster/metadata";
import { chartRelease, type ReleasePolicy } from "../cluster/release";
import { overNodes } from "../cluster/spread";
import type { ObjectStore } from "../storage/objectStore";
import { bucketMounts, bucketVolumes } from "./bucketVolumes";
import { podSecurityContext } from "./thanosValues";

/** Arguments of the store of logs. */
export interface LogStoreArgs {
    preset: Preset;
    defaults: LogDefaults;
    /** The tenants that have limits of their own. */
    tenants: TenantLogs[];
    store: ObjectStore;
    /** The StorageClass of its volumes; the cluster's default when unset. */
    storageClass?: string;
    releases: ReleasePolicy;
    /** The user's own values; they win. */
    values: object;
}

/** Loki, its configuration in a Secret, and its chunks beside the blocks of Thanos. */
export function provisionLogStore(
    name: string,
    args: LogStoreArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
    const workload = args.preset.loki;
    const configuration = (objstore: ObjectStoreConfig) =>
        quotedYaml(
            lokiConfig(places(workload), {
                objectStore: lokiObjectStore(objstore),
                defaults: args.defaults,
                replicationFactor: logReplicationFactor(workload.replicas),
                memory: workload.memory,
            }),
        );
    const config = new Secret(
        `${name}-config`,
        {
            metadata: metadata(objects.lokiConfig),
            type: "Opaque",
            stringData: {
                "config.yaml": args.store.objstore.apply((text) => configuration(parse(text) as ObjectStoreConfig)),
            },
        },
        opts,
    );
    // Loki reads it at its start. What it is told about the bucket is a secret, and not known in a preview.
    const withoutBucket = configuration({ type: "FILESYSTEM", config: {} });
    return chartRelease(
        name,
        {
            releaseName: lokiRelease,
            chart: "loki",
            values: lokiValues(args, createHash("sha256").update(withoutBucket).digest("hex")),
            overlay: args.values,
            policy: args.releases,
        },
        pulumi.mergeOptions(opts, { dependsOn: [config] }),
    );
}

const any = "0.0.0.0";
const grpcPort = 9095;

/** Where the chart has mounted what Loki reads and writes. */
function places({ replicas }: Workload): LokiPlaces {
    return {
        http: { address: any, port: services.loki.port },
        grpc: { address: any, port: grpcPort },
        dataDirectory: "/var/loki",
        overridesFile: "/etc/loki/runtime-config/runtime-config.yaml",
        ...(replicas > 1 ? { join: [`${serviceHost(`${lokiRelease}-memberlist`)}:7946`] } : {}),
    };
}

/** The Loki chart's values: where platform/loki.ts' decisions run in a cluster. */
function lokiValues({ preset, tenants, store, storageClass }: LogStoreArgs, configDigest: string): LokiValues {
    const workload = preset.loki;
    const { volumes, volumeMounts } = bucketVolumes(bucketMounts(store));
    return {
        fullnameOverride: lokiRelease,
        deploymentMode: "Monolithic",
        loki: {
            configStorageType: "Secret",
            configObjectName: objects.lokiConfig,
            // No name, no configuration of the chart's making.
            generatedConfigObjectName: "",
            server: { http_listen_port: services.loki.port, grpc_listen_port: grpcPort },
            runtimeConfig: lokiOverrides(tenants),
            // The chart asks these two only to see that there is a schema, and whether replicas share a store.
            schemaConfig: { configs: [] },
            storage: { type: "s3" },
            podSecurityContext,
        },
        serviceAccount: {
            create: true,
            name: objectStoreServiceAccounts.loki,
            annotations: store.serviceAccountAnnotations,
            automountServiceAccountToken: false,
        },
        singleBinary: {
            replicas: workload.replicas,
            resources: containerResources(workload),
            podLabels: store.podLabels,
            podAnnotations: { "fleet-observability/config": configDigest },
            automountServiceAccountToken: false,
            // The chart's own flag expands ${…}, of which a key may hold one. The last one counts.
            extraArgs: ["-config.expand-env=false"],
            extraVolumes: volumes,
            extraVolumeMounts: volumeMounts,
            persistence: {
                enabled: true,
                size: workload.volume ?? "10Gi",
                storageClass: storageClass ?? null,
                enableStatefulSetAutoDeletePVC: true,
                whenDeleted: "Retain",
                whenScaled: "Retain",
            },
            // It uploads its index on its way out.
            terminationGracePeriodSeconds: 120,
            podDisruptionBudget: { enabled: workload.replicas > 1, maxUnavailable: 1 },
            // The chart insists on a node for each replica; here they prefer one, as Thanos' do.
            affinity: { podAntiAffinity: null },
            topologySpreadConstraints: [
                overNodes({
                    "app.kubernetes.io/instance": lokiRelease,
                    "app.kubernetes.io/component": "single-binary",
                }),
            ],
        },
        read: { replicas: 0 },
        write: { replicas: 0 },
        backend: { replicas: 0 },
        // Replicas must find each other before they are ready, or each would be a Loki of its own.
        memberlist: { service: { publishNotReadyAddresses: true } },
        // Roles are for the sidecar; without it they would say nothing, for the whole cluster.
        rbac: { namespaced: true },
        gateway: { enabled: false },
        lokiCanary: { enabled: false },
        test: { enabled: false },
        memcached: { enabled: false },
        chunksCache: { enabled: false },
        resultsCache: { enabled: false },
        minio: { enabled: false },
        sidecar: { rules: { enabled: false } },
        monitoring: {
            dashboards: { enabled: false },
            rules: { enabled: false },
            alerts: { enabled: false },
            // The job is the Service's name, as for every other component.
            serviceMonitor: { enabled: true, jobPrefix: "" },
        },
    };
}
