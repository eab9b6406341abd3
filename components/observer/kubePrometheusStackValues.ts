import type { KubePrometheusStackValues } from "../../charts/generated/kubePrometheusStack";
import { controlPlaneTargets, type Platform } from "../../platform/agent";
import { notOfApplications } from "../../platform/application";
import { alertmanagerConfig, type AlertRouting } from "../../platform/alertmanager";
import { operatorDatasources } from "../../platform/datasources";
import { harborMonitors } from "../../platform/harbor";
import type { Monitors } from "../../platform/monitors";
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
import { clientSecretMount, publishedSettings, signInSettings, type SignInSettings } from "../../platform/signIn";
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
    /** Where its Prometheus writes to. */
    writesTo: RemoteWriteTarget[];
    /** The StorageClass of its volumes; the cluster's default when unset. */
    storageClass?: string;
    /** The public hosts, where there are any: links in notifications lead there. */
    hosts?: Hosts;
    /** Who may sign in to Grafana besides its admin. */
    signIn?: SignInSettings;
    /** Annotations of the service accounts, by which a cloud knows them. */
    serviceAccountAnnotations: object;
    /** Labels of every pod that touches the bucket, by which a cloud's webhook knows it. */
    podLabels: Record<string, string>;
    /** What of the object store has to be mounted. */
    bucket: BucketMounts;
    /** False: nothing may need a pod to run, so no webhook jobs. */
    waitForWorkloads: boolean;
    /** What is watched. */
    monitors: Monitors;
}

/** Where the operator mounts a Secret named in `alertmanagerSpec.secrets`. */
const receiverSecrets = `/etc/alertmanager/secrets/${objects.alertReceivers}`;

/** The observer's kube-prometheus-stack: its own Prometheus with sidecar, Alertmanager, Grafana, ruler and exporters. */
export function observerStackValues(args: ObserverStackValuesArgs): KubePrometheusStackValues {
    const { preset, writesTo } = args;
    const storage = ({ volume = "10Gi" }: Workload) => volumeClaim(volume, args.storageClass);
    const objectStorageConfig = { existingSecret: { name: objects.objectStore, key: "objstore.yml" } };
    const bucket = bucketVolumes(args.bucket);

    return {
        fullnameOverride: kubePrometheusStackRelease,
        crds: { enabled: false },
        cleanPrometheusOperatorObjectNames: false,
        extraManifests: harborMonitors(args.monitors, args.observer),
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
                // What the ruler or an application's Prometheus evaluates, this one must not evaluate as well.
                ruleSelector: {
                    matchExpressions: [
                        ...notOfApplications.matchExpressions,
                        ...Object.entries(rulerSelector).map(([key, value]) => ({
                            key,
                            operator: "NotIn",
                            values: [value],
                        })),
                    ],
                },
                replicas: preset.prometheus.replicas,
                externalLabels: { cluster: args.observer },
                ...(writesTo.length === 0
                    ? {}
                    : { remoteWrite: writesTo.map((target) => remoteWriteSpec(target, objects.peerWriteTls)) }),
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
                ruleSelector: { matchLabels: { ...rulerSelector }, ...notOfApplications },
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
                ...(args.hosts === undefined ? {} : publishedSettings(args.hosts.grafana)),
                ...(args.signIn === undefined ? {} : signInSettings(args.signIn)),
            },
            ...(args.signIn?.secret === true ? { extraSecretMounts: [clientSecretMount] } : {}),
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
            additionalDataSources: operatorDatasources,
        },
    };
}
