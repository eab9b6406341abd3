import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, PercentUnit, Short } from "@grafana/grafana-foundation-sdk/units";
import { badAbove, table, timeseries } from "../panels";
import { chosen, labelVariable } from "../variables";
import { board, hoursOf } from "./board";

const usedBy = `${chosen},username=~"$username",workspace=~"$workspace"`;
const pod = "cluster, tenant, namespace, pod";
const who = "cluster, tenant, username, workspace";

/** What each user uses, in each workspace. */
export function users(): DashboardBuilder {
    const used = `user:cpu_cores:rate5m{${chosen}}`;
    const legend = "{{username}} {{workspace}} on {{cluster}}";
    return board({
        title: "User Analytics",
        uid: "k8tre-users",
        description: "Compute that each user of a trusted research environment uses, by workspace.",
        from: "now-24h",
    })
        .withVariable(labelVariable("username", { label: "User", from: used }))
        .withVariable(
            labelVariable("workspace", {
                label: "Workspace",
                from: `user:cpu_cores:rate5m{${chosen},username=~"$username"}`,
            }),
        )
        .withPanel(
            timeseries({
                title: "CPU by user",
                description: "Cores that each user keeps busy. A pod without an owner is counted for unknown.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                stacked: true,
                lines: [{ expr: `sum by (${who}) (user:cpu_cores:rate5m{${usedBy}})`, legend }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Memory by user",
                description: "Working set of each user's containers.",
                unit: BytesIEC,
                span: 12,
                height: 8,
                min: 0,
                stacked: true,
                lines: [{ expr: `sum by (${who}) (user:memory_bytes:sum{${usedBy}})`, legend }],
            }),
        )
        .withPanel(
            timeseries({
                title: "CPU throttling",
                description:
                    "Share of periods in which a user's containers were held back by their CPU limit. From 80% on the " +
                    "workspace is too small.",
                unit: PercentUnit,
                span: 12,
                height: 8,
                min: 0,
                max: 1,
                noValue: "No workspace has a CPU limit",
                thresholds: badAbove([0.8, "red"]),
                lines: [
                    {
                        expr: [
                            byUser("container_cpu_cfs_throttled_periods_total"),
                            "/",
                            byUser("container_cpu_cfs_periods_total"),
                        ].join("\n"),
                        legend,
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "User workspace usage",
                description: "Which workspaces each user has open: running pods.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                lines: [{ expr: `sum by (${who}) (user:pods_running:count{${usedBy}})`, legend }],
            }),
        )
        .withPanel(
            timeseries({
                title: "GPUs by user",
                description: "GPUs that each user's running workspaces hold, busy or not.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                stacked: true,
                noValue: "Nobody holds a GPU",
                lines: [{ expr: `sum by (${who}) (user:gpus:sum{${usedBy}})`, legend }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Busy GPUs by user",
                description: "What the GPUs of each user do, in whole GPUs: two that are half busy are one.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                stacked: true,
                noValue: "No GPU is held, or no dcgm-exporter is scraped",
                lines: [{ expr: `sum by (${who}) (user:gpus_busy:sum{${usedBy}})`, legend }],
            }),
        )
        .withRow(new RowBuilder("In the whole range"))
        .withPanel(
            table({
                title: "Usage by user and workspace",
                description: "What each user has used in the time range, in each workspace.",
                unit: Short,
                span: 24,
                height: 10,
                columns: [
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "User", from: { label: "username" } },
                    { title: "Workspace", from: { label: "workspace" } },
                    total("Hours open", "user:pods_running:count"),
                    total("Core-hours", "user:cpu_cores:rate5m"),
                    total("GiB-hours", "user:memory_bytes:sum", " / 2^30"),
                    total("GPU-hours", "user:gpus:sum"),
                    total("Busy GPU-hours", "user:gpus_busy:sum"),
                ],
            }),
        );
}

function total(title: string, series: string, scale = "") {
    return { title, from: { expr: `sum by (${who}) (${hoursOf(`${series}{${usedBy}}`)})${scale}` }, decimals: 2 };
}

function byUser(counter: string): string {
    return [
        `sum by (${who}) (`,
        `  sum by (${pod}) (rate(${counter}{${chosen},container!=""}[$__rate_interval]))`,
        `  * on (${pod}) group_left (username, workspace)`,
        `  max by (${pod}, username, workspace) (pod:tre_user:group{${usedBy}})`,
        ")",
    ].join("\n");
}
