import { RowBuilder, type DashboardBuilder, type Threshold } from "@grafana/grafana-foundation-sdk/dashboard";
import { CountsPerSecond, Percent, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import type { DashboardContext } from "../audience";
import { badAbove, stat, timeseries } from "../panels";
import { chosen } from "../variables";
import { components } from "./components";
import { firingAlerts } from "./firingAlerts";
import { colorsAbove, colorsBelow, score, scoreColors, scoreMappings } from "./health";
import { levelDashboard, to, type Level } from "./levels";

const roles = [
    { role: "control-plane", name: "Control plane", noValue: "No such node is seen" },
    { role: "worker", name: "Worker" },
];

/** L1: how one cluster is, and which part of it to look at. */
export function cluster({ monitors }: DashboardContext): DashboardBuilder {
    const { thresholds } = monitors.kaas;
    const dashboard = levelDashboard({
        level: "cluster",
        title: "Cluster",
        description: "How a cluster is: its alerts, its control plane, its workloads and its nodes.",
        tags: ["kaas"],
    });

    dashboard
        .withRow(new RowBuilder("Alerts"))
        .withPanel(
            stat({
                title: "Health",
                description: "Down when it is silent, critical with a page, warning with a ticket.",
                unit: Short,
                span: 6,
                height: 4,
                expr: latest(score),
                legend: "{{cluster}}",
                mappings: scoreMappings,
                thresholds: scoreColors,
            }),
        )
        .withPanel(alertCount("Critical", "page", "red"))
        .withPanel(alertCount("Warning", "ticket", "orange"))
        .withPanel(
            stat({
                title: "Last sample",
                description: "How old the newest sample is. After five minutes the cluster counts as silent.",
                unit: Seconds,
                span: 6,
                height: 4,
                decimals: 0,
                expr: [
                    "time() - max by (cluster, tenant) (",
                    `  max_over_time(cluster:up_timestamp_seconds:max{${chosen}}[1d])`,
                    ")",
                ].join("\n"),
                legend: "{{cluster}}",
                thresholds: badAbove([120, "orange"], [300, "red"]),
            }),
        )
        .withPanel(
            firingAlerts({
                title: "Alerts of the cluster",
                span: 24,
                height: 7,
                about: {
                    role: "Role",
                    node: "Node",
                    job: "Component",
                    namespace: "Namespace",
                    persistentvolumeclaim: "Volume",
                },
            }),
        )
        .withRow(new RowBuilder("Control plane"))
        .withPanel(components(thresholds.controlPlaneHealthy, "cluster-control-plane"));

    /** How many percent of its nodes, pods, … are well. */
    const well = (
        title: string,
        args: { what: string; series: string; threshold: keyof typeof thresholds; level: Level; none?: string },
    ) =>
        stat({
            title,
            description: `Percent ${args.what}.`,
            unit: Percent,
            span: 4,
            height: 4,
            decimals: 0,
            expr: latest(args.series),
            legend: "{{cluster}}",
            thresholds: colorsBelow(thresholds[args.threshold]),
            link: to(args.level),
            ...(args.none === undefined ? {} : { noValue: args.none }),
        });

    dashboard
        .withRow(new RowBuilder("Overview"))
        .withPanel(
            well("Nodes", {
                what: "of nodes that are ready, schedulable and under no pressure",
                series: "cluster:nodes_healthy:percent",
                threshold: "nodesHealthy",
                level: "cluster-nodes",
            }),
        )
        .withPanel(
            well("StatefulSets", {
                what: "of the wanted replicas of StatefulSets that are ready",
                series: "cluster:statefulsets_healthy:percent",
                threshold: "statefulSetsHealthy",
                level: "cluster-workloads",
                none: "No StatefulSet",
            }),
        )
        .withPanel(
            well("Pods", {
                what: "of pods that run, of those that should",
                series: "cluster:pods_healthy:percent",
                threshold: "podsHealthy",
                level: "cluster-pods",
            }),
        )
        .withPanel(
            well("Jobs", {
                what: "of Jobs' pods that succeeded, of those that ended",
                series: "cluster:jobs_succeeded:percent",
                threshold: "jobsSucceeded",
                level: "cluster-workloads",
                none: "No Job",
            }),
        )
        .withPanel(
            well("Volumes bound", {
                what: "of volume claims that are bound",
                series: "cluster:volumes_bound:percent",
                threshold: "volumesBound",
                level: "cluster-volumes",
                none: "No volume",
            }),
        )
        .withPanel(nodeCount("Control plane nodes", "control-plane"))
        .withPanel(
            well("Deployments", {
                what: "of the wanted replicas of Deployments that are updated and available",
                series: "cluster:deployments_healthy:percent",
                threshold: "deploymentsHealthy",
                level: "cluster-workloads",
                none: "No Deployment",
            }),
        )
        .withPanel(
            well("DaemonSets", {
                what: "of the wanted pods of DaemonSets that are updated and available",
                series: "cluster:daemonsets_healthy:percent",
                threshold: "daemonSetsHealthy",
                level: "cluster-workloads",
                none: "No DaemonSet",
            }),
        )
        .withPanel(
            well("Containers", {
                what: "of containers that run, of those that should",
                series: "cluster:containers_running:percent",
                threshold: "containersRunning",
                level: "cluster-pods",
                none: "No container has been known for ten minutes",
            }),
        )
        .withPanel(
            stat({
                title: "Targets up",
                description: "Percent of the targets that its agents scrape with success.",
                unit: Percent,
                span: 4,
                height: 4,
                decimals: 0,
                expr: `100 * ${latest("cluster:up:sum")} / ${latest("cluster:up:count")}`,
                legend: "{{cluster}}",
                thresholds: colorsBelow({ ticket: 90, page: false }),
                link: to("cluster-control-plane"),
            }),
        )
        .withPanel(
            stat({
                title: "Most used volume",
                description: "Percent of the volume that is used most.",
                unit: Percent,
                span: 4,
                height: 4,
                decimals: 0,
                expr: latest("volume:usage:percent"),
                legend: "{{cluster}}",
                thresholds: colorsAbove(thresholds.volumeUsage),
                link: to("cluster-volumes"),
                noValue: "No volume",
            }),
        )
        .withPanel(nodeCount("Worker nodes", "worker"));

    for (const role of roles) {
        dashboard
            .withRow(new RowBuilder(`${role.name} nodes`))
            .withPanel(used({ ...role, resource: "CPU", metric: "cpu_usage", colors: colorsAbove(thresholds.nodeCpu) }))
            .withPanel(
                used({
                    ...role,
                    resource: "memory",
                    metric: "memory_usage",
                    colors: colorsAbove(thresholds.nodeMemory),
                }),
            )
            .withPanel(
                used({ ...role, resource: "disk", metric: "disk_usage", colors: colorsAbove(thresholds.nodeDisk) }),
            )
            .withPanel(networkErrors({ ...role, colors: colorsAbove(thresholds.nodeNetworkErrors) }));
    }

    return dashboard
        .withRow(new RowBuilder("Over time"))
        .withPanel(byNode("CPU", "How much of its CPU each node uses.", "node:cpu_usage:percent"))
        .withPanel(byNode("Memory", "How much of its memory each node uses.", "node:memory_usage:percent"))
        .withPanel(byNode("Disk", "How full the fullest file system of each node is.", "node:disk_usage:percent"))
        .withPanel(
            timeseries({
                title: "Network errors",
                description: "Errors a second of each node's network interfaces, both ways.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `max by (cluster, tenant, node) (node:network_errors:rate5m{${chosen}})`,
                        legend: "{{node}} on {{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "What is well",
                description: "Percent of nodes, pods, containers and workloads that are well.",
                unit: Percent,
                span: 8,
                height: 8,
                max: 100,
                noValue: "The cluster has been known for less than ten minutes",
                lines: [
                    { expr: latest("cluster:nodes_healthy:percent"), legend: "Nodes on {{cluster}}" },
                    { expr: latest("cluster:pods_healthy:percent"), legend: "Pods on {{cluster}}" },
                    { expr: latest("cluster:containers_running:percent"), legend: "Containers on {{cluster}}" },
                    { expr: latest("cluster:deployments_healthy:percent"), legend: "Deployments on {{cluster}}" },
                    { expr: latest("cluster:statefulsets_healthy:percent"), legend: "StatefulSets on {{cluster}}" },
                    { expr: latest("cluster:daemonsets_healthy:percent"), legend: "DaemonSets on {{cluster}}" },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Control plane",
                description: "Percent of each component's targets that answer.",
                unit: Percent,
                span: 8,
                height: 8,
                min: 0,
                max: 100,
                lines: [
                    {
                        expr: `max by (cluster, tenant, job) (component:control_plane_healthy:percent{${chosen}})`,
                        legend: "{{job}} on {{cluster}}",
                    },
                ],
            }),
        );
}

/** A series of the cluster, once, whoever has recorded it. */
function latest(series: string): string {
    return `max by (cluster, tenant) (${series}{${chosen}})`;
}

function alertCount(title: string, severity: "page" | "ticket", color: string) {
    return stat({
        title,
        description: `${severity === "page" ? "Pages" : "Tickets"} about the cluster that fire, other than that it is silent.`,
        unit: Short,
        span: 6,
        height: 4,
        expr: [
            `sum by (cluster, tenant) (cluster:alerts:count{${chosen},severity="${severity}"})`,
            `or 0 * group by (cluster, tenant) (fleet_cluster_info{${chosen}})`,
        ].join("\n"),
        legend: "{{cluster}}",
        thresholds: badAbove([1, color]),
    });
}

function nodeCount(title: string, role: string) {
    return stat({
        title,
        description: `How many nodes have the role ${role}.`,
        unit: Short,
        span: 4,
        height: 4,
        expr: `sum by (cluster, tenant) (cluster:nodes:count{${chosen},role="${role}"})`,
        legend: "{{cluster}}",
        thresholds: [{ value: null, color: "blue" }],
        link: to("cluster-nodes"),
        noValue: "No such node",
    });
}

interface RoleUsage {
    role: string;
    name: string;
    noValue?: string;
    colors: Threshold[];
}

/** What all nodes of a role use together, and the node that uses most. */
function used({ role, name, noValue, colors, ...args }: RoleUsage & { resource: string; metric: string }) {
    const ofRole = `{${chosen},role="${role}"}`;
    return stat({
        title: `${name} ${args.resource}`,
        description: `How much ${args.resource} all nodes of the role use together, and the node that uses most of its own.`,
        unit: Percent,
        span: 6,
        height: 4,
        decimals: 0,
        expr: [
            `label_replace(max by (cluster, tenant) (cluster:${args.metric}:percent${ofRole}), "node", "all", "", "")`,
            `or topk by (cluster, tenant) (1, max by (cluster, tenant, node) (node:${args.metric}:percent${ofRole}))`,
        ].join("\n"),
        legend: "{{node}} on {{cluster}}",
        tiles: true,
        thresholds: colors,
        link: to("cluster-nodes"),
        ...(noValue === undefined ? {} : { noValue }),
    });
}

function networkErrors({ role, name, noValue, colors }: RoleUsage) {
    const errors = `max by (cluster, tenant, node) (node:network_errors:rate5m{${chosen},role="${role}"})`;
    return stat({
        title: `${name} network errors`,
        description: "Network errors a second of all nodes of the role together, and of the node that has most.",
        unit: CountsPerSecond,
        span: 6,
        height: 4,
        decimals: 1,
        expr: [
            `label_replace(sum by (cluster, tenant) (${errors}), "node", "all", "", "")`,
            `or topk by (cluster, tenant) (1, ${errors})`,
        ].join("\n"),
        legend: "{{node}} on {{cluster}}",
        tiles: true,
        thresholds: colors,
        link: to("cluster-nodes"),
        ...(noValue === undefined ? {} : { noValue }),
    });
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
        lines: [{ expr: `max by (cluster, tenant, node) (${series}{${chosen}})`, legend: "{{node}} on {{cluster}}" }],
    });
}
