import { series, type SimulatedCluster, type SimulatedSeries, type SimulatedTarget } from "../series";
import {
    claims,
    fullNode,
    namespaces,
    nodes,
    pods,
    workloads,
    type Claim,
    type Node,
    type Pod,
    type Workload,
} from "./cast";

const day = 86_400;

/** When the simulation began, in Unix time. */
const began = Math.floor(Date.now() / 1000);

/** kube-state-metrics. Its series keep their own namespace and pod; those without one get its own, as in a real cluster. */
export function kubeStateMetrics({ sick }: SimulatedCluster): SimulatedTarget {
    return {
        job: "kube-state-metrics",
        instance: "10.244.0.21:8080",
        labels: {
            namespace: "observability",
            pod: "kps-kube-state-metrics-7c4-a",
            container: "kube-state-metrics",
            service: "kps-kube-state-metrics",
            endpoint: "http",
        },
        series: [
            ...nodes.flatMap((node) => ofNode(node, sick && node === fullNode)),
            ...namespaces.map((namespace) => series("kube_namespace_status_phase", { namespace, phase: "Active" }, 1)),
            ...pods(sick).flatMap(ofPod),
            ...workloads(sick).flatMap(ofWorkload),
            ...claims(sick).flatMap(ofClaim),
            ...ofReplicaSets(sick),
            ...ofJobs(sick),
        ],
    };
}

function ofNode({ name: node, ip, role, cores, memoryBytes }: Node, diskPressure: boolean): SimulatedSeries[] {
    const condition = (name: string, holds: boolean) =>
        ["true", "false", "unknown"].map((status) =>
            series("kube_node_status_condition", { node, condition: name, status }, status === String(holds) ? 1 : 0),
        );
    const amounts = [
        ["cpu", "core", cores, 0.95],
        ["memory", "byte", memoryBytes, 0.9],
        ["pods", "integer", 110, 1],
    ] as const;
    return [
        series(
            "kube_node_info",
            {
                node,
                internal_ip: ip,
                kernel_version: "6.8.0-45-generic",
                os_image: "Ubuntu 24.04.1 LTS",
                container_runtime_version: "containerd://2.0.4",
                kubelet_version: "v1.33.4",
                kubeproxy_version: "deprecated",
                provider_id: `openstack:///${node}`,
                pod_cidr: "10.244.0.0/24",
            },
            1,
        ),
        series("kube_node_role", { node, role }, 1),
        series("kube_node_created", { node }, began - 40 * day),
        series("kube_node_spec_unschedulable", { node }, 0),
        ...condition("Ready", true),
        ...condition("MemoryPressure", false),
        ...condition("DiskPressure", diskPressure),
        ...condition("PIDPressure", false),
        ...amounts.flatMap(([resource, unit, amount, share]) => [
            series("kube_node_status_capacity", { node, resource, unit }, amount),
            series("kube_node_status_allocatable", { node, resource, unit }, amount * share),
        ]),
    ];
}

function ofPod(pod: Pod): SimulatedSeries[] {
    const { namespace, name, container, node, owner, phase, waiting } = pod;
    const own = { namespace, pod: name, uid: `uid-${namespace}-${name}` };
    const ofContainer = { ...own, container };
    const hasOwner = owner.kind !== "Pod";
    const runs = phase === "Running" && waiting === undefined;
    const terminated = phase === "Succeeded" ? "Completed" : phase === "Failed" ? "Error" : undefined;
    const amounts = [
        ["cpu", "core", Math.max(2 * pod.cpu, 0.1)],
        ["memory", "byte", Math.max(2.8 * pod.memoryBytes, 2 ** 28)],
    ] as const;
    return [
        series(
            "kube_pod_info",
            {
                ...own,
                node: node.name,
                host_ip: node.ip,
                pod_ip: pod.ip,
                created_by_kind: hasOwner ? owner.kind : "<none>",
                created_by_name: hasOwner ? owner.name : "<none>",
                host_network: String(owner.kind === "Node"),
                priority_class: "",
            },
            1,
        ),
        series(
            "kube_pod_owner",
            {
                ...own,
                owner_kind: hasOwner ? owner.kind : "<none>",
                owner_name: hasOwner ? owner.name : "<none>",
                owner_is_controller: hasOwner ? "true" : "<none>",
            },
            1,
        ),
        ...(pod.labels === undefined ? [] : [series("kube_pod_labels", { ...own, ...pod.labels }, 1)]),
        ...(pod.annotations === undefined ? [] : [series("kube_pod_annotations", { ...own, ...pod.annotations }, 1)]),
        series("kube_pod_created", own, began - day),
        series("kube_pod_start_time", own, began - day),
        ...["Pending", "Running", "Succeeded", "Failed", "Unknown"].map((each) =>
            series("kube_pod_status_phase", { ...own, phase: each }, each === phase ? 1 : 0),
        ),
        ...["true", "false", "unknown"].map((condition) =>
            series("kube_pod_status_ready", { ...own, condition }, condition === String(runs) ? 1 : 0),
        ),
        series(
            "kube_pod_container_info",
            {
                ...ofContainer,
                image: `registry.example.org/${container}:1.0`,
                image_spec: `registry.example.org/${container}:1.0`,
                image_id: `registry.example.org/${container}@sha256:0`,
                container_id: `containerd://${name}`,
            },
            1,
        ),
        series("kube_pod_container_status_ready", ofContainer, runs ? 1 : 0),
        series("kube_pod_container_status_running", ofContainer, runs ? 1 : 0),
        series("kube_pod_container_status_waiting", ofContainer, waiting === undefined ? 0 : 1),
        series("kube_pod_container_status_terminated", ofContainer, terminated === undefined ? 0 : 1),
        ...(waiting === undefined
            ? [series("kube_pod_container_status_restarts_total", ofContainer, 0)]
            : [
                  series("kube_pod_container_status_restarts_total", ofContainer, (seconds) =>
                      Math.floor((day + seconds) / 300),
                  ),
                  series("kube_pod_container_status_waiting_reason", { ...ofContainer, reason: waiting }, 1),
                  series(
                      "kube_pod_container_status_last_terminated_reason",
                      { ...ofContainer, reason: "OOMKilled" },
                      1,
                  ),
              ]),
        ...(terminated === undefined
            ? []
            : [series("kube_pod_container_status_terminated_reason", { ...ofContainer, reason: terminated }, 1)]),
        ...amounts.flatMap(([resource, unit, limit]) => {
            const of = { ...ofContainer, node: node.name, resource, unit };
            return [
                series("kube_pod_container_resource_limits", of, limit),
                series("kube_pod_container_resource_requests", of, limit / 2),
            ];
        }),
    ];
}

function ofWorkload({ kind, namespace, name, replicas, ready }: Workload): SimulatedSeries[] {
    const own = { namespace, [kind]: name };
    const all = (values: Record<string, number>) =>
        Object.entries(values).map(([metric, value]) => series(`kube_${kind}_${metric}`, own, value));
    switch (kind) {
        case "deployment":
            return [
                ...all({
                    created: began - 30 * day,
                    spec_replicas: replicas,
                    status_replicas: replicas,
                    status_replicas_available: ready,
                    status_replicas_ready: ready,
                    status_replicas_unavailable: replicas - ready,
                    status_replicas_updated: replicas,
                }),
                ...["true", "false", "unknown"].map((status) =>
                    series(
                        "kube_deployment_status_condition",
                        { ...own, condition: "Available", status },
                        status === String(ready === replicas) ? 1 : 0,
                    ),
                ),
            ];
        case "statefulset":
            return all({
                created: began - 30 * day,
                replicas,
                status_replicas: replicas,
                status_replicas_available: ready,
                status_replicas_current: replicas,
                status_replicas_ready: ready,
                status_replicas_updated: replicas,
            });
        case "daemonset":
            return all({
                created: began - 30 * day,
                status_current_number_scheduled: replicas,
                status_desired_number_scheduled: replicas,
                status_number_available: ready,
                status_number_misscheduled: 0,
                status_number_ready: ready,
                status_number_unavailable: replicas - ready,
                status_updated_number_scheduled: replicas,
            });
    }
}

function ofReplicaSets(sick: boolean): SimulatedSeries[] {
    const owned = pods(sick).filter(({ owner }) => owner.kind === "ReplicaSet");
    return [...new Map(owned.map((pod) => [`${pod.namespace}/${pod.owner.name}`, pod])).values()].map(
        ({ namespace, owner: { name } }) =>
            series(
                "kube_replicaset_owner",
                {
                    namespace,
                    replicaset: name,
                    owner_kind: "Deployment",
                    owner_name: name.slice(0, name.lastIndexOf("-")),
                    owner_is_controller: "true",
                },
                1,
            ),
    );
}

function ofClaim({ namespace, name, node, capacityBytes }: Claim): SimulatedSeries[] {
    const own = { namespace, persistentvolumeclaim: name };
    const phase = node === undefined ? "Pending" : "Bound";
    return [
        series(
            "kube_persistentvolumeclaim_info",
            {
                ...own,
                storageclass: "standard",
                volumename: node === undefined ? "" : `pvc-${name}`,
                volumemode: "Filesystem",
            },
            1,
        ),
        series("kube_persistentvolumeclaim_resource_requests_storage_bytes", own, capacityBytes),
        ...["Bound", "Pending", "Lost"].map((each) =>
            series("kube_persistentvolumeclaim_status_phase", { ...own, phase: each }, each === phase ? 1 : 0),
        ),
    ];
}

function ofJobs(sick: boolean): SimulatedSeries[] {
    const cronJob = { namespace: "portal", cronjob: "backup" };
    const backup = { namespace: "portal", job_name: "backup-29800000" };
    const migrate = { namespace: "portal", job_name: "migrate-42" };
    return [
        series("kube_cronjob_info", { ...cronJob, schedule: "0 3 * * *", concurrency_policy: "Forbid" }, 1),
        series("kube_cronjob_spec_suspend", cronJob, 0),
        series("kube_cronjob_status_last_schedule_time", cronJob, began - day / 4),
        series("kube_cronjob_status_last_successful_time", cronJob, began - day / 4 + 120),
        series("kube_cronjob_next_schedule_time", cronJob, began + (day * 3) / 4),
        series(
            "kube_job_owner",
            { ...backup, owner_kind: "CronJob", owner_name: "backup", owner_is_controller: "true" },
            1,
        ),
        series("kube_job_complete", { ...backup, condition: "true" }, 1),
        series("kube_job_status_active", backup, 0),
        series("kube_job_status_succeeded", backup, 1),
        series("kube_job_status_failed", backup, 0),
        series("kube_job_status_start_time", backup, began - day / 4),
        series("kube_job_status_completion_time", backup, began - day / 4 + 120),
        ...(sick
            ? [
                  series(
                      "kube_job_owner",
                      {
                          ...migrate,
                          owner_kind: "<none>",
                          owner_name: "<none>",
                          owner_is_controller: "<none>",
                      },
                      1,
                  ),
                  series("kube_job_failed", { ...migrate, condition: "true" }, 1),
                  series("kube_job_status_active", migrate, 0),
                  series("kube_job_status_succeeded", migrate, 0),
                  series("kube_job_status_failed", { ...migrate, reason: "BackoffLimitExceeded" }, 1),
                  series("kube_job_status_start_time", migrate, began - day / 8),
              ]
            : []),
    ];
}
