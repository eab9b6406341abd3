import type { KubePrometheusStackValues } from "../../charts/generated/kubePrometheusStack";
import { controlPlaneTargets, type Platform } from "../../platform/agent";
import { alertmanagerConfig, type AlertRouting } from "../../platform/alertmanager";
import {
    kubePrometheusStackRelease,
    objects,
    objectStoreServiceAccounts,
    serviceHost,
    services,
    type Hosts,
} from "../../platform/names";
import { remoteWriteSpec, type RemoteWriteTarget } from "../../platform/remoteWrite";
import { ruler, rulerLabels, rulerSelector } from "../../platform/ruler";
import { containerResources, type Preset, type Workload } from "../../platform/sizes";
import { controlPlaneValues, selectEverything, selfMonitored, volumeClaim } from "../cluster/kubePrometheusStackParts";
import { bucketVolumes, type BucketMounts } from "./bucketVolumes";
import { queryUrl } from "./thanosValues";

/** Arguments of the values of the observer's kube-prometheus-stack. */
export interface ObserverStackValuesArgs {
    /** The observer cluster's name. */
    observer: string;
    platform: Platform;
    preset: Preset;
    alerting: AlertRouting;
    /** The observers that watch this one; its Prometheus writes to them. */
    peers: RemoteWriteTarget[];
    /** The StorageClass of its volumes; the cluster's default when unset. */
    storageClass?: string;
    /** The public hosts, where there are any: links in notifications lead there. */
    hosts?: Hosts;
    /** Annotations of the service accounts, by which a cloud knows them. */
    serviceAccountAnnotations: object;
    /** Labels of every pod that touches the bucket, by which a cloud's webhook knows it. */
    podLabels: Record<string, string>;
    /** What of the object store has to be mounted. */
    bucket: BucketMounts;
    /** False: nothing may need a pod to run, so no webhook jobs. */
    waitForWorkloads: boolean;
}

/** Where the operator mounts a Secret named in `alertmanagerSpec.secrets`. */
const receiverSecrets = `/etc/alertmanager/secrets/${objects.alertReceivers}`;

/** The observer's kube-prometheus-stack: its own Prometheus with sidecar, Alertmanager, Grafana, ruler and exporters. */
export function observerStackValues(args: ObserverStackValuesArgs): KubePrometheusStackValues {
    const { preset, peers } = args;
    const storage = ({ volume = "10Gi" }: Workload) => volumeClaim(volume, args.storageClass);
    const objectStorageConfig = { existingSecret: { name: objects.objectStore, key: "objstore.yml" } };
    const bucket = bucketVolumes(args.bucket);

    return {
        fullnameOverride: kubePrometheusStackRelease,
        crds: { enabled: false },
        cleanPrometheusOperatorObjectNames: false,
        defaultRules: {
            create: true,
            // Else InfoInhibitor and the node rules add up clusters.
            additionalAggregationLabels: ["cluster"],
            disabled: { Watchdog: true },
        },
        ...controlPlaneValues(controlPlaneTargets(args.platform)),
        prometheusOperator: {
            admissionWebhooks: { enabled: args.waitForWorkloads },
            tls: { enabled: args.waitForWorkloads },
            resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
        },
        prometheus: {
            serviceAccount: {
                name: objectStoreServiceAccounts.prometheus,
                annotations: args.serviceAccountAnnotations,
            },
            thanosService: { enabled: true },
            thanosServiceMonitor: { enabled: true },
            podDisruptionBudget: { enabled: preset.prometheus.replicas > 1, minAvailable: 1 },
            prometheusSpec: {
                ...selectEverything,
                ...(args.hosts === undefined ? {} : { externalUrl: `https://${args.hosts.prometheus}` }),
                // What the ruler evaluates, Prometheus must not evaluate as well.
                ruleSelectorNilUsesHelmValues: false,
                ruleSelector: {
                    matchExpressions: Object.entries(rulerSelector).map(([key, value]) => ({
                        key,
                        operator: "NotIn",
                        values: [value],
                    })),
                },
                replicas: preset.prometheus.replicas,
                externalLabels: { cluster: args.observer },
                ...(peers.length === 0
                    ? {}
                    : { remoteWrite: peers.map((peer) => remoteWriteSpec(peer, objects.peerWriteTls)) }),
                retention: "3d",
                storageSpec: storage(preset.prometheus),
                resources: containerResources(preset.prometheus),
                podMetadata: { labels: args.podLabels },
                volumes: bucket.volumes,
                thanos: { objectStorageConfig, volumeMounts: bucket.volumeMounts },
            },
        },
        "kube-state-metrics": selfMonitored,
        alertmanager: {
            config: alertmanagerConfig(args.alerting, receiverSecrets),
            podDisruptionBudget: { enabled: preset.alertmanager.replicas > 1, minAvailable: 1 },
            alertmanagerSpec: {
                ...(args.hosts === undefined ? {} : { externalUrl: `https://${args.hosts.alertmanager}` }),
                replicas: preset.alertmanager.replicas,
                secrets: [objects.alertReceivers],
                storage: storage(preset.alertmanager),
                resources: containerResources(preset.alertmanager),
                // The default would add the namespace of each AlertmanagerConfig to its routes, and no fleet alert has it.
                alertmanagerConfigMatcherStrategy: { type: "None" },
            },
        },
        thanosRuler: {
            enabled: true,
            serviceAccount: { name: objectStoreServiceAccounts.ruler, annotations: args.serviceAccountAnnotations },
            podDisruptionBudget: { enabled: preset.ruler.replicas > 1, minAvailable: 1 },
            thanosRulerSpec: {
                replicas: preset.ruler.replicas,
                queryEndpoints: [queryUrl],
                alertmanagersUrl: [`http://${serviceHost(services.alertmanager.name)}:${services.alertmanager.port}`],
                objectStorageConfig,
                ruleSelectorNilUsesHelmValues: false,
                ruleSelector: { matchLabels: { ...rulerSelector } },
                evaluationInterval: ruler.evaluationInterval,
                retention: ruler.retention,
                labels: rulerLabels(args.observer),
                alertDropLabels: [...ruler.alertLabelsDropped],
                storage: storage(preset.ruler),
                resources: containerResources(preset.ruler),
                podMetadata: { labels: args.podLabels },
                ...bucket,
            },
        },
        grafana: {
            admin: { existingSecret: objects.grafanaAdmin, userKey: "admin-user", passwordKey: "admin-password" },
            "grafana.ini": {
                analytics: { check_for_updates: false, check_for_plugin_updates: false, reporting_enabled: false },
                ...(args.hosts === undefined ? {} : { server: { root_url: `https://${args.hosts.grafana}` } }),
            },
            persistence: {
                enabled: true,
                size: preset.grafana.volume ?? "5Gi",
                ...(args.storageClass === undefined ? {} : { storageClassName: args.storageClass }),
                annotations: { "helm.sh/resource-policy": "keep" },
            },
            // Two pods cannot share the volume for the moment of a rolling update.
            deploymentStrategy: { type: "Recreate" },
            resources: containerResources(preset.grafana),
            testFramework: { enabled: false },
            initChownData: { enabled: false },
            sidecar: {
                dashboards: {
                    folderAnnotation: "grafana_folder",
                    provider: { foldersFromFilesStructure: true },
                    multicluster: { global: { enabled: true } },
                },
                datasources: { defaultDatasourceEnabled: false, alertmanager: { enabled: false } },
            },
            additionalDataSources: datasources,
        },
    };
}

/** A Grafana datasource per store: the fleet's history, the observer's own Prometheus, and the alerts. */
const datasources = [
    {
        name: "Thanos",
        uid: "thanos",
        type: "prometheus",
        access: "proxy",
        isDefault: true,
        url: `http://${serviceHost(services.queryFrontend.name)}:${services.queryFrontend.port}`,
        jsonData: { prometheusType: "Thanos", httpMethod: "POST", timeInterval: "30s" },
    },
    {
        // For sums over a time that begins before raw samples do. Not for anything else: an instant query that may read
        // downsampled samples sees what ended an hour ago as if it were still there.
        name: "Thanos history",
        uid: "thanos-history",
        type: "prometheus",
        access: "proxy",
        url: `http://${serviceHost(services.queryFrontend.name)}:${services.queryFrontend.port}`,
        jsonData: {
            prometheusType: "Thanos",
            httpMethod: "POST",
            timeInterval: "30s",
            customQueryParameters: "max_source_resolution=1h",
        },
    },
    {
        name: "Prometheus",
        uid: "prometheus",
        type: "prometheus",
        access: "proxy",
        url: `http://${serviceHost(services.prometheus.name)}:${services.prometheus.port}`,
        jsonData: { httpMethod: "POST", timeInterval: "30s" },
    },
    {
        name: "Alertmanager",
        uid: "alertmanager",
        type: "alertmanager",
        access: "proxy",
        url: `http://${serviceHost(services.alertmanager.name)}:${services.alertmanager.port}`,
        jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
    },
];
