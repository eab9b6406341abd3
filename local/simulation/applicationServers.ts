import {
    counter,
    histogram,
    series,
    wave,
    type SimulatedSeries,
    type SimulatedTarget,
    type Simulation,
} from "./series";

/** Portal under Gunicorn, its database, and metrics that edge devices push. */
export const applicationServers: Simulation = ({ tenant, sick }) =>
    tenant === undefined
        ? []
        : [
              statsdExporter("portal-7d9f-a", "10.244.1.10", sick),
              statsdExporter("portal-7d9f-b", "10.244.2.10", sick),
              postgresExporter(sick),
              collector(sick),
          ];

const build = (version: string) => ({ version, branch: "HEAD", goversion: "go1.26.0" });

function statsdExporter(pod: string, address: string, sick: boolean): SimulatedTarget {
    const responses: Record<string, number> = sick
        ? { "200": 4, "302": 0.5, "500": 0.6 }
        : { "200": 6, "302": 0.8, "404": 0.2 };
    const requests = Object.values(responses).reduce((sum, perSecond) => sum + perSecond, 0);
    const messages: Record<string, number> = sick ? { error: 0.6, exception: 0.1, warning: 0.2 } : { warning: 0.01 };
    return {
        job: "portal",
        instance: `${address}:9102`,
        labels: { namespace: "portal", service: "portal", pod, container: "statsd-exporter", endpoint: "prometheus" },
        series: [
            series("statsd_exporter_build_info", build("0.31.0"), 1),
            series("gunicorn_workers", {}, sick && pod.endsWith("b") ? (seconds) => (seconds < 1200 ? 4 : 2) : 4),
            counter("gunicorn_requests_total", {}, requests),
            ...Object.entries(responses).map(([status, perSecond]) =>
                counter("gunicorn_responses_total", { status }, perSecond),
            ),
            ...Object.entries(messages).map(([level, perSecond]) =>
                counter("gunicorn_log_messages_total", { level }, perSecond),
            ),
            ...histogram(
                "gunicorn_request_duration_seconds",
                {},
                {
                    perSecond: requests,
                    bounds: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
                    shares: sick
                        ? [0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.75, 0.9, 0.97, 1]
                        : [0.2, 0.4, 0.6, 0.8, 0.95, 0.99, 1],
                    mean: sick ? 0.9 : 0.06,
                },
            ),
        ],
    };
}

function postgresExporter(sick: boolean): SimulatedTarget {
    const server = { server: "localhost:5432" };
    const ofDatabase = (datname: string, datid: string, busy: number): SimulatedSeries[] => {
        const labels = { datname, datid };
        return [
            wave("pg_stat_database_numbackends", labels, busy * (sick ? 90 : 20), 0.05),
            counter("pg_stat_database_xact_commit", labels, busy * 30),
            counter("pg_stat_database_xact_rollback", labels, busy * (sick ? 3 : 0.1)),
            counter("pg_stat_database_tup_fetched", labels, busy * 900),
            counter("pg_stat_database_tup_inserted", labels, busy * 12),
            counter("pg_stat_database_tup_updated", labels, busy * 8),
            counter("pg_stat_database_tup_deleted", labels, busy * 1),
            counter("pg_stat_database_deadlocks", labels, sick ? busy / 300 : 0),
            series("pg_database_size_bytes", { ...server, datname }, (seconds) => busy * (2e9 + 1000 * seconds) + 8e6),
            ...Object.entries({ active: 0.2, idle: 0.7, "idle in transaction": 0.1 }).map(([state, share]) =>
                wave(
                    "pg_stat_activity_count",
                    { ...server, datname, state, usename: datname, backend_type: "client backend" },
                    busy * share * (sick ? 90 : 20),
                ),
            ),
        ];
    };
    return {
        job: "portal-db",
        instance: "10.244.2.20:9187",
        labels: {
            namespace: "portal",
            service: "portal-db",
            pod: "db-0",
            container: "postgres-exporter",
            endpoint: "prometheus",
        },
        series: [
            series("postgres_exporter_build_info", build("0.17.1"), 1),
            series("pg_up", {}, 1),
            series("pg_settings_max_connections", server, 100),
            ...ofDatabase("portal", "16384", 1),
            ...ofDatabase("postgres", "5", 0.02),
        ],
    };
}

/** As an OpenTelemetry collector exposes what is pushed to it, with the names that everyMonitor has. */
function collector(sick: boolean): SimulatedTarget {
    return {
        job: "opentelemetry-collector",
        instance: "10.244.1.70:8889",
        labels: { namespace: "observability", pod: "opentelemetry-collector-a", container: "collector" },
        series: [
            wave("cluster_temperature_C", { rack_id: "rack-1" }, 24, 0.1),
            wave("cluster_temperature_C", { rack_id: "rack-2" }, sick ? 41 : 25, 0.1),
            series("battery_percentage", { device: "battery0" }, (seconds) => Math.max(5, 98 - seconds / 100)),
        ],
    };
}
