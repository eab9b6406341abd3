import { controlPlaneRules } from "./controlPlane";
import { onExpected } from "./expected";
import { nodeRules } from "./nodes";
import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";
import { thresholdAlerts } from "./threshold";

/** Health of every managed Kubernetes cluster: nodes, workloads, volumes, control plane. */
export function kubernetesRules(context: RuleContext): RuleGroupDefinition[] {
    return [...nodeRules(context), workloads(context), volumes(context), ...controlPlaneRules(context), fleetHealth];
}

const cluster = "cluster {{ $labels.cluster }} of {{ $labels.tenant }}";

function workloads({ monitors }: RuleContext): RuleGroupDefinition {
    const { thresholds } = monitors.kaas;
    return {
        name: "kubernetes-workloads",
        layer: "kaas",
        rules: [
            {
                record: "cluster:pods_healthy:percent",
                expr: percentWithout(
                    badPods,
                    "group by (cluster, tenant, namespace, pod) (kube_pod_status_phase == 1)",
                ),
            },
            {
                // Over ten minutes, because a container that crashes again and again does run now and then. Those of
                // failed pods are counted with the pods, or with the Jobs.
                record: "cluster:containers_running:percent",
                expr: [
                    "100 * avg by (cluster, tenant) (",
                    "  max by (cluster, tenant, namespace, pod, container) (",
                    "    avg_over_time(kube_pod_container_status_running[10m])",
                    "  )",
                    "  and on (cluster, tenant, namespace, pod, container)",
                    `  kube_pod_container_status_running ${before}`,
                    "  unless on (cluster, tenant, namespace, pod, container)",
                    '  kube_pod_container_status_terminated_reason{reason="Completed"} == 1',
                    '  unless on (cluster, tenant, namespace, pod) kube_pod_status_phase{phase="Failed"} == 1',
                    ")",
                ].join("\n"),
            },
            {
                record: "cluster:deployments_healthy:percent",
                expr: percentOf(
                    lesser(
                        replicas("deployment", "kube_deployment_status_replicas_available"),
                        replicas("deployment", "kube_deployment_status_replicas_updated"),
                    ),
                    replicas("deployment", "kube_deployment_spec_replicas"),
                ),
            },
            {
                record: "cluster:statefulsets_healthy:percent",
                expr: percentOf(
                    replicas("statefulset", "kube_statefulset_status_replicas_ready"),
                    replicas("statefulset", "kube_statefulset_replicas"),
                ),
            },
            {
                record: "cluster:daemonsets_healthy:percent",
                expr: percentOf(
                    lesser(
                        replicas("daemonset", "kube_daemonset_status_number_available"),
                        replicas("daemonset", "kube_daemonset_status_updated_number_scheduled"),
                    ),
                    replicas("daemonset", "kube_daemonset_status_desired_number_scheduled"),
                ),
            },
            {
                // Of the Jobs that have ended; those that still run are neither.
                record: "cluster:jobs_succeeded:percent",
                expr: percentWithout(badJobs, `(${jobs("complete")} or ${jobs("failed")})`),
            },
            ...thresholdAlerts({
                alert: "KubernetesPodsUnhealthy",
                threshold: thresholds.podsHealthy,
                expr: (percent) => onExpected(`cluster:pods_healthy:percent < ${percent}`),
                for: "10m",
                summary: `Pods of ${cluster} are stuck or have failed`,
                description:
                    '{{ $value | printf "%.1f" }}% of its pods run, have succeeded or were made in the last ten minutes.',
                action:
                    "List the pods that are Pending or Failed. Many Pending ones lack nodes, quota or volumes; many " +
                    "Failed ones were evicted from one node.",
            }),
            ...thresholdAlerts({
                alert: "KubernetesContainersNotRunning",
                threshold: thresholds.containersRunning,
                expr: (percent) => onExpected(`cluster:containers_running:percent < ${percent}`),
                for: "10m",
                summary: `Containers of ${cluster} do not run`,
                description:
                    '{{ $value | printf "%.1f" }}% of the last ten minutes\' time its containers have run. Those that ' +
                    "have completed do not count.",
                action:
                    "List the containers that wait, and their reasons. Many ImagePullBackOff are a registry that " +
                    "cannot be reached; many CrashLoopBackOff are something that all of them need.",
            }),
            ...thresholdAlerts({
                alert: "KubernetesDeploymentsUnhealthy",
                threshold: thresholds.deploymentsHealthy,
                expr: (percent) => onExpected(`cluster:deployments_healthy:percent < ${percent}`),
                for: "15m",
                summary: `Deployments of ${cluster} lack replicas`,
                description: '{{ $value | printf "%.1f" }}% of their replicas are available and up to date.',
                action: "List the Deployments that lack replicas. If it began with a rollout, undo that.",
            }),
            ...thresholdAlerts({
                alert: "KubernetesStatefulSetsUnhealthy",
                threshold: thresholds.statefulSetsHealthy,
                expr: (percent) => onExpected(`cluster:statefulsets_healthy:percent < ${percent}`),
                for: "15m",
                summary: `StatefulSets of ${cluster} lack replicas`,
                description: '{{ $value | printf "%.1f" }}% of their replicas are ready.',
                action:
                    "List the StatefulSets that lack replicas, and look at the pod with the lowest number: the others " +
                    "wait for it. A volume that is attached elsewhere is the usual reason.",
            }),
            ...thresholdAlerts({
                alert: "KubernetesDaemonSetsUnhealthy",
                threshold: thresholds.daemonSetsHealthy,
                expr: (percent) => onExpected(`cluster:daemonsets_healthy:percent < ${percent}`),
                for: "15m",
                summary: `DaemonSets of ${cluster} lack pods`,
                description: '{{ $value | printf "%.1f" }}% of their pods are available and up to date.',
                action:
                    "List the DaemonSets that lack pods, and on which nodes. Network and storage of a node depend on " +
                    "them: drain a node that cannot run them.",
            }),
            ...thresholdAlerts({
                alert: "KubernetesJobsFailing",
                threshold: thresholds.jobsSucceeded,
                expr: (percent) => onExpected(`cluster:jobs_succeeded:percent < ${percent}`),
                for: "15m",
                summary: `Jobs of ${cluster} have failed`,
                description:
                    '{{ $value | printf "%.1f" }}% of the Jobs that have ended have succeeded, or belong to a CronJob ' +
                    "that has succeeded since.",
                action:
                    "List the failed Jobs and read their logs. If it is a backup, run it again now; delete a Job that " +
                    "is understood, for it counts as long as it exists.",
            }),
        ],
    };
}

function volumes({ monitors }: RuleContext): RuleGroupDefinition {
    const { volumesBound, volumeUsage } = monitors.kaas.thresholds;
    const volume =
        "Volume {{ $labels.persistentvolumeclaim }} of {{ $labels.namespace }} on cluster {{ $labels.cluster }} of " +
        "{{ $labels.tenant }}";
    return {
        name: "kubernetes-volumes",
        layer: "kaas",
        rules: [
            {
                record: "cluster:volumes_bound:percent",
                expr: percentWithout(
                    badVolumes,
                    "group by (cluster, tenant, namespace, persistentvolumeclaim) (kube_persistentvolumeclaim_status_phase == 1)",
                ),
            },
            {
                // As df has it: what only root may use is not free. A volume on several nodes is one.
                record: "volume:usage:percent",
                expr: [
                    "100 * max by (cluster, tenant, namespace, persistentvolumeclaim) (",
                    "  kubelet_volume_stats_used_bytes",
                    "  / (kubelet_volume_stats_used_bytes + kubelet_volume_stats_available_bytes)",
                    ")",
                ].join("\n"),
            },
            ...thresholdAlerts({
                alert: "KubernetesVolumesUnbound",
                threshold: volumesBound,
                expr: (percent) => onExpected(`cluster:volumes_bound:percent < ${percent}`),
                for: "10m",
                summary: `Volume claims of ${cluster} are not bound`,
                description:
                    '{{ $value | printf "%.1f" }}% of its PersistentVolumeClaims are bound or were made in the last ' +
                    "ten minutes.",
                action:
                    "List the claims that are Pending or Lost and read their events. Many of one storage class are " +
                    "its provisioner or the storage behind it; a Lost one has lost its volume.",
            }),
            ...thresholdAlerts({
                alert: "KubernetesVolumeFillingUp",
                threshold: volumeUsage,
                expr: (percent) => onExpected(`volume:usage:percent >= ${percent}`),
                for: "5m",
                summary: `${volume} is nearly full`,
                description: '{{ $value | printf "%.1f" }}% of it is in use.',
                action: "Enlarge the claim if its storage class allows it, else free space with those who own the data.",
            }),
            {
                alert: "KubernetesVolumeFullSoon",
                // A half-empty volume that is just being filled is no reason to act.
                expr: onExpected(
                    "volume:usage:percent > 50 and predict_linear(volume:usage:percent[6h], 4 * 24 * 3600) > 100",
                ),
                for: "1h",
                severity: "ticket",
                summary: `${volume} will be full in four days`,
                description:
                    '{{ $value | printf "%.1f" }}% of it is in use, and as it has filled in the last six hours, nothing ' +
                    "will be left in four days.",
            },
        ],
    };
}

const fleetHealth: RuleGroupDefinition = {
    name: "fleet-health",
    layer: "kaas",
    rules: [
        {
            // Silence has a score of its own, and its alerts would outlive it by one evaluation.
            record: "cluster:alerts:count",
            expr: [
                "count by (cluster, tenant, severity) (",
                '  ALERTS{alertstate="firing",layer="kaas",alertname!~"Watchdog|ClusterSilent|ClusterNeverSeen"}',
                ")",
            ].join("\n"),
        },
        {
            // Expected and silent is -1, else tickets and ten thousand for each page. Who is not expected has no score.
            record: "cluster:health:score",
            expr: [
                "-1 * group by (cluster, tenant) (fleet_cluster_info unless on (cluster, tenant) cluster:up:count)",
                "or",
                "sum by (cluster, tenant) (",
                '  cluster:alerts:count{severity="ticket"}',
                '  or 10000 * cluster:alerts:count{severity="page"}',
                "  or 0 * fleet_cluster_info",
                ")",
                "and on (cluster, tenant) fleet_cluster_info",
            ].join("\n"),
        },
    ],
};

/** What is as it was ten minutes ago is not just being made. */
const before = "offset 10m";

/** Stuck for ten minutes, or failed. A failed pod of a Job is the Job's affair, which may have tried again. */
const badPods = [
    'group by (cluster, tenant, namespace, pod) (kube_pod_status_phase{phase=~"Pending|Unknown"} == 1)',
    `and on (cluster, tenant, namespace, pod) kube_pod_status_phase{phase=~"Pending|Unknown"} ${before} == 1`,
    "or",
    'group by (cluster, tenant, namespace, pod) (kube_pod_status_phase{phase="Failed"} == 1)',
    'unless on (cluster, tenant, namespace, pod) kube_pod_owner{owner_kind="Job"}',
].join("\n");

const badVolumes = [
    "group by (cluster, tenant, namespace, persistentvolumeclaim) (",
    '  kube_persistentvolumeclaim_status_phase{phase=~"Pending|Lost"} == 1',
    ")",
    "and on (cluster, tenant, namespace, persistentvolumeclaim)",
    `kube_persistentvolumeclaim_status_phase{phase=~"Pending|Lost"} ${before} == 1`,
].join("\n");

/** Failed, and not made good by a later run of the same CronJob, which keeps a failed Job until the next one fails. */
const badJobs = [
    jobs("failed"),
    "unless on (cluster, tenant, namespace, job_name) (",
    "  max by (cluster, tenant, namespace, job_name) (kube_job_status_start_time)",
    "  * on (cluster, tenant, namespace, job_name) group_left (owner_name)",
    "  topk by (cluster, tenant, namespace, job_name) (1,",
    "    group by (cluster, tenant, namespace, job_name, owner_name) (",
    '      kube_job_owner{owner_kind="CronJob",owner_is_controller="true"}',
    "    )",
    "  )",
    "  < on (cluster, tenant, namespace, owner_name) group_left",
    "  max by (cluster, tenant, namespace, owner_name) (",
    '    label_replace(kube_cronjob_status_last_successful_time, "owner_name", "$1", "cronjob", "(.+)")',
    "  )",
    ")",
].join("\n");

function jobs(end: "complete" | "failed"): string {
    return `group by (cluster, tenant, namespace, job_name) (kube_job_${end}{condition="true"} == 1)`;
}

/** Counts everything once, also while kube-state-metrics moves and two of it are seen. */
function replicas(kind: string, metric: string): string {
    return `max by (cluster, tenant, namespace, ${kind}) (${metric})`;
}

/** The lesser of two, series by series. */
function lesser(a: string, b: string): string {
    return `(${a} < ${b}) or ${b}`;
}

/** A cluster without any of it has no series. */
function percentOf(some: string, all: string): string {
    return `100 * sum by (cluster, tenant) (\n${some}\n)\n/ (sum by (cluster, tenant) (${all}) > 0)`;
}

/** Percent of `all` without those that are bad. */
function percentWithout(bad: string, all: string): string {
    const count = (expr: string) => `count by (cluster, tenant) (\n${expr}\n)`;
    return `100 * (1 - (${count(bad)} or 0 * ${count(all)}) / ${count(all)})`;
}
