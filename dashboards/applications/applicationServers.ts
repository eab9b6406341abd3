import { createHash } from "node:crypto";
import {
    MappingType,
    RowBuilder,
    type DashboardBuilder,
    type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import {
    BytesIEC,
    CountsPerSecond,
    PercentUnit,
    RequestsPerSecond,
    Seconds,
    Short,
} from "@grafana/grafana-foundation-sdk/units";
import { linkTo } from "../board";
import { onClusters, type ApplicationMonitor } from "../../platform/monitors";
import type { DashboardContext } from "../audience";
import { badAbove, badBelow, stat } from "../panels";
import { chosen } from "../variables";
import { chart, clustersBoard, headline } from "./board";

/** One dashboard for each application that runs under Gunicorn or has a PostgreSQL database. */
export function applicationServers({ monitors }: DashboardContext): DashboardBuilder[] {
    return monitors.applications.filter(({ gunicorn, database }) => gunicorn || database !== undefined).map(serversOf);
}

const longestUid = 40;

/** The uid of an application's dashboard: its name, so that no two clash; with a digest where the name is too long. */
export function serverUid(name: string): string {
    const readable = `server-${name}`;
    if (readable.length <= longestUid && !name.includes("--")) {
        return readable;
    }
    const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
    const start = readable.replaceAll(/-+/g, "-").slice(0, longestUid - digest.length - 1);
    return `${start.replace(/-$/, "")}-${digest}`;
}

function serversOf(application: ApplicationMonitor): DashboardBuilder {
    const { name, gunicorn, database } = application;
    const parts = [...(gunicorn ? ["Gunicorn"] : []), ...(database === undefined ? [] : ["PostgreSQL"])].join(" and ");
    const dashboard = clustersBoard({
        title: `${name.charAt(0).toUpperCase()}${name.slice(1)}: ${parts}`,
        uid: serverUid(name),
        description: `What ${name} runs on: ${parts}, in namespace ${application.namespace}.`,
    })
        .link(linkTo("Applications", "applications", { variables: false }))
        .link(linkTo("Application", "application", { variables: true }));
    if (gunicorn) {
        addGunicorn(dashboard, application);
    }
    if (database !== undefined) {
        addPostgres(dashboard, application, database);
    }
    return dashboard;
}

const ofService = "cluster, tenant, service";
const onCluster = "{{service}} on {{cluster}}";

function addGunicorn(dashboard: DashboardBuilder, application: ApplicationMonitor): void {
    const { name, namespace, checks } = application;
    const own = `${chosen},namespace="${namespace}"${onClusters(application)}`;
    const of = `${chosen},application="${name}"`;
    const responses = (matchers: string) =>
        `sum by (${ofService}) (rate(gunicorn_responses_total{${own}${matchers}}[$__rate_interval]))`;
    const quantile = (share: number) =>
        [
            `histogram_quantile(${share}, sum by (${ofService}, le) (`,
            `  rate(gunicorn_request_duration_seconds_bucket{${own}}[$__rate_interval])`,
            "))",
        ].join("\n");

    dashboard
        .withRow(new RowBuilder("Gunicorn"))
        .withPanel(
            headline(
                "Requests now",
                "Requests a second, of all services on the chosen clusters.",
                `sum(rate(gunicorn_requests_total{${own}}[$__rate_interval]))`,
                { unit: RequestsPerSecond, decimals: 1, span: 6 },
            ),
        )
        .withPanel(
            headline(
                "Error ratio now",
                "Share of requests that were answered with a 5xx, of the service where it is highest.",
                `max(application:gunicorn_errors:ratio_rate5m{${of}})`,
                {
                    unit: PercentUnit,
                    decimals: 2,
                    span: 6,
                    noValue: "No requests",
                    thresholds: badAbove([checks.errors.threshold / 100, "orange"]),
                },
            ),
        )
        .withPanel(
            headline(
                "Response time now",
                "What 95% of requests were answered within, of the service where that is longest.",
                `max(application:gunicorn_request_duration_seconds:p95{${of}})`,
                {
                    unit: Seconds,
                    span: 6,
                    noValue: "No requests",
                    thresholds: badAbove([checks.latency.threshold, "orange"]),
                },
            ),
        )
        .withPanel(
            headline(
                "Workers now",
                "Worker processes, of all services on the chosen clusters.",
                `sum(max by (${ofService}, pod) (gunicorn_workers{${own}}))`,
                { unit: Short, decimals: 0, span: 6 },
            ),
        )
        .withPanel(
            chart(
                "Response time",
                "What half, 90% and 99% of the requests to each service were answered within, of all its pods together.",
                [0.5, 0.9, 0.99].map((share) => ({ expr: quantile(share), legend: `${share * 100}%, ${onCluster}` })),
                { unit: Seconds },
            ),
        )
        .withPanel(
            chart(
                "Requests by status class",
                "Requests a second to each service, by the class of the answer's HTTP status.",
                ["2", "3", "4", "5"].map((digit) => ({
                    expr: responses(`,status=~"${digit}.."`),
                    legend: `${digit}xx, ${onCluster}`,
                })),
                { unit: RequestsPerSecond },
            ),
        )
        .withPanel(
            chart(
                "Error ratio",
                "Share of the requests to each service that were answered with a 5xx.",
                [
                    {
                        expr: `max by (${ofService}) (application:gunicorn_errors:ratio_rate5m{${of}})`,
                        legend: onCluster,
                    },
                ],
                { unit: PercentUnit },
            ),
        )
        .withPanel(
            chart(
                "Workers",
                "Worker processes of each pod. Gunicorn says how many when their number changes.",
                [
                    {
                        expr: `max by (${ofService}, pod) (gunicorn_workers{${own}})`,
                        legend: "{{pod}} on {{cluster}}",
                    },
                ],
                { unit: Short, decimals: 0 },
            ),
        )
        .withPanel(
            chart(
                "Log messages",
                "What Gunicorn logs each minute besides requests, by level: an exception in a worker, a worker that timed out.",
                [
                    {
                        expr: `60 * sum by (${ofService}, level) (rate(gunicorn_log_messages_total{${own}}[$__rate_interval]))`,
                        legend: `{{level}}, ${onCluster}`,
                    },
                ],
                { unit: Short, noValue: "Gunicorn has logged no warning and no error" },
            ),
        )
        .withPanel(
            chart(
                "Restarts",
                "Restarts of the application's containers in the hour before.",
                [
                    {
                        expr: `max by (cluster, tenant, pod, container) (application:container_restarts:increase1h{${of}})`,
                        legend: "{{pod}} {{container}} on {{cluster}}",
                    },
                ],
                { unit: Short, decimals: 0 },
            ),
        );
}

const upOrDown: ValueMapping[] = [
    {
        type: MappingType.ValueToText,
        options: { 0: { text: "Down", color: "red", index: 0 }, 1: { text: "Up", color: "green", index: 1 } },
    },
];

function addPostgres(dashboard: DashboardBuilder, application: ApplicationMonitor, database: string): void {
    const own = `${chosen},namespace="${application.namespace}"${onClusters(application)}`;
    const ofDatabase = `${own},datname=${JSON.stringify(database)}`;
    const perSecond = (metric: string) => `sum by (${ofService}) (rate(${metric}{${ofDatabase}}[$__rate_interval]))`;

    dashboard
        .withRow(new RowBuilder("PostgreSQL"))
        .withPanel(
            stat({
                title: "Database",
                description: "Whether postgres_exporter can connect, for each cluster.",
                expr: `max by (${ofService}) (pg_up{${own}})`,
                legend: "{{cluster}}",
                tiles: true,
                unit: Short,
                span: 6,
                height: 4,
                mappings: upOrDown,
                thresholds: badBelow(1, 1),
            }),
        )
        .withPanel(
            headline(
                "Connections now",
                "Share of the connections that the server allows, on the cluster where it is highest.",
                `max(application:postgres_connections:ratio{${chosen},application="${application.name}"})`,
                { unit: PercentUnit, decimals: 0, span: 6, thresholds: badAbove([0.8, "orange"], [0.95, "red"]) },
            ),
        )
        .withPanel(
            headline(
                "Deadlocks",
                "Deadlocks in an hour, at the pace of the last minutes.",
                `3600 * sum(rate(pg_stat_database_deadlocks{${ofDatabase}}[$__rate_interval]))`,
                { unit: Short, decimals: 0, span: 6, thresholds: badAbove([1, "orange"]) },
            ),
        )
        .withPanel(
            headline(
                "Size now",
                "The database on disk, on all chosen clusters together.",
                `sum(max by (${ofService}) (pg_database_size_bytes{${ofDatabase}}))`,
                { unit: BytesIEC, span: 6 },
            ),
        )
        .withPanel(
            chart(
                "Connections",
                "Connections to all databases of the server, and how many it allows.",
                [
                    {
                        expr: `sum by (${ofService}) (max by (${ofService}, datname) (pg_stat_database_numbackends{${own}}))`,
                        legend: `In use, ${onCluster}`,
                    },
                    {
                        expr: `max by (${ofService}) (pg_settings_max_connections{${own}})`,
                        legend: `Allowed, ${onCluster}`,
                    },
                ],
                { unit: Short, decimals: 0 },
            ),
        )
        .withPanel(
            chart(
                "Sessions by state",
                "What sessions of the database do. Those that are idle in a transaction hold locks and do nothing.",
                [
                    {
                        expr: `sum by (${ofService}, state) (pg_stat_activity_count{${ofDatabase}})`,
                        legend: `{{state}}, ${onCluster}`,
                    },
                ],
                { unit: Short, decimals: 0 },
            ),
        )
        .withPanel(
            chart(
                "Rows fetched",
                "Rows that queries fetch by index, each second.",
                [{ expr: perSecond("pg_stat_database_tup_fetched"), legend: onCluster }],
                { unit: CountsPerSecond },
            ),
        )
        .withPanel(
            chart(
                "Rows written",
                "Rows that are inserted, updated and deleted, each second.",
                ["inserted", "updated", "deleted"].map((change) => ({
                    expr: perSecond(`pg_stat_database_tup_${change}`),
                    legend: `${change}, ${onCluster}`,
                })),
                { unit: CountsPerSecond },
            ),
        )
        .withPanel(
            chart(
                "Transactions",
                "Transactions that are committed and rolled back, each second.",
                [
                    { expr: perSecond("pg_stat_database_xact_commit"), legend: `committed, ${onCluster}` },
                    { expr: perSecond("pg_stat_database_xact_rollback"), legend: `rolled back, ${onCluster}` },
                ],
                { unit: CountsPerSecond },
            ),
        )
        .withPanel(
            chart(
                "Size",
                "The database on disk.",
                [{ expr: `max by (${ofService}) (pg_database_size_bytes{${ofDatabase}})`, legend: onCluster }],
                { unit: BytesIEC },
            ),
        );
}
