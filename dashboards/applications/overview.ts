import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { PercentUnit, RequestsPerSecond, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { linkTo } from "../board";
import type { Monitors } from "../../platform/monitors";
import { badAbove, table, type PanelLink } from "../panels";
import { chosen } from "../variables";
import { chart, clustersBoard, headline } from "./board";

/** The way from an application on a cluster to all about it. */
const toApplication: PanelLink = {
    title: "Application",
    uid: "application",
    carry: { tenant: "tenant", cluster: "cluster", application: "application" },
};

const each = "tenant, cluster, application";
const on = `sum by (${each}) (application:pods:count{${chosen}})`;
const summed = (series: string) => `sum by (${each}) (${series}{${chosen}})`;
const worst = (series: string) => `max by (${each}) (${series}{${chosen}})`;
const legend = "{{application}} on {{cluster}}";

/** L0: every application on every cluster, and which to look at first. */
export function overview({ applications, argocd }: Monitors): DashboardBuilder {
    const dashboard = clustersBoard({
        title: "Applications",
        uid: "applications",
        description: "How every web application is on each cluster, and which to look at first.",
    }).link(linkTo("HTTP requests", "ingress-requests", { variables: true }));
    if (applications.some(({ url }) => url !== undefined)) {
        dashboard.link(linkTo("Service endpoints", "endpoints", { variables: false }));
    }
    dashboard
        .withPanel(
            headline(
                "Deployed",
                "Applications of the list, counted once for each cluster that has pods of them.",
                `count(${on} > 0) or vector(0)`,
                { unit: Short },
            ),
        )
        .withPanel(
            headline(
                "Pods not running",
                "Pods that have failed, wait, or do not start. Those that only just start count as well.",
                `count(application:pod_not_running:max{${chosen}}) or vector(0)`,
                { unit: Short, thresholds: badAbove([1, "orange"]) },
            ),
        )
        .withPanel(
            headline(
                "Restarts",
                "Restarts of containers in the last hour.",
                `sum(application:container_restarts:increase1h{${chosen}}) or vector(0)`,
                { unit: Short, decimals: 0, thresholds: badAbove([3, "orange"]) },
            ),
        )
        .withPanel(
            headline(
                "Killed for memory",
                "Containers that were killed in the last hour for reaching their memory limit.",
                `sum(application:container_oom_kills:increase1h{${chosen}}) or vector(0)`,
                { unit: Short, decimals: 0, thresholds: badAbove([1, "red"]) },
            ),
        )
        .withPanel(
            headline(
                "Requests",
                "Requests a second to all applications together, as the ingress counts them.",
                `sum(application:requests:rate5m{${chosen}}) or vector(0)`,
                { unit: RequestsPerSecond, decimals: 1 },
            ),
        )
        .withPanel(
            headline(
                "Failing requests",
                "Share of all requests that were answered with a 5xx.",
                [
                    `(sum(application:requests:rate5m{${chosen},code=~"5.."}) or vector(0))`,
                    `/ (sum(application:requests:rate5m{${chosen}}) > 0)`,
                ].join("\n"),
                {
                    unit: PercentUnit,
                    decimals: 2,
                    noValue: "No requests",
                    thresholds: badAbove([0.01, "orange"], [0.05, "red"]),
                },
            ),
        )
        .withPanel(
            table({
                title: "Applications and clusters",
                description:
                    "A row for each application on each cluster: the fullest container and volume, restarts and kills of " +
                    "the last hour, and the requests of the last five minutes. A click on the application tells more.",
                unit: Short,
                span: 24,
                height: 12,
                columns: [
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Application", from: { label: "application" }, link: toApplication },
                    {
                        title: "Pods running",
                        from: { expr: `sum by (${each}) (application:pods:count{${chosen},phase="Running"})` },
                        thresholds: [
                            { value: null, color: "red" },
                            { value: 1, color: "green" },
                        ],
                    },
                    {
                        title: "Not running",
                        from: { expr: `count by (${each}) (application:pod_not_running:max{${chosen}}) or 0 * ${on}` },
                        thresholds: badAbove([1, "orange"]),
                    },
                    {
                        title: "Restarts",
                        from: { expr: summed("application:container_restarts:increase1h") },
                        decimals: 0,
                        thresholds: badAbove([3, "orange"]),
                    },
                    {
                        title: "Killed",
                        from: { expr: `${summed("application:container_oom_kills:increase1h")} or 0 * ${on}` },
                        decimals: 0,
                        thresholds: badAbove([1, "red"]),
                    },
                    {
                        title: "CPU of limit",
                        from: { expr: worst("application:container_cpu_of_limit:ratio") },
                        unit: PercentUnit,
                        decimals: 0,
                        thresholds: badAbove([0.9, "orange"]),
                    },
                    {
                        title: "Memory of limit",
                        from: { expr: worst("application:container_memory_of_limit:ratio") },
                        unit: PercentUnit,
                        decimals: 0,
                        thresholds: badAbove([0.9, "orange"]),
                    },
                    {
                        title: "Volume",
                        from: { expr: worst("application:volume_used:ratio") },
                        unit: PercentUnit,
                        decimals: 0,
                        thresholds: badAbove([0.85, "orange"], [0.97, "red"]),
                    },
                    {
                        title: "Requests",
                        from: { expr: summed("application:requests:rate5m") },
                        unit: RequestsPerSecond,
                        decimals: 1,
                    },
                    {
                        title: "Failing",
                        from: { expr: worst("application:request_errors:ratio_rate5m") },
                        unit: PercentUnit,
                        decimals: 2,
                        thresholds: badAbove([0.05, "orange"], [0.5, "red"]),
                    },
                    {
                        title: "Slowest twentieth",
                        from: { expr: worst("application:request_duration_seconds:p95") },
                        unit: Seconds,
                        thresholds: badAbove([2, "orange"]),
                    },
                    ...(argocd === undefined
                        ? []
                        : [
                              {
                                  title: "Argo CD failing",
                                  from: { expr: worst("application:argocd_failing:count") },
                                  thresholds: badAbove([1, "orange"]),
                              },
                          ]),
                ],
            }),
        )
        .withRow(new RowBuilder("Over time"))
        .withPanel(
            chart(
                "Share of failing requests",
                "Share of each application's requests that were answered with a 5xx.",
                [{ expr: worst("application:request_errors:ratio_rate5m"), legend }],
                { unit: PercentUnit },
            ),
        )
        .withPanel(
            chart(
                "Response time",
                "What 95% of each application's requests were answered within, as the ingress measures it.",
                [{ expr: worst("application:request_duration_seconds:p95"), legend }],
                { unit: Seconds },
            ),
        );
    return dashboard;
}
