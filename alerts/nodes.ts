import { onExpected } from "./expected";
import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";
import { thresholdAlerts } from "./threshold";

/** Health and use of every cluster's nodes. */
export function nodeRules({ monitors }: RuleContext): RuleGroupDefinition[] {
    const { nodesHealthy, nodeCpu, nodeMemory, nodeDisk, nodeNetworkErrors } = monitors.kaas.thresholds;
    return [
        {
            name: "kubernetes-nodes",
            layer: "kaas",
            rules: [
                {
                    // A cordoned node is well: someone wants it so. A node that was lost has pressures nobody knows of.
                    record: "cluster:nodes_healthy:percent",
                    expr: [
                        "100 * avg by (cluster, tenant) (",
                        "  min by (cluster, tenant, node) (",
                        '    kube_node_status_condition{condition="Ready",status="true"}',
                        '    or kube_node_status_condition{condition=~"(Disk|Memory|PID)Pressure",status="false"}',
                        "  )",
                        ")",
                    ].join("\n"),
                },
                {
                    record: "cluster:nodes:count",
                    expr: `count by (cluster, tenant, role) (\n${withRole("group by (cluster, tenant, node) (kube_node_info)")}\n)`,
                },
                ...thresholdAlerts({
                    alert: "KubernetesNodesUnhealthy",
                    threshold: nodesHealthy,
                    expr: (percent) => onExpected(`cluster:nodes_healthy:percent < ${percent}`),
                    for: "10m",
                    summary: "Nodes of cluster {{ $labels.cluster }} of {{ $labels.tenant }} are not well",
                    description:
                        '{{ $value | printf "%.0f" }}% of its nodes are ready and without pressure on disk, memory or ' +
                        "processes.",
                    action:
                        "See which node is not ready or under pressure, and why. If it does not come back, drain it " +
                        "and replace it, before the others fill up with its pods.",
                }),
            ],
        },
        {
            name: "kubernetes-node-usage",
            layer: "kaas",
            rules: [
                {
                    // Which node an exporter's address is. A node whose host has another name than Kubernetes gives it
                    // keeps the host's, and is a worker. One node an address, or a join would fail for the whole fleet when a
                    // new node takes the address of an old one.
                    record: "instance:node_role:info",
                    expr: `topk by (cluster, tenant, instance) (1,\n${withRole(exporters)}\n)`,
                },
                { record: "node:cpu_usage:percent", expr: `100 * avg by (${byNode}) (\n${ofNode(busyCpus)}\n)` },
                {
                    record: "node:memory_usage:percent",
                    expr: `100 * max by (${byNode}) (\n${ofNode(
                        `max by (cluster, tenant, instance) (1 - ${available} / ${total})`,
                    )}\n)`,
                },
                {
                    record: "node:disk_usage:percent",
                    expr: `100 * max by (${byNode}) (\n${ofNode(
                        `max by (cluster, tenant, instance) (1 - ${fileSystems("avail")} / ${fileSystems("size")})`,
                    )}\n)`,
                },
                {
                    record: "node:network_errors:rate5m",
                    expr: `max by (${byNode}) (\n${ofNode(
                        [
                            "sum by (cluster, tenant, instance) (",
                            `  rate(node_network_receive_errs_total{${networkCards}}[5m])`,
                            `  + rate(node_network_transmit_errs_total{${networkCards}}[5m])`,
                            ")",
                        ].join("\n"),
                    )}\n)`,
                },
                // A large node counts for more than a small one.
                { record: "cluster:cpu_usage:percent", expr: `100 * avg by (${byRole}) (\n${ofNode(busyCpus)}\n)` },
                {
                    record: "cluster:memory_usage:percent",
                    expr: shareInUse(
                        `max by (cluster, tenant, instance) (${available})`,
                        `max by (cluster, tenant, instance) (${total})`,
                    ),
                },
                {
                    record: "cluster:disk_usage:percent",
                    // A device that is mounted twice is one.
                    expr: shareInUse(
                        `max by (cluster, tenant, instance, device) (${fileSystems("avail")})`,
                        `max by (cluster, tenant, instance, device) (${fileSystems("size")})`,
                    ),
                },
                ...thresholdAlerts({
                    alert: "NodeCpuBusy",
                    threshold: nodeCpu,
                    expr: (percent) => onExpected(`node:cpu_usage:percent >= ${percent}`),
                    for: "15m",
                    summary: `The CPU of ${node} is busy`,
                    description: '{{ $value | printf "%.0f" }}% of its CPU time is in use.',
                    action:
                        "See which pods use it. Move them or add a node; on a control plane, find who floods the API " +
                        "server.",
                }),
                ...thresholdAlerts({
                    alert: "NodeMemoryBusy",
                    threshold: nodeMemory,
                    expr: (percent) => onExpected(`node:memory_usage:percent >= ${percent}`),
                    for: "10m",
                    summary: `The memory of ${node} is nearly used up`,
                    description: '{{ $value | printf "%.0f" }}% of its memory is in use.',
                    action:
                        "See which pods use it, and end or move the largest before the kernel chooses one. A pod " +
                        "without a memory limit is the first suspect.",
                }),
                ...thresholdAlerts({
                    alert: "NodeDiskBusy",
                    threshold: nodeDisk,
                    expr: (percent) => onExpected(`node:disk_usage:percent >= ${percent}`),
                    for: "10m",
                    summary: `A file system of ${node} is nearly full`,
                    description: '{{ $value | printf "%.0f" }}% of its fullest file system is in use.',
                    action:
                        "Find what fills it: images, logs or a pod's scratch space. From 85% on the kubelet removes " +
                        "images, then it evicts pods; a full control plane node stops etcd.",
                }),
                ...thresholdAlerts({
                    alert: "NodeNetworkErrors",
                    threshold: nodeNetworkErrors,
                    expr: (perSecond) => onExpected(`node:network_errors:rate5m >= ${perSecond}`),
                    for: "10m",
                    summary: `The network of ${node} has errors`,
                    description: '{{ $value | printf "%.1f" }} packets a second are received or sent with an error.',
                    action:
                        "See which interface it is. Drain the node if its pods are affected, and give it to whoever " +
                        "owns the hardware or the hypervisor.",
                }),
                {
                    alert: "NodeClockSkew",
                    // What is off by more than this breaks leases and tokens next, and makes samples look late.
                    expr: onExpected(
                        `max by (${byNode}) (\n${ofNode(
                            "max by (cluster, tenant, instance) (abs(node_timex_offset_seconds))",
                        )}\n) > 0.05`,
                    ),
                    for: "10m",
                    severity: "ticket",
                    summary: `The clock of ${node} is wrong`,
                    description: "It is off by {{ $value | humanizeDuration }} from the time its servers tell.",
                },
            ],
        },
    ];
}

const byNode = "cluster, tenant, node, role";
const byRole = "cluster, tenant, role";
const node = "{{ $labels.role }} node {{ $labels.node }} of cluster {{ $labels.cluster }} of {{ $labels.tenant }}";

/** Who runs where, by the names of the hosts. */
const exporters = [
    "group by (cluster, tenant, instance, node) (",
    '  label_replace(node_uname_info{job="node-exporter"}, "node", "$1", "nodename", "(.+)")',
    ")",
].join("\n");

const available = "node_memory_MemAvailable_bytes";
const total = "node_memory_MemTotal_bytes";

/** Neither loopback nor what a container network makes for its pods. */
const networkCards =
    'device!~"lo|veth.*|cali.*|cilium.*|lxc.*|cni.*|docker.*|flannel.*|tunl.*|vxlan.*|kube-ipvs.*|nodelocaldns"';

/** For each CPU, the share of time in which it works. Waiting for a disk is not work. */
const busyCpus = [
    "(1 - sum by (cluster, tenant, instance, cpu) (",
    '  rate(node_cpu_seconds_total{job="node-exporter",mode=~"idle|iowait"}[5m])',
    "))",
].join("\n");

/** Local file systems that can be filled: not memory, images, or another machine's. */
function fileSystems(what: "avail" | "size"): string {
    return `node_filesystem_${what}_bytes{fstype!~"tmpfs|ramfs|overlay|squashfs|erofs|iso9660|nfs.*|ceph|fuse.*"}`;
}

/** What is known of an exporter's address, with its node and role. */
function ofNode(expr: string): string {
    return `${expr}\n* on (cluster, tenant, instance) group_left (node, role)\ninstance:node_role:info`;
}

function shareInUse(free: string, size: string): string {
    const sum = (expr: string) => `sum by (${byRole}) (\n${ofNode(expr)}\n)`;
    return `100 * (1 - ${sum(free)} / ${sum(size)})`;
}

/** With the role of the node; a node without a role is a worker. */
function withRole(nodes: string): string {
    const controlPlane =
        'on (cluster, tenant, node) group by (cluster, tenant, node) (kube_node_role{role=~"control-plane|master"})';
    return [
        `label_replace(${nodes} and ${controlPlane}, "role", "control-plane", "", "")`,
        "or",
        `label_replace(${nodes} unless ${controlPlane}, "role", "worker", "", "")`,
    ].join("\n");
}
