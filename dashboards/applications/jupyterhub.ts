import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, RequestsPerSecond, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { linkTo } from "../board";
import type { ApplicationMonitor } from "../../platform/monitors";
import { badAbove } from "../panels";
import { chosen } from "../variables";
import { chart, clustersBoard, headline } from "./board";

const hub = "tenant, cluster, namespace";
const onCluster = "{{namespace}} on {{cluster}}";

/** Who uses a JupyterHub, how its servers start, and what they use. */
export function jupyterhub(hubs: ApplicationMonitor[]): DashboardBuilder {
    const namespaces = [...new Set(hubs.map(({ namespace }) => namespace))].join("|");
    const notebooks = `${chosen},namespace=~"${namespaces}",pod=~"jupyter-.+",container="notebook"`;
    const active = (period: string) => `sum(max by (${hub}) (jupyterhub_active_users{${chosen},period="${period}"}))`;
    const spawns = (status: string) =>
        `rate(jupyterhub_server_spawn_duration_seconds_count{${chosen},status=~"${status}"}[$__rate_interval])`;
    const quantile = (share: number, metric: string, by: string, matchers: string) =>
        [
            `histogram_quantile(${share}, sum by (${by}, le) (`,
            `  rate(${metric}{${chosen}${matchers}}[$__rate_interval])`,
            "))",
        ].join("\n");

    return clustersBoard({
        title: "JupyterHub",
        uid: "jupyterhub",
        description: "Who uses a JupyterHub, how its servers start and stop, how it answers, and what notebooks use.",
    })
        .link(linkTo("Applications", "applications", { variables: false }))
        .withPanel(
            headline(
                "Running servers",
                "Users' servers that run now.",
                `sum(max by (${hub}) (jupyterhub_running_servers{${chosen}}))`,
                { unit: Short },
            ),
        )
        .withPanel(
            headline("Active users, day", "Users who did something in the last 24 hours.", active("24h"), {
                unit: Short,
            }),
        )
        .withPanel(
            headline("Active users, week", "Users who did something in the last seven days.", active("7d"), {
                unit: Short,
            }),
        )
        .withPanel(
            headline("Active users, month", "Users who did something in the last 30 days.", active("30d"), {
                unit: Short,
            }),
        )
        .withPanel(
            headline(
                "Known users",
                "Users that the hub knows, whether they ever came back or not.",
                `sum(max by (${hub}) (jupyterhub_total_users{${chosen}}))`,
                { unit: Short },
            ),
        )
        .withPanel(
            headline(
                "Failed spawns",
                "Servers that do not start, each hour, at the pace of the last minutes.",
                `3600 * sum(${spawns("failure")}) or vector(0)`,
                { unit: Short, decimals: 0, thresholds: badAbove([1, "orange"]) },
            ),
        )
        .withRow(new RowBuilder("Servers"))
        .withPanel(
            chart(
                "Servers",
                "Users' servers that run.",
                [{ expr: `max by (${hub}) (jupyterhub_running_servers{${chosen}})`, legend: onCluster }],
                { unit: Short, decimals: 0 },
            ),
        )
        .withPanel(
            chart(
                "Users over time",
                "Users who did something in the day, the week and the month before.",
                [
                    {
                        expr: `max by (${hub}, period) (jupyterhub_active_users{${chosen}})`,
                        legend: `{{period}}, ${onCluster}`,
                    },
                ],
                { unit: Short, decimals: 0 },
            ),
        )
        .withPanel(
            chart(
                "Spawns",
                "Servers that users ask for, each minute, by how it ended.",
                [{ expr: `60 * sum by (${hub}, status) (${spawns(".+")})`, legend: `{{status}}, ${onCluster}` }],
                { unit: Short },
            ),
        )
        .withPanel(
            chart(
                "Spawn duration",
                "How long it takes until a server has started: half of them, and nineteen in twenty, are faster.",
                [0.5, 0.95].map((share) => ({
                    expr: quantile(share, "jupyterhub_server_spawn_duration_seconds_bucket", hub, ',status="success"'),
                    legend: `${share * 100}%, ${onCluster}`,
                })),
                { unit: Seconds },
            ),
        )
        .withPanel(
            chart(
                "Stops",
                "Servers that are stopped, each minute: by their users, by the culler, or at the end of their time.",
                [
                    {
                        expr: `60 * sum by (${hub}, status) (rate(jupyterhub_server_stop_seconds_count{${chosen}}[$__rate_interval]))`,
                        legend: `{{status}}, ${onCluster}`,
                    },
                ],
                { unit: Short, span: 24 },
            ),
        )
        .withRow(new RowBuilder("Hub"))
        .withPanel(
            chart(
                "Requests by route",
                "Requests a second to the hub, by the handler that answers and by status.",
                [
                    {
                        expr: `sum by (tenant, cluster, handler, code) (rate(jupyterhub_request_duration_seconds_count{${chosen}}[$__rate_interval]))`,
                        legend: "{{handler}} {{code}} on {{cluster}}",
                    },
                ],
                { unit: RequestsPerSecond },
            ),
        )
        .withPanel(
            chart(
                "Response time by route",
                "What 95% of the requests to each handler of the hub were answered within.",
                [
                    {
                        expr: quantile(
                            0.95,
                            "jupyterhub_request_duration_seconds_bucket",
                            "tenant, cluster, handler",
                            "",
                        ),
                        legend: "{{handler}} on {{cluster}}",
                    },
                ],
                { unit: Seconds },
            ),
        )
        .withRow(new RowBuilder("Notebooks"))
        .withPanel(
            chart(
                "Notebook CPU",
                "CPU cores that the notebooks of users use; the ten that use most.",
                [
                    {
                        expr: `topk(10, sum by (tenant, cluster, pod) (rate(container_cpu_usage_seconds_total{${notebooks}}[$__rate_interval])))`,
                        legend: "{{pod}} on {{cluster}}",
                    },
                ],
                { unit: Short },
            ),
        )
        .withPanel(
            chart(
                "Notebook memory",
                "Memory that the notebooks of users use; the ten that use most.",
                [
                    {
                        expr: `topk(10, max by (tenant, cluster, pod) (container_memory_working_set_bytes{${notebooks}}))`,
                        legend: "{{pod}} on {{cluster}}",
                    },
                ],
                { unit: BytesIEC },
            ),
        )
        .withPanel(
            chart(
                "Idle notebooks",
                "Notebooks that use less than a hundredth of a core, and those that use more.",
                [
                    {
                        expr: `count by (tenant, cluster) (sum by (tenant, cluster, pod) (rate(container_cpu_usage_seconds_total{${notebooks}}[$__rate_interval])) < 0.01)`,
                        legend: "Idle on {{cluster}}",
                    },
                    {
                        expr: `count by (tenant, cluster) (sum by (tenant, cluster, pod) (rate(container_cpu_usage_seconds_total{${notebooks}}[$__rate_interval])) >= 0.01)`,
                        legend: "Busy on {{cluster}}",
                    },
                ],
                { unit: Short, decimals: 0, noValue: "No notebook runs" },
            ),
        )
        .withPanel(
            chart(
                "Notebooks killed for memory",
                "Notebooks that were killed in the hour before for reaching their memory limit.",
                [
                    {
                        expr: `sum by (tenant, cluster) (application:container_oom_kills:increase1h{${chosen},namespace=~"${namespaces}",container="notebook"})`,
                        legend: "{{cluster}}",
                    },
                ],
                { unit: Short, decimals: 0, noValue: "No notebook was killed" },
            ),
        );
}
