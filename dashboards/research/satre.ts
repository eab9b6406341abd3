import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, DatetimeISO, Short } from "@grafana/grafana-foundation-sdk/units";
import type { ResearchMonitor } from "../../platform/monitors";
import { table, text, timeseries, type Column } from "../panels";
import { chosen } from "../variables";
import { board, hoursOf } from "./board";

/** SATRE's numbers for the same three requirements: version 2 counts one less. */
export const requirements = {
    "1.1": { usage: "2.2.14", access: "2.2.15", compute: "2.2.16" },
    "2.0": { usage: "2.2.13", access: "2.2.14", compute: "2.2.15" },
} as const satisfies Record<ResearchMonitor["satreVersion"], unknown>;

const cluster: Column[] = [
    { title: "Customer", from: { label: "tenant" } },
    { title: "Cluster", from: { label: "cluster" } },
];

/** What SATRE wants recorded, for a time range that an auditor names. */
export function satre({ satreVersion, pseudonymiseUsers }: ResearchMonitor): DashboardBuilder {
    const numbers = requirements[satreVersion];
    return board({
        title: "SATRE usage record",
        uid: "satre-usage-record",
        description: "What SATRE asks an environment to record, for the chosen time range, to be handed to an auditor.",
        from: "now-30d",
    })
        .withPanel(
            text({
                title: "How to read this",
                content: introduction(satreVersion, pseudonymiseUsers),
                span: 24,
                height: 9,
            }),
        )
        .withRow(new RowBuilder(`SATRE ${numbers.usage}: usage data`))
        .withPanel(
            table({
                title: "Users, projects, storage and workspaces",
                description:
                    "The most there were at one time within the range; users who worked are all who had a workspace open.",
                unit: Short,
                span: 24,
                height: 7,
                columns: [
                    ...cluster,
                    most("Users", "tre:users:count"),
                    {
                        title: "Users who worked",
                        from: {
                            expr: [
                                "count by (cluster, tenant) (group by (cluster, tenant, username) (",
                                `  count_over_time(user:pods_running:count{${chosen}}[$__range])`,
                                "))",
                            ].join("\n"),
                        },
                    },
                    most("Projects", "tre:projects:count"),
                    {
                        title: "Workspaces",
                        from: {
                            expr: `sum by (cluster, tenant) (max_over_time(tre:workspaces:count{${chosen}}[$__range]))`,
                        },
                    },
                    most("Bindings", "tre:workspace_bindings:count"),
                    most("Data sets", "tre:datasets:count"),
                    { ...most("Storage", "tre:storage_bytes:sum"), unit: BytesIEC },
                    { ...most("Storage used", "tre:storage_used_bytes:sum"), unit: BytesIEC },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Users and projects over time",
                description: "How many there were.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    { expr: `max by (cluster, tenant) (tre:users:count{${chosen}})`, legend: "{{cluster}} users" },
                    {
                        expr: `max by (cluster, tenant) (tre:projects:count{${chosen}})`,
                        legend: "{{cluster}} projects",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Workspaces over time",
                description: "How many there were, and how many of them somebody had open.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    { expr: `sum by (cluster, tenant) (tre:workspaces:count{${chosen}})`, legend: "{{cluster}} all" },
                    {
                        expr: `max by (cluster, tenant) (tre:workspaces_running:count{${chosen}})`,
                        legend: "{{cluster}} open",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Storage over time",
                description: "Size of the environment's volumes, and what is used of those that were mounted.",
                unit: BytesIEC,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    { expr: `max by (cluster, tenant) (tre:storage_bytes:sum{${chosen}})`, legend: "{{cluster}} size" },
                    {
                        expr: `max by (cluster, tenant) (tre:storage_used_bytes:sum{${chosen}})`,
                        legend: "{{cluster}} used",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder(`SATRE ${numbers.access}: access to data sets`))
        .withPanel(
            table({
                title: "Which data sets, in which workspaces",
                description: "Every grant that existed within the range: since when, and until when.",
                unit: Short,
                span: 12,
                height: 9,
                columns: [
                    ...cluster,
                    { title: "Namespace", from: { label: "namespace" } },
                    { title: "Data set", from: { label: "dataset" } },
                    { title: "Workspace", from: { label: "workspace" } },
                    moment("Granted", "max", "dataset_grant:created_timestamp_seconds:max", "dataset, workspace"),
                    moment("Expires", "min", "dataset_grant:expires_timestamp_seconds:min", "dataset, workspace"),
                ],
            }),
        )
        .withPanel(
            table({
                title: "Approvals",
                description: "Who approved each grant, as what, and when.",
                unit: Short,
                span: 12,
                height: 9,
                columns: [
                    ...cluster,
                    { title: "Data set", from: { label: "dataset" } },
                    { title: "Workspace", from: { label: "workspace" } },
                    { title: "Approver", from: { label: "approver" } },
                    { title: "Type", from: { label: "approval_type" } },
                    {
                        title: "Approved",
                        from: {
                            expr: [
                                "1000 * max by (cluster, tenant, dataset, workspace, approver, approval_type) (",
                                `  last_over_time(dataset_grant:approved_timestamp_seconds:max{${chosen}}[$__range])`,
                                ")",
                            ].join("\n"),
                        },
                        unit: DatetimeISO,
                    },
                ],
            }),
        )
        .withPanel(
            table({
                title: "Who was allowed in",
                description: "Every binding of a user to a workspace within the range: since when, and until when.",
                unit: Short,
                span: 12,
                height: 9,
                columns: [
                    ...cluster,
                    { title: "Namespace", from: { label: "namespace" } },
                    { title: "User", from: { label: "username" } },
                    { title: "Workspace", from: { label: "workspace" } },
                    moment("Bound", "max", "tre_workspace_binding_created", "username, workspace"),
                    moment("Expires", "min", "tre_workspace_binding_expires", "username, workspace"),
                ],
            }),
        )
        .withPanel(
            table({
                title: "Who was in a workspace with data sets",
                description:
                    "Users who had a workspace open that was granted a data set, and for how long. With the table of " +
                    "grants, by workspace, it says who had which data set at hand.",
                unit: Short,
                span: 12,
                height: 9,
                noValue: "Nobody had a workspace with data sets open",
                columns: [
                    ...cluster,
                    { title: "User", from: { label: "username" } },
                    { title: "Workspace", from: { label: "workspace" } },
                    {
                        title: "Hours open",
                        from: {
                            expr: [
                                `sum by (cluster, tenant, username, workspace) (${hoursOf(`user:pods_running:count{${chosen}}`)})`,
                                "and on (cluster, tenant, workspace)",
                                `last_over_time(dataset_grant:created_timestamp_seconds:max{${chosen}}[$__range])`,
                            ].join("\n"),
                        },
                        decimals: 2,
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "When users were in a workspace with data sets",
                description: "Running pods of each user in workspaces that were granted a data set.",
                unit: Short,
                span: 24,
                height: 8,
                min: 0,
                noValue: "Nobody had a workspace with data sets open",
                lines: [
                    {
                        expr: [
                            `sum by (cluster, tenant, username, workspace) (user:pods_running:count{${chosen}})`,
                            "and on (cluster, tenant, workspace)",
                            `dataset_grant:created_timestamp_seconds:max{${chosen}}`,
                        ].join("\n"),
                        legend: "{{username}} {{workspace}} on {{cluster}}",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder(`SATRE ${numbers.compute}: computational resources`))
        .withPanel(
            table({
                title: "Compute in aggregate",
                description: "What all users together have used within the range.",
                unit: Short,
                span: 24,
                height: 7,
                columns: [
                    ...cluster,
                    aggregate("Core-hours", "tre:cpu_cores:rate5m"),
                    aggregate("GiB-hours", "tre:memory_bytes:sum", " / 2^30"),
                    aggregate("GPU-hours", "tre:gpus:sum"),
                ],
            }),
        )
        .withPanel(
            table({
                title: "Compute by user",
                description: "What each user has used within the range, all workspaces together.",
                unit: Short,
                span: 24,
                height: 10,
                columns: [
                    ...cluster,
                    { title: "User", from: { label: "username" } },
                    perUser("Hours open", "user:pods_running:count"),
                    perUser("Core-hours", "user:cpu_cores:rate5m"),
                    perUser("GiB-hours", "user:memory_bytes:sum", " / 2^30"),
                    perUser("GPU-hours", "user:gpus:sum"),
                ],
            }),
        );
}

function introduction(version: string, pseudonyms: boolean): string {
    return [
        `Requirements are numbered as in SATRE ${version}. Every table is about the **time range** at the top, and the chosen ` +
            "customers and clusters. To hand one over: its menu, *Inspect*, *Data*, *Formatted data*, *Download CSV*.",
        "",
        "- **Users** are those that custom resources name: bindings, desktops and users. **Users who worked** had a pod.",
        "- **Storage** is the size of all volumes in namespaces of the environment; **used** is known of mounted volumes only.",
        "- **Core-hours** is CPU time that was used; **GiB-hours** and **GPU-hours** are what was held. A pod of which nobody " +
            "knows the owner is in *unknown*, so that users add up to the aggregate.",
        pseudonyms
            ? "- **Names are pseudonyms**, made in the cluster; docs/research-environment.md says how to find a person's."
            : "- **Names are personal data**: `monitors.tre.pseudonymiseUsers` is off.",
        "- **Kept** as long as the observer keeps samples (`observer.retention` in the config), then gone: hand over in time. " +
            "For a time range that begins before raw samples do, choose the datasource *Thanos history*.",
        "- **Not covered**: what was read *inside* a data set, queries, files, exports and logins. Access here means that a " +
            "user had a workspace open that was granted the data set. Gaps in the curves are gaps in the record.",
    ].join("\n");
}

function most(title: string, series: string): Column {
    return { title, from: { expr: `max by (cluster, tenant) (max_over_time(${series}{${chosen}}[$__range]))` } };
}

/** A time that a series has as its value, for whatever existed within the range; Grafana wants milliseconds. */
function moment(title: string, which: "min" | "max", series: string, labels: string): Column {
    const expr = [
        `1000 * ${which} by (cluster, tenant, namespace, ${labels}) (`,
        `  last_over_time(${series}{${chosen}}[$__range])`,
        ")",
    ].join("\n");
    return { title, from: { expr }, unit: DatetimeISO };
}

function aggregate(title: string, series: string, scale = ""): Column {
    return totalBy("cluster, tenant", title, series, scale);
}

function perUser(title: string, series: string, scale = ""): Column {
    return totalBy("cluster, tenant, username", title, series, scale);
}

function totalBy(labels: string, title: string, series: string, scale: string): Column {
    return {
        title,
        from: { expr: `sum by (${labels}) (${hoursOf(`${series}{${chosen}}`)})${scale}` },
        decimals: 2,
    };
}
