import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, PercentUnit, RequestsPerSecond, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { linkTo } from "../board";
import type { Monitors } from "../../platform/monitors";
import { badAbove, table, type Line } from "../panels";
import { chosen, labelVariable } from "../variables";
import { chart, clustersBoard, headline } from "./board";

/** What is recorded about the chosen application. */
const own = `${chosen},application=~"$application"`;
/** Everything in its namespace. */
const inNamespace = `${chosen},namespace=~"$namespace"`;

const ofContainer = "tenant, cluster, pod, container";
const container: Pick<Line, "legend"> = { legend: "{{pod}} {{container}} on {{cluster}}" };

/** L1: all about one application. */
export function application({ applications, argocd }: Monitors): DashboardBuilder {
    const containers = (series: string): Line[] => [
        { expr: `max by (${ofContainer}) (${series}{${own}})`, ...container },
    ];
    const cpu = (pods: string) =>
        `sum by (tenant, cluster) (rate(container_cpu_usage_seconds_total{${inNamespace},container!="",${pods}}[$__rate_interval]))`;
    const memory = (pods: string) =>
        `sum by (tenant, cluster) (max by (${ofContainer}) (container_memory_working_set_bytes{${inNamespace},container!="",${pods}}))`;
    const apart = (usage: (pods: string) => string): Line[] => [
        { expr: usage('pod!~"jupyter-.*"'), legend: "Application on {{cluster}}" },
        { expr: usage('pod=~"jupyter-.*"'), legend: "Notebooks of users on {{cluster}}" },
    ];

    const dashboard = clustersBoard({
        title: "Application",
        uid: "application",
        description: "One web application: its requests, its containers, its volumes, and what Argo CD says about it.",
    })
        .withVariable(
            labelVariable("application", {
                label: "Application",
                from: `application:pods:count{${chosen}}`,
                multi: false,
            }),
        )
        .withVariable(
            labelVariable("namespace", {
                label: "Namespace",
                from: `application:pods:count{${own}}`,
                multi: false,
            }),
        )
        .link(linkTo("Applications", "applications", { variables: false }));
    if (applications.some(({ jupyterhub }) => jupyterhub)) {
        dashboard.link(linkTo("JupyterHub", "jupyterhub", { variables: true }));
    }
    if (argocd !== undefined) {
        dashboard.link(linkTo("Argo CD", "argocd", { variables: true }));
    }

    dashboard
        .withPanel(
            headline(
                "Pods running",
                "Pods of the application that run.",
                `sum(application:pods:count{${own},phase="Running"}) or vector(0)`,
                {
                    unit: Short,
                    thresholds: [
                        { value: null, color: "red" },
                        { value: 1, color: "green" },
                    ],
                },
            ),
        )
        .withPanel(
            headline(
                "Pods not running",
                "Pods that have failed, wait, or do not start. Those that only just start count as well.",
                `count(application:pod_not_running:max{${own}}) or vector(0)`,
                { unit: Short, thresholds: badAbove([1, "orange"]) },
            ),
        )
        .withPanel(
            headline(
                "Killed for memory",
                "Containers that were killed in the last hour for reaching their memory limit.",
                `sum(application:container_oom_kills:increase1h{${own}}) or vector(0)`,
                { unit: Short, decimals: 0, thresholds: badAbove([1, "red"]) },
            ),
        )
        .withPanel(
            headline(
                "Requests",
                "Requests a second, as the ingress counts them.",
                `sum(application:requests:rate5m{${own}}) or vector(0)`,
                { unit: RequestsPerSecond, decimals: 1 },
            ),
        )
        .withPanel(
            headline(
                "Failing requests",
                "Share of its requests that were answered with a 5xx, on the cluster where it is highest.",
                `max(application:request_errors:ratio_rate5m{${own}})`,
                {
                    unit: PercentUnit,
                    decimals: 2,
                    noValue: "No requests",
                    thresholds: badAbove([0.05, "orange"], [0.5, "red"]),
                },
            ),
        )
        .withPanel(
            headline(
                "Response time now",
                "What 95% of its requests were answered within, on the cluster where that is longest.",
                `max(application:request_duration_seconds:p95{${own}})`,
                { unit: Seconds, noValue: "No requests", thresholds: badAbove([2, "orange"]) },
            ),
        )
        .withRow(new RowBuilder("Requests"))
        .withPanel(
            chart(
                "Requests by status",
                "Requests a second, by the HTTP status of the answer.",
                [
                    {
                        expr: `sum by (tenant, cluster, code) (application:requests:rate5m{${own}})`,
                        legend: "{{code}} on {{cluster}}",
                    },
                ],
                { unit: RequestsPerSecond, stacked: true },
            ),
        )
        .withPanel(
            chart(
                "Response time",
                "What 95% of its requests were answered within, as the ingress measures it.",
                [
                    {
                        expr: `max by (tenant, cluster) (application:request_duration_seconds:p95{${own}})`,
                        legend: "{{cluster}}",
                    },
                ],
                { unit: Seconds },
            ),
        )
        .withRow(new RowBuilder("Containers"))
        .withPanel(
            chart("CPU", "CPU cores that its pods use, those of users' notebooks apart.", apart(cpu), {
                unit: Short,
                stacked: true,
            }),
        )
        .withPanel(
            chart("Memory", "Memory that its pods use, those of users' notebooks apart.", apart(memory), {
                unit: BytesIEC,
                stacked: true,
            }),
        )
        .withPanel(
            chart(
                "CPU of limit",
                "Share of its CPU limit that each container uses. At 100% it is slowed down.",
                containers("application:container_cpu_of_limit:ratio"),
                { unit: PercentUnit },
            ),
        )
        .withPanel(
            chart(
                "Memory of limit",
                "Share of its memory limit that each container uses. At 100% it is killed.",
                containers("application:container_memory_of_limit:ratio"),
                { unit: PercentUnit },
            ),
        )
        .withPanel(
            chart(
                "Restarts",
                "Restarts of each container in the hour before.",
                containers("application:container_restarts:increase1h"),
                { unit: Short, decimals: 0 },
            ),
        )
        .withPanel(
            chart(
                "Kills for memory",
                "How often each container was killed for its memory in the hour before.",
                [
                    {
                        expr: `max by (${ofContainer}) (application:container_oom_kills:increase1h{${own}}) > 0`,
                        ...container,
                    },
                ],
                { unit: Short, decimals: 0, noValue: "No container was killed" },
            ),
        )
        .withPanel(
            table({
                title: "Pods that do not run",
                description: "Pods that have failed, wait, or have a container that does not start.",
                unit: Short,
                span: 24,
                height: 7,
                noValue: "Every pod runs",
                columns: [
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Pod", from: { label: "pod" } },
                    {
                        title: "Restarts",
                        from: {
                            expr: [
                                "max by (tenant, cluster, pod) (",
                                `  application:container_restarts:increase1h{${own}}`,
                                "  and on (tenant, cluster, pod)",
                                `  application:pod_not_running:max{${own}}`,
                                ")",
                                "or 0 *",
                                `max by (tenant, cluster, pod) (application:pod_not_running:max{${own}})`,
                            ].join("\n"),
                        },
                        decimals: 0,
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Volumes"))
        .withPanel(
            chart(
                "Volume usage",
                "Share of each volume that is used.",
                [
                    {
                        expr: `max by (tenant, cluster, persistentvolumeclaim) (application:volume_used:ratio{${own}})`,
                        legend: "{{persistentvolumeclaim}} on {{cluster}}",
                    },
                ],
                { unit: PercentUnit, max: 1, span: 24 },
            ),
        );
    if (argocd !== undefined) {
        dashboard.withRow(new RowBuilder("Argo CD")).withPanel(
            table({
                title: "Sync and health",
                description: "What Argo CD deploys into the application's namespace, and what it says about it.",
                unit: Short,
                span: 24,
                height: 6,
                noValue: "Argo CD deploys nothing into this namespace",
                columns: [
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Argo CD application", from: { label: "name" } },
                    { title: "Sync", from: { label: "sync_status" } },
                    { title: "Health", from: { label: "health_status" } },
                    {
                        title: "Objects",
                        hidden: true,
                        from: {
                            expr: `group by (tenant, cluster, name, sync_status, health_status) (argocd_app_info{${chosen},dest_namespace=~"$namespace"})`,
                        },
                    },
                ],
            }),
        );
    }
    return dashboard;
}
