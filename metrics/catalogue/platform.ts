import type { Catalogue } from "./metric";

const agents = "any Prometheus, 0.309 to 3.14, agent mode as well: storage/remote";
const receiver = "thanos receive 0.42.4: pkg/receive";

/** What the platform's own programs say about themselves. */
export const platformMetrics: Catalogue = {
    up: { source: "any Prometheus, of every target", tenant: true },
    prometheus_remote_storage_highest_timestamp_in_seconds: { source: `${agents}/write.go`, tenant: true },
    prometheus_remote_storage_queue_highest_sent_timestamp_seconds: {
        source: `${agents}/queue_manager.go`,
        tenant: true,
    },
    prometheus_tsdb_head_series: { source: `${receiver}/multitsdb.go, one TSDB a tenant`, tenant: true },
    prometheus_rule_evaluation_failures_total: {
        source: "thanos rule 0.42.4: pkg/rules/manager.go, by strategy",
        tenant: false,
    },
    thanos_compact_halted: { source: "thanos compact 0.42.4: cmd/thanos/compact.go", tenant: false },
    thanos_receive_head_series_limited_requests_total: { source: `${receiver}/head_series_limiter.go`, tenant: true },
    thanos_receive_replication_factor: { source: `${receiver}/handler.go`, tenant: false },
    thanos_receive_write_limits_hit_count: { source: `${receiver}/request_limiter.go, a summary`, tenant: true },
    thanos_receive_write_samples_count: { source: `${receiver}/handler.go, a histogram`, tenant: true },
    thanos_receive_write_samples_sum: { source: `${receiver}/handler.go, a histogram`, tenant: true },
};
