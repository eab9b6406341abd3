import type { KubePrometheusStackValues } from "../../charts/generated/kubePrometheusStack";
import {
    agentLabels,
    controlPlaneTargets,
    gracePeriodSeconds,
    minReadySeconds,
    profiles,
    type Platform,
    type Profile,
} from "../../platform/agent";
import { customResourceState } from "../../platform/customResourceState";
import { harborMonitors } from "../../platform/harbor";
import type { Monitors } from "../../platform/monitors";
import { kubePrometheusStackRelease, namespace, objects } from "../../platform/names";
import { remoteWriteSpec, type RemoteWriteTarget } from "../../platform/remoteWrite";
import {
    scrapeConfigSpec,
    scrapeJobs,
    textfileDirectory,
    textfileRelabelings,
    type ExtraScrapes,
    type ScrapeJob,
} from "../../platform/scrape";
import { containerResources } from "../../platform/sizes";
import { controlPlaneValues, selectEverything, selfMonitored, volumeClaim } from "../cluster/kubePrometheusStackParts";
import { overNodes } from "../cluster/spread";

/** The chart's own arguments of node-exporter, which a list of ours replaces. A test compares them with the chart's. */
const nodeExporterArguments = [
    "--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run/containerd/.+|var/lib/docker/.+|var/lib/kubelet/.+)($|/)",
    "--collector.filesystem.fs-types-exclude=^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs|erofs)$",
];

/** Arguments of the values of a customer cluster's kube-prometheus-stack. */
export interface AgentValuesArgs {
    /** The cluster's name. */
    cluster: string;
    platform: Platform;
    profile: Profile;
    externalLabels: Record<string, string>;
    /** The observer, and its peers. */
    targets: RemoteWriteTarget[];
    /** The StorageClass of the write-ahead log; the cluster's default when unset. */
    storageClass?: string;
    /** The size of each agent's write-ahead log. */
    walSize: string;
    /** What is watched. */
    monitors: Monitors;
    /** What is scraped besides monitors. */
    scrape: ExtraScrapes;
}

/** A customer's kube-prometheus-stack in agent mode: exporters, and agents that forward and keep nothing. */
export function agentValues(args: AgentValuesArgs): KubePrometheusStackValues {
    const preset = profiles[args.profile];
    const pair = preset.replicas > 1;
    return {
        fullnameOverride: kubePrometheusStackRelease,
        crds: { enabled: false },
        // An agent evaluates nothing and shows nothing; left on, these would be dead weight in every cluster.
        alertmanager: { enabled: false },
        grafana: { enabled: false, forceDeployDashboards: false, forceDeployDatasources: false },
        thanosRuler: { enabled: false },
        defaultRules: { create: false },
        ...controlPlaneValues(controlPlaneTargets(args.platform, preset.controlPlane)),
        ...kubeStateMetricsValues(args),
        ...(args.scrape.textfiles ? textfileValues : {}),
        extraManifests: [
            ...scrapeJobs(args.scrape).map(scrapeConfigObject),
            ...harborMonitors(args.monitors, args.cluster),
        ],
        prometheusOperator: {
            // The webhook checks rules, and there are none.
            admissionWebhooks: { enabled: false },
            tls: { enabled: false },
            resources: { requests: { cpu: "20m", memory: "96Mi" }, limits: { memory: "192Mi" } },
        },
        prometheus: {
            agentMode: true,
            podDisruptionBudget: { enabled: pair, minAvailable: 1 },
            prometheusSpec: {
                ...selectEverything,
                replicas: preset.replicas,
                scrapeInterval: preset.scrapeInterval,
                externalLabels: agentLabels({ name: args.cluster, externalLabels: args.externalLabels }),
                remoteWrite: args.targets.map((target) => remoteWriteSpec(target, objects.remoteWriteTls)),
                resources: containerResources(preset),
                storageSpec: volumeClaim(args.walSize, args.storageClass),
                // The log is a buffer, not history: it goes with the agent, and a smaller pair leaves no orphan.
                persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Delete" },
                // Never two on one node where there are two nodes; anti-affinity would leave a one-node cluster with one agent.
                topologySpreadConstraints: pair
                    ? [overNodes({ "app.kubernetes.io/name": "prometheus-agent" }, true)]
                    : [],
                minReadySeconds,
                terminationGracePeriodSeconds: gracePeriodSeconds,
            },
        },
    };
}

/** Custom resources that are series, what kube-state-metrics may read for that, and which labels of pods it shows. */
function kubeStateMetricsValues({ monitors, cluster }: AgentValuesArgs): KubePrometheusStackValues {
    const state = customResourceState(monitors, cluster);
    return {
        "kube-state-metrics": {
            ...selfMonitored,
            ...(state === undefined
                ? {}
                : {
                      customResourceState: { enabled: true, config: state.config },
                      // The chart's own rule is one of ours.
                      rbac: { extraRules: state.rules, customResourceState: { createClusterRoleRules: false } },
                      metricLabelsAllowlist: state.labels,
                      metricAnnotationsAllowList: state.annotations,
                  }),
        },
    };
}

/** A ScrapeConfig, which the chart places with the agents. */
function scrapeConfigObject(job: ScrapeJob) {
    return {
        apiVersion: "monitoring.coreos.com/v1alpha1",
        kind: "ScrapeConfig",
        metadata: { name: job.name, namespace },
        spec: scrapeConfigSpec(job),
    };
}

/** node-exporter that reads files of metrics, of the same directory on every node, which is made where it is not there. */
const textfileValues: KubePrometheusStackValues = {
    "prometheus-node-exporter": {
        extraArgs: [...nodeExporterArguments, `--collector.textfile.directory=${textfileDirectory}`],
        extraHostVolumeMounts: [
            {
                name: "textfiles",
                hostPath: textfileDirectory,
                type: "DirectoryOrCreate",
                mountPath: textfileDirectory,
                readOnly: true,
                mountPropagation: "HostToContainer",
            },
        ],
        prometheus: { monitor: { metricRelabelings: textfileRelabelings } },
    },
};
