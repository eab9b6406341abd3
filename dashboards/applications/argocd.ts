import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, CountsPerSecond, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { linkTo } from "../board";
import type { ArgoCdMonitor } from "../../platform/monitors";
import { badAbove, pie, table } from "../panels";
import { chosen } from "../variables";
import { chart, clustersBoard, headline } from "./board";

const apps = `argocd_app_info{${chosen}}`;
const bad = `argocd_app_info{${chosen},sync_status!="Synced"} or argocd_app_info{${chosen},health_status!~"Healthy|Suspended"}`;
const status = "tenant, cluster, name, dest_namespace, sync_status, health_status";

/** What Argo CD deploys, whether that is what Git has, and how Argo CD itself is. */
export function argocd({ namespace }: ArgoCdMonitor, listed: boolean): DashboardBuilder {
    const own = `${chosen},namespace="${namespace}",container!=""`;
    const rate = (metric: string, matchers = "") => `rate(${metric}{${chosen}${matchers}}[$__rate_interval])`;

    const dashboard = clustersBoard({
        title: "Argo CD",
        uid: "argocd",
        description: "What Argo CD deploys, whether that is what Git has, and how Argo CD itself is.",
    });
    if (listed) {
        dashboard.link(linkTo("Applications", "applications", { variables: false }));
    }
    return dashboard
        .withPanel(
            headline("Argo CD applications", "Applications that Argo CD knows.", `count(${apps})`, {
                unit: Short,
                height: 8,
            }),
        )
        .withPanel(
            headline(
                "Out of sync",
                "Applications of which something else runs than what Git has, or of which that is not known.",
                `count(argocd_app_info{${chosen},sync_status!="Synced"}) or vector(0)`,
                { unit: Short, height: 8, thresholds: badAbove([1, "orange"]) },
            ),
        )
        .withPanel(
            headline(
                "Not healthy",
                "Applications that have failed, are missing or not yet ready. One that is suspended is meant to be.",
                `count(argocd_app_info{${chosen},health_status!~"Healthy|Suspended"}) or vector(0)`,
                { unit: Short, height: 8, thresholds: badAbove([1, "orange"]) },
            ),
        )
        .withPanel(
            pie({
                title: "Sync status",
                description: "How many applications Argo CD calls synced, out of sync or unknown.",
                unit: Short,
                span: 6,
                height: 8,
                expr: `count by (sync_status) (${apps})`,
                legend: "{{sync_status}}",
                colors: { Synced: "green", OutOfSync: "orange", Unknown: "purple" },
            }),
        )
        .withPanel(
            pie({
                title: "Health status",
                description: "How many applications Argo CD calls healthy, degraded, and so on.",
                unit: Short,
                span: 6,
                height: 8,
                expr: `count by (health_status) (${apps})`,
                legend: "{{health_status}}",
                colors: {
                    ...{ Healthy: "green", Progressing: "blue", Suspended: "yellow" },
                    ...{ Degraded: "red", Missing: "orange", Unknown: "purple" },
                },
            }),
        )
        .withPanel(
            table({
                title: "Out of sync or not healthy",
                description: "Applications that somebody should look at.",
                unit: Short,
                span: 24,
                height: 8,
                noValue: "Every application is synced and healthy",
                columns: [
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Argo CD application", from: { label: "name" } },
                    { title: "Namespace", from: { label: "dest_namespace" } },
                    { title: "Sync", from: { label: "sync_status" } },
                    { title: "Health", from: { label: "health_status" } },
                    { title: "Entries", hidden: true, from: { expr: `count by (${status}) (${bad})` } },
                ],
            }),
        )
        .withRow(new RowBuilder("Syncs"))
        .withPanel(
            chart(
                "Syncs by result",
                "Syncs each hour, by how they ended.",
                [
                    {
                        expr: `3600 * sum by (tenant, cluster, phase) (${rate("argocd_app_sync_total")})`,
                        legend: "{{phase}} on {{cluster}}",
                    },
                ],
                { unit: Short },
            ),
        )
        .withPanel(
            chart(
                "Failed syncs",
                "Failed syncs each hour, by application.",
                [
                    {
                        expr: `3600 * sum by (tenant, cluster, name) (${rate("argocd_app_sync_total", ',phase=~"Error|Failed"')}) > 0`,
                        legend: "{{name}} on {{cluster}}",
                    },
                ],
                { unit: Short, noValue: "No sync has failed" },
            ),
        )
        .withRow(new RowBuilder("Argo CD itself"))
        .withPanel(
            chart(
                "Git requests",
                "Requests a second to Git repositories, by kind.",
                [
                    {
                        expr: `sum by (tenant, cluster, request_type) (${rate("argocd_git_request_total")})`,
                        legend: "{{request_type}} on {{cluster}}",
                    },
                ],
                { unit: CountsPerSecond },
            ),
        )
        .withPanel(
            chart(
                "Pending requests",
                "Requests that wait for the lock of a repository. More and more say that the repository server is too slow.",
                [
                    {
                        expr: `sum by (tenant, cluster) (argocd_repo_pending_request_total{${chosen}})`,
                        legend: "{{cluster}}",
                    },
                ],
                { unit: Short },
            ),
        )
        .withPanel(
            chart(
                "Reconciliation",
                "What 95% of the comparisons of an application with Git take.",
                [
                    {
                        expr: `histogram_quantile(0.95, sum by (tenant, cluster, le) (${rate("argocd_app_reconcile_bucket")}))`,
                        legend: "{{cluster}}",
                    },
                ],
                { unit: Seconds },
            ),
        )
        .withPanel(
            chart(
                "Memory of Argo CD",
                "Memory that each of its containers uses.",
                [
                    {
                        expr: `max by (tenant, cluster, pod, container) (container_memory_working_set_bytes{${own}})`,
                        legend: "{{pod}} on {{cluster}}",
                    },
                ],
                { unit: BytesIEC },
            ),
        );
}
