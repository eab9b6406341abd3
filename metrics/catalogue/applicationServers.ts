import { metricsOf, type Catalogue } from "./metric";

/** What applications run on, and what people push themselves. */
export const applicationServersMetrics: Catalogue = {
    ...metricsOf("gunicorn 20 to 25: instrument/statsd.py, by statsd_exporter 0.31.0 with platform/gunicorn.ts", [
        "gunicorn_log_messages_total",
        "gunicorn_request_duration_seconds_bucket",
        "gunicorn_request_duration_seconds_count",
        "gunicorn_request_duration_seconds_sum",
        "gunicorn_requests_total",
        "gunicorn_responses_total",
        "gunicorn_workers",
    ]),
    ...metricsOf("statsd_exporter 0.31.0: main.go", ["statsd_exporter_build_info"]),
    ...metricsOf("postgres_exporter 0.17: cmd/postgres_exporter", [
        "pg_settings_max_connections",
        "pg_stat_activity_count",
        "pg_up",
        "postgres_exporter_build_info",
    ]),
    ...metricsOf("postgres_exporter 0.17: collector/pg_database.go", ["pg_database_size_bytes"]),
    ...metricsOf("postgres_exporter 0.17: collector/pg_stat_database.go, by datname", [
        "pg_stat_database_deadlocks",
        "pg_stat_database_numbackends",
        "pg_stat_database_tup_deleted",
        "pg_stat_database_tup_fetched",
        "pg_stat_database_tup_inserted",
        "pg_stat_database_tup_updated",
        "pg_stat_database_xact_commit",
        "pg_stat_database_xact_rollback",
    ]),
    // Whose names config gives are the user's own, and nobody can look them up. These are the ones of everyMonitor, which
    // stand for them wherever expressions are held against this catalogue.
    ...metricsOf("pushed, see monitors.pushed", ["battery_percentage", "cluster_temperature_C"]),
};
