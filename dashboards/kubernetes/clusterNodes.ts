import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import { MappingType, RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import {
    BytesIEC,
    BytesPerSecondIEC,
    CountsPerSecond,
    Percent,
    Seconds,
    Short,
} from "@grafana/grafana-foundation-sdk/units";
import type { DashboardContext } from "../audience";
import { badAbove, table, timeseries, type Column } from "../panels";
import { chosen, labelVariable } from "../variables";
import { colorsAbove } from "./health";
import { inNamespace, levelDashboard, namespaceVariable, to } from "./levels";

const onNodes = `${chosen},node=~"$node"`;

/** Interfaces to the outside: a byte from pod to pod would be counted on each bridge that it crosses. */
const devices = 'device!~"lo|veth.*|cali.*|cilium.*|lxc.*|docker.*|cni.*|flannel.*|vxlan.*|br-.*|tunl.*"';

/** L2: the nodes of a cluster. */
export function clusterNodes({ monitors }: DashboardContext): DashboardBuilder {
    const { nodeCpu, nodeMemory, nodeDisk, nodeNetworkErrors } = monitors.kaas.thresholds;
    return levelDashboard({
        level: "cluster-nodes",
        title: "Cluster nodes",
        description: "The nodes of a cluster: their conditions, what they use, and which pods use most of it.",
        tags: ["kaas"],
    })
        .withVariable(namespaceVariable())
        .withVariable(labelVariable("node", { label: "Node", from: `kube_node_info{${chosen}}` }))
        .withPanel(
            table({
                title: "Nodes",
                description: "Conditions and use of each node.",
                unit: Percent,
                span: 24,
                height: 10,
                columns: [
                    { title: "Node", from: { label: "node" } },
                    {
                        title: "Role",
                        from: {
                            expr: [
                                of(`kube_node_role{${onNodes},role="control-plane"}`),
                                `or 0 * ${of(`kube_node_info{${onNodes}}`)}`,
                            ].join("\n"),
                        },
                        mappings: words({ 0: "worker", 1: "control-plane" }),
                    },
                    {
                        title: "Ready",
                        from: { expr: of(`kube_node_status_condition{${onNodes},condition="Ready",status="true"}`) },
                        mappings: words({ 0: "Not ready", 1: "Ready" }),
                        thresholds: [
                            { value: null, color: "red" },
                            { value: 1, color: "green" },
                        ],
                    },
                    {
                        title: "Pressure",
                        from: {
                            expr: [
                                "sum by (cluster, tenant, node) (",
                                "  max by (cluster, tenant, node, condition) (",
                                `    kube_node_status_condition{${onNodes},condition=~".*Pressure",status="true"}`,
                                "  )",
                                ")",
                            ].join("\n"),
                        },
                        unit: Short,
                        mappings: words({ 0: "None" }),
                        thresholds: badAbove([1, "red"]),
                    },
                    {
                        title: "Scheduling",
                        from: { expr: of(`kube_node_spec_unschedulable{${onNodes}}`) },
                        mappings: words({ 0: "On", 1: "Cordoned" }),
                        thresholds: badAbove([1, "orange"]),
                    },
                    used("CPU", "node:cpu_usage:percent", nodeCpu),
                    used("Memory", "node:memory_usage:percent", nodeMemory),
                    used("Disk", "node:disk_usage:percent", nodeDisk),
                    {
                        title: "Received",
                        from: { expr: network("node_network_receive_bytes_total") },
                        unit: BytesPerSecondIEC,
                    },
                    {
                        title: "Sent",
                        from: { expr: network("node_network_transmit_bytes_total") },
                        unit: BytesPerSecondIEC,
                    },
                    {
                        title: "Network errors",
                        from: { expr: of(`node:network_errors:rate5m{${onNodes}}`) },
                        unit: CountsPerSecond,
                        decimals: 1,
                        thresholds: colorsAbove(nodeNetworkErrors),
                    },
                    {
                        title: "Pods",
                        from: { expr: of(`kubelet_running_pods{${onNodes}}`) },
                        unit: Short,
                        link: to("cluster-pods"),
                    },
                    { title: "Cluster", from: { label: "cluster" }, link: to("cluster") },
                    { title: "Customer", from: { label: "tenant" } },
                ],
            }).sortBy([new TableSortByFieldStateBuilder().displayName("CPU").desc(true)]),
        )
        .withRow(new RowBuilder("Over time"))
        .withPanel(byNode("CPU", "How much of its CPU each node uses.", "node:cpu_usage:percent"))
        .withPanel(byNode("Memory", "How much of its memory each node uses.", "node:memory_usage:percent"))
        .withPanel(byNode("Disk", "How full the fullest file system of each node is.", "node:disk_usage:percent"))
        .withPanel(
            timeseries({
                title: "Network",
                description: "Bytes a second that each node's interfaces to the outside receive and send.",
                unit: BytesPerSecondIEC,
                span: 8,
                height: 8,
                lines: [
                    { expr: network("node_network_receive_bytes_total"), legend: "{{node}} received on {{cluster}}" },
                    {
                        expr: `-1 * ${network("node_network_transmit_bytes_total")}`,
                        legend: "{{node}} sent on {{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Disk traffic",
                description: "Bytes a second that each node reads from its disks and writes to them.",
                unit: BytesPerSecondIEC,
                span: 8,
                height: 8,
                lines: [
                    { expr: disk("node_disk_read_bytes_total"), legend: "{{node}} read on {{cluster}}" },
                    {
                        expr: `-1 * ${disk("node_disk_written_bytes_total")}`,
                        legend: "{{node}} written on {{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Load",
                description: "Processes that run or wait, on average over five minutes.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: named("max", `node_load5{${chosen}}`),
                        legend: "{{node}} on {{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Network errors",
                description: "Errors a second of each node's network interfaces, both ways.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [{ expr: of(`node:network_errors:rate5m{${onNodes}}`), legend: "{{node}} on {{cluster}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Pods",
                description: "Pods that each node's kubelet runs.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [{ expr: of(`kubelet_running_pods{${onNodes}}`), legend: "{{node}} on {{cluster}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Clock offset",
                description: "Seconds by which each node's clock differs from its time servers.",
                unit: Seconds,
                span: 8,
                height: 8,
                lines: [
                    { expr: named("max", `node_timex_offset_seconds{${chosen}}`), legend: "{{node}} on {{cluster}}" },
                ],
            }),
        )
        .withRow(new RowBuilder("Pods of the nodes"))
        .withPanel(
            busiest("CPU", {
                unit: Short,
                inner: `rate(container_cpu_usage_seconds_total{${inNamespace},node=~"$node",container!=""}[$__rate_interval])`,
                what: "CPU cores",
            }),
        )
        .withPanel(
            busiest("memory", {
                unit: BytesIEC,
                inner: `container_memory_working_set_bytes{${inNamespace},node=~"$node",container!=""}`,
                what: "memory",
            }),
        )
        .withRow(new RowBuilder("Machines"))
        .withPanel(
            table({
                title: "Machines",
                description: "What each node is, what pods may use of it, and since when it runs.",
                unit: Short,
                span: 24,
                height: 8,
                columns: [
                    { title: "Node", from: { label: "node" } },
                    { title: "Kubelet", from: { label: "kubelet_version" } },
                    { title: "Runtime", from: { label: "container_runtime_version" } },
                    { title: "System", from: { label: "os_image" } },
                    { title: "Kernel", from: { label: "kernel_version" } },
                    { title: "Address", from: { label: "internal_ip" } },
                    { title: "CPU for pods", from: { expr: described(allocatable("cpu")) }, decimals: 1 },
                    { title: "Memory for pods", from: { expr: described(allocatable("memory")) }, unit: BytesIEC },
                    { title: "Pods at most", from: { expr: described(allocatable("pods")) } },
                    {
                        title: "Up for",
                        from: { expr: described(`(time() - ${named("max", `node_boot_time_seconds{${chosen}}`)})`) },
                        unit: Seconds,
                    },
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Customer", from: { label: "tenant" } },
                ],
            }),
        );
}

/** A value of each node, once. */
function of(series: string): string {
    return `max by (cluster, tenant, node) (${series})`;
}

/** What node_exporters measure, by the node that each runs on. */
function named(aggregation: "sum" | "max", series: string): string {
    return [
        `${aggregation} by (cluster, tenant, node) (`,
        `  ${series}`,
        "  * on (cluster, tenant, instance) group_left (node)",
        "  group by (cluster, tenant, instance, node) (",
        `    label_join(node_uname_info{${chosen},nodename=~"$node"}, "node", "", "nodename")`,
        "  )",
        ")",
    ].join("\n");
}

function network(counter: string): string {
    return named("sum", `rate(${counter}{${chosen},${devices}}[$__rate_interval])`);
}

function disk(counter: string): string {
    return named("sum", `rate(${counter}{${chosen}}[$__rate_interval])`);
}

function allocatable(resource: string): string {
    return of(`kube_node_status_allocatable{${onNodes},resource="${resource}"}`);
}

function described(value: string): string {
    const labels = "kubelet_version, container_runtime_version, os_image, kernel_version, internal_ip";
    return [
        value,
        `* on (cluster, tenant, node) group_left (${labels})`,
        `group by (cluster, tenant, node, ${labels}) (kube_node_info{${onNodes}})`,
    ].join("\n");
}

function words(texts: Record<string, string>) {
    const options = Object.fromEntries(Object.entries(texts).map(([value, text]) => [value, { text }]));
    return [{ type: MappingType.ValueToText as const, options }];
}

function used(title: string, series: string, threshold: Parameters<typeof colorsAbove>[0]): Column {
    return {
        title,
        from: { expr: of(`${series}{${onNodes}}`) },
        decimals: 0,
        thresholds: colorsAbove(threshold),
    };
}

function byNode(title: string, description: string, series: string) {
    return timeseries({
        title,
        description,
        unit: Percent,
        span: 8,
        height: 8,
        min: 0,
        max: 100,
        lines: [{ expr: of(`${series}{${onNodes}}`), legend: "{{node}} on {{cluster}}" }],
    });
}

function busiest(resource: string, args: { unit: string; inner: string; what: string }) {
    return table({
        title: `Most ${resource}`,
        description: `The twenty pods that use most ${args.what} on the chosen nodes.`,
        unit: args.unit,
        span: 12,
        height: 10,
        columns: [
            { title: "Node", from: { label: "node" } },
            { title: "Namespace", from: { label: "namespace" } },
            { title: "Pod", from: { label: "pod" }, link: to("cluster-pods", { namespace: "namespace" }) },
            {
                title: "Used",
                from: {
                    expr: `topk(20, sum by (cluster, tenant, node, namespace, pod) (${args.inner}))`,
                },
            },
            { title: "Cluster", from: { label: "cluster" } },
            { title: "Customer", from: { label: "tenant" } },
        ],
    }).sortBy([new TableSortByFieldStateBuilder().displayName("Used").desc(true)]);
}
