import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, Percent, Short } from "@grafana/grafana-foundation-sdk/units";
import { badAbove, stat, table, timeseries, type Column, type PanelLink } from "../panels";
import { inNamespace, levelDashboard, namespaceVariable, to } from "./levels";

const perPod = "cluster, tenant, namespace, pod";
const perContainer = `${perPod}, container`;
const restarts = `max by (${perContainer}) (kube_pod_container_status_restarts_total{${inNamespace}})`;
const restartsBefore = [
    `max by (${perContainer}) (`,
    `  min_over_time(kube_pod_container_status_restarts_total{${inNamespace}}[1h])`,
    ")",
].join("\n");

/** What pods use of CPU and memory, with the resource that they ask for it by. */
const resources = [
    {
        resource: "cpu",
        name: "CPU",
        unit: Short,
        used: `rate(container_cpu_usage_seconds_total{${inNamespace},container!=""}[$__rate_interval])`,
    },
    {
        resource: "memory",
        name: "memory",
        unit: BytesIEC,
        used: `container_memory_working_set_bytes{${inNamespace},container!=""}`,
    },
];

/** L2: the pods of a cluster: which fail, and which use most. */
export function clusterPods(): DashboardBuilder {
    const dashboard = levelDashboard({
        level: "cluster-pods",
        title: "Cluster pods",
        description: "The pods of a cluster: which do not run, restart or are killed, and which use most.",
        tags: ["kaas"],
    })
        .withVariable(namespaceVariable())
        .withPanel(phase("Running", [{ value: null, color: "green" }]))
        .withPanel(phase("Pending", badAbove([1, "orange"])))
        .withPanel(phase("Failed", badAbove([1, "red"])))
        .withPanel(phase("Unknown", badAbove([1, "red"])))
        .withRow(new RowBuilder("What is wrong"))
        .withPanel(
            table({
                title: "Pods that do not run",
                description: "Pods that are pending, failed or unknown, with the restarts of their containers.",
                unit: Short,
                span: 12,
                height: 9,
                noValue: "No pod is failing",
                columns: [
                    { title: "Namespace", from: { label: "namespace" } },
                    { title: "Pod", from: { label: "pod" } },
                    { title: "Phase", from: { label: "phase" } },
                    {
                        title: "Restarts",
                        from: {
                            // A pod without a node has no container yet, and so no restarts.
                            expr: [
                                `sum by (${perPod}) (${restarts})`,
                                `* on (${perPod}) group_left (phase) ${notRunning}`,
                                `or 0 * ${notRunning}`,
                            ].join("\n"),
                        },
                    },
                    ...whose,
                ],
            }),
        )
        .withPanel(
            table({
                title: "Containers that wait",
                description: "Containers that are not running yet or again, and why.",
                unit: Short,
                span: 12,
                height: 9,
                noValue: "No container waits",
                columns: [
                    ...container,
                    { title: "Reason", from: { label: "reason" } },
                    {
                        title: "Restarts",
                        from: { expr: because("kube_pod_container_status_waiting_reason") },
                    },
                    ...whose,
                ],
            }),
        )
        .withPanel(
            table({
                title: "Containers that restart",
                description: "The twenty containers that have restarted most in the last hour.",
                unit: Short,
                span: 12,
                height: 9,
                noValue: "No container has restarted in the last hour",
                columns: [
                    ...container,
                    {
                        title: "In the last hour",
                        from: { expr: `topk(20, ${restarts} - ${restartsBefore} > 0)` },
                        decimals: 0,
                        thresholds: badAbove([1, "orange"], [3, "red"]),
                    },
                    {
                        title: "In all",
                        from: {
                            expr: [
                                restarts,
                                `and on (${perContainer})`,
                                `topk(20, ${restarts} - ${restartsBefore} > 0)`,
                            ].join("\n"),
                        },
                        decimals: 0,
                    },
                    ...whose,
                ],
            }).sortBy([new TableSortByFieldStateBuilder().displayName("In the last hour").desc(true)]),
        )
        .withPanel(
            table({
                title: "Containers killed for memory",
                description: "Containers that ended last because they used more memory than they may.",
                unit: Short,
                span: 12,
                height: 9,
                noValue: "No container was killed",
                columns: [
                    ...container,
                    {
                        title: "Restarts",
                        from: {
                            expr: because("kube_pod_container_status_last_terminated_reason", ',reason="OOMKilled"'),
                        },
                    },
                    { title: "Reason", from: { label: "reason" } },
                    ...whose,
                ],
            }),
        )
        .withRow(new RowBuilder("What uses most"));
    resources.forEach((resource) => dashboard.withPanel(mostUsed(resource)));
    return dashboard
        .withRow(new RowBuilder("Over time"))
        .withPanel(
            timeseries({
                title: "Pods by phase",
                description: "How many pods are in each phase.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                stacked: true,
                lines: [
                    {
                        expr: [
                            "sum by (cluster, tenant, phase) (",
                            `  max by (${perPod}, phase) (kube_pod_status_phase{${inNamespace}})`,
                            ")",
                            "> 0",
                        ].join("\n"),
                        legend: "{{phase}} on {{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Waiting containers",
                description: "How many containers wait, by reason.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                stacked: true,
                noValue: "No container waits",
                lines: [
                    {
                        expr: [
                            "sum by (cluster, tenant, reason) (",
                            `  max by (${perContainer}, reason) (`,
                            `    kube_pod_container_status_waiting_reason{${inNamespace}}`,
                            "  )",
                            ")",
                            "> 0",
                        ].join("\n"),
                        legend: "{{reason}} on {{cluster}}",
                    },
                ],
            }),
        );
}

const notRunning = [
    `(max by (${perPod}, phase) (`,
    `  kube_pod_status_phase{${inNamespace},phase=~"Pending|Failed|Unknown"}`,
    ") == 1)",
].join("\n");

const container: Column[] = [
    { title: "Namespace", from: { label: "namespace" } },
    { title: "Pod", from: { label: "pod" } },
    { title: "Container", from: { label: "container" } },
];

const toCluster: PanelLink = to("cluster");
const whose: Column[] = [
    { title: "Cluster", from: { label: "cluster" }, link: toCluster },
    { title: "Customer", from: { label: "tenant" } },
];

/** The restarts of containers of which something is said, with the reason that is given. */
function because(series: string, matchers = ""): string {
    return [
        restarts,
        `* on (${perContainer}) group_left (reason)`,
        `(max by (${perContainer}, reason) (${series}{${inNamespace}${matchers}}) == 1)`,
    ].join("\n");
}

function phase(name: string, thresholds: ReturnType<typeof badAbove>) {
    return stat({
        title: name,
        description: `Pods in the phase ${name}.`,
        unit: Short,
        span: 6,
        height: 4,
        expr: [
            "sum by (cluster, tenant) (",
            `  max by (${perPod}) (kube_pod_status_phase{${inNamespace},phase="${name}"})`,
            ")",
        ].join("\n"),
        legend: "{{cluster}}",
        thresholds,
        link: to("cluster"),
    });
}

/** Ten pods with what they use, of what they asked for and of what they may. */
function mostUsed({ resource, name, unit, used }: (typeof resources)[number]) {
    const usedByPod = `sum by (${perPod}) (${used})`;
    const most = `topk(20, ${usedByPod})`;
    const promised = (what: string) =>
        [
            `sum by (${perPod}) (`,
            `  max by (${perContainer}) (kube_pod_container_resource_${what}{${inNamespace},resource="${resource}"})`,
            ")",
        ].join("\n");
    const ofMost = (expr: string) => `${expr}\nand on (${perPod}) ${most}`;
    return table({
        title: `Most ${name}`,
        description: `The twenty pods that use most ${name}, with what they request and what they are limited to.`,
        unit,
        span: 24,
        height: 10,
        columns: [
            { title: "Namespace", from: { label: "namespace" } },
            { title: "Pod", from: { label: "pod" }, link: to("workload", { namespace: "namespace" }) },
            { title: "Used", from: { expr: most } },
            { title: "Requested", from: { expr: ofMost(promised("requests")) } },
            {
                title: "Of request",
                from: { expr: ofMost(`100 * ${usedByPod} / ${promised("requests")}`) },
                unit: Percent,
                decimals: 0,
            },
            { title: "Limit", from: { expr: ofMost(promised("limits")) } },
            {
                title: "Of limit",
                from: { expr: ofMost(`100 * ${usedByPod} / ${promised("limits")}`) },
                unit: Percent,
                decimals: 0,
                thresholds: badAbove([80, "orange"], [95, "red"]),
            },
            ...whose,
        ],
    }).sortBy([new TableSortByFieldStateBuilder().displayName("Used").desc(true)]);
}
