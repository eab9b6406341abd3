import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, CountsPerSecond, DatetimeISO, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { badAbove, badBelow, pie, stat, table, timeseries } from "../panels";
import { chosen } from "../variables";
import { board } from "./board";

const day = 86_400;

/** What there is in the environment, and what about it needs attention. */
export function platform(): DashboardBuilder {
    const counts = [
        ["Workspaces", "Workspaces there are, whatever their status.", "tre:workspaces:count", ""],
        [
            "Provisioned workspaces",
            "Workspaces that are ready for their users. One is provisioned when its first user comes.",
            "tre:workspaces:count",
            ',status=~"Provisioned|Running"',
        ],
        ["Users", "People who may use a workspace, each counted once a cluster.", "tre:users:count", ""],
        ["Workspace bindings", "Bindings of a user to a workspace.", "tre:workspace_bindings:count", ""],
        ["Projects", "Projects, each counted once a cluster.", "tre:projects:count", ""],
        ["Data sets", "Data sets that can be granted to a workspace.", "tre:datasets:count", ""],
    ] as const;
    const dashboard = board({
        title: "K8TRE Platform",
        uid: "k8tre-platform",
        description: "Workspaces, users, projects and data sets of a trusted research environment.",
        from: "now-6h",
    });
    for (const [title, description, series, more] of counts) {
        dashboard.withPanel(
            stat({
                title,
                description,
                unit: Short,
                span: 4,
                height: 4,
                expr: `sum(${series}{${chosen}${more}}) or vector(0)`,
            }),
        );
    }
    return dashboard
        .withPanel(
            timeseries({
                title: "Running workspaces",
                description: "Workspaces that somebody has open, over time.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                noValue: "Nobody has a workspace open",
                lines: [
                    {
                        expr: `sum by (cluster, tenant) (tre:workspaces_running:count{${chosen}})`,
                        legend: "{{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            pie({
                title: "Workspaces by status",
                description: "A workspace that no controller has looked at yet has the status none.",
                unit: Short,
                span: 6,
                height: 8,
                expr: `sum by (status) (tre:workspaces:count{${chosen}})`,
                legend: "{{status}}",
            }),
        )
        .withPanel(
            pie({
                title: "Bindings by user",
                description: "To how many workspaces each user is bound.",
                unit: Short,
                span: 6,
                height: 8,
                expr: [
                    "count by (cluster, tenant, username) (",
                    `  group by (cluster, tenant, namespace, name, username) (tre_workspace_binding_info{${chosen}})`,
                    ")",
                ].join("\n"),
                legend: "{{username}} on {{cluster}}",
            }),
        )
        .withRow(new RowBuilder("Resources"))
        .withPanel(
            timeseries({
                title: "CPU",
                description: "Cores that all users together keep busy.",
                unit: Short,
                span: 6,
                height: 7,
                min: 0,
                lines: [{ expr: `sum by (cluster, tenant) (tre:cpu_cores:rate5m{${chosen}})`, legend: "{{cluster}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Memory",
                description: "Working set of all users' containers together.",
                unit: BytesIEC,
                span: 6,
                height: 7,
                min: 0,
                lines: [{ expr: `sum by (cluster, tenant) (tre:memory_bytes:sum{${chosen}})`, legend: "{{cluster}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "GPUs",
                description: "GPUs that running workspaces hold, busy or not.",
                unit: Short,
                span: 6,
                height: 7,
                min: 0,
                noValue: "No workspace holds a GPU",
                lines: [{ expr: `sum by (cluster, tenant) (tre:gpus:sum{${chosen}})`, legend: "{{cluster}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Storage",
                description:
                    "Size of the volumes in namespaces of the environment, and how much of those in use is full.",
                unit: BytesIEC,
                span: 6,
                height: 7,
                min: 0,
                lines: [
                    {
                        expr: `sum by (cluster, tenant) (tre:storage_bytes:sum{${chosen}})`,
                        legend: "{{cluster}} size",
                    },
                    {
                        expr: `sum by (cluster, tenant) (tre:storage_used_bytes:sum{${chosen}})`,
                        legend: "{{cluster}} used",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Attention"))
        .withPanel(
            table({
                title: "Workspaces by expiry",
                description:
                    "When each workspace expires; below zero it has. One without a time is missing: kube-state-metrics cannot read a date " +
                    "alone, and the annotation is not there.",
                unit: Short,
                span: 12,
                height: 9,
                noValue: "No workspace says when it expires",
                columns: [
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Namespace", from: { label: "namespace" } },
                    { title: "Workspace", from: { label: "name" } },
                    {
                        title: "Expires",
                        from: { expr: `${expiryOf("name", "tre_workspace_expires")} * 1000` },
                        unit: DatetimeISO,
                    },
                    {
                        title: "Left",
                        from: { expr: `${expiryOf("name", "tre_workspace_expires")} - time()` },
                        unit: Seconds,
                        thresholds: badBelow(0, 7 * day),
                    },
                ],
            }).sortBy([new TableSortByFieldStateBuilder().displayName("Left").desc(false)]),
        )
        .withPanel(
            table({
                title: "Data set grants by expiry",
                description:
                    "When the approval of each grant runs out; below zero it has, and the grant is still there.",
                unit: Short,
                span: 12,
                height: 9,
                noValue: "No grant says when it expires",
                columns: [
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Namespace", from: { label: "namespace" } },
                    { title: "Data set", from: { label: "dataset" } },
                    { title: "Workspace", from: { label: "workspace" } },
                    {
                        title: "Left",
                        from: {
                            expr: [
                                "min by (cluster, tenant, namespace, dataset, workspace) (",
                                `  dataset_grant:expires_timestamp_seconds:min{${chosen}}`,
                                ") - time()",
                            ].join("\n"),
                        },
                        unit: Seconds,
                        thresholds: badBelow(0, 7 * day),
                    },
                ],
            }).sortBy([new TableSortByFieldStateBuilder().displayName("Left").desc(false)]),
        )
        .withPanel(
            table({
                title: "Workspaces that are not ready",
                description: "Those that are being made or deleted, and those that still wait for their first user.",
                unit: Short,
                span: 12,
                height: 9,
                noValue: "Every workspace is ready",
                columns: [
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Namespace", from: { label: "namespace" } },
                    { title: "Workspace", from: { label: "name" } },
                    { title: "Status", from: { label: "status" } },
                    {
                        title: "Age",
                        from: {
                            expr: [
                                "max by (cluster, tenant, namespace, name, status) (",
                                `  tre_workspace_status{${chosen},status!~"Provisioned|Running"} == 1`,
                                ")",
                                "* on (cluster, tenant, namespace, name) group_left () (",
                                `  time() - max by (cluster, tenant, namespace, name) (tre_workspace_created{${chosen}})`,
                                ")",
                            ].join("\n"),
                        },
                        unit: Seconds,
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Servers that do not start",
                description: "Of the servers that users ask JupyterHub for, those that fail or are refused, a second.",
                unit: CountsPerSecond,
                span: 12,
                height: 9,
                min: 0,
                noValue: "No JupyterHub is scraped",
                thresholds: badAbove([0.01, "red"]),
                lines: [
                    {
                        expr: [
                            "sum by (cluster, tenant, status) (",
                            "  rate(jupyterhub_server_spawn_duration_seconds_count{",
                            `    ${chosen},status=~"failure|throttled|too-many-users"`,
                            "  }[$__rate_interval])",
                            ")",
                        ].join("\n"),
                        legend: "{{cluster}} {{status}}",
                    },
                ],
            }),
        );
}

function expiryOf(label: string, series: string): string {
    return `min by (cluster, tenant, namespace, ${label}) (${series}{${chosen}})`;
}
