import { metricsOf, type Catalogue } from "./metric";

const agents = "any Prometheus, 0.309 to 3.14, agent mode as well: storage/remote";
const receiver = "thanos receive 0.42.4: pkg/receive";
/** Without a tenant that means anything: what the observer's own programs say about themselves. */
const own = { tenant: false };

/** What the platform's own programs say about themselves. */
export const platformMetrics: Catalogue = {
    up: { source: "any Prometheus, of every target", tenant: true },
    ALERTS: { source: "thanos rule 0.42.4, Prometheus: rules/alerting.go", tenant: true },

    // Peers.
    peer_up: {
        source: "platform/peers.ts: `up` of its components, as the Prometheus of a peer writes it",
        tenant: true,
    },
    peer_probe_success: { source: "platform/probes.ts: probe_success of a peer's Probe", tenant: false },

    // Agents, and the observer's own Prometheus.
    prometheus_remote_storage_highest_timestamp_in_seconds: { source: `${agents}/write.go`, tenant: true },
    ...metricsOf(`${agents}/queue_manager.go`, [
        "prometheus_remote_storage_queue_highest_sent_timestamp_seconds",
        "prometheus_remote_storage_bytes_total",
        "prometheus_remote_storage_samples_dropped_total",
        "prometheus_remote_storage_samples_failed_total",
        "prometheus_remote_storage_samples_pending",
        "prometheus_remote_storage_samples_retried_total",
        "prometheus_remote_storage_samples_total",
        "prometheus_remote_storage_shards",
        "prometheus_remote_storage_shards_desired",
        "prometheus_remote_storage_shards_max",
    ]),
    ...metricsOf("Prometheus 3.9 in agent mode: tsdb/agent/db.go", [
        "prometheus_agent_active_series",
        "prometheus_agent_samples_appended_total",
    ]),
    ...metricsOf("any Prometheus: tsdb/wlog/wlog.go", ["prometheus_tsdb_wal_storage_size_bytes"]),
    ...metricsOf("any Prometheus: scrape/metrics.go", [
        "prometheus_target_scrape_pool_exceeded_label_limits_total",
        "prometheus_target_scrape_pool_exceeded_target_limit_total",
        "prometheus_target_scrape_pool_targets",
        "prometheus_target_scrape_pools_failed_total",
        "prometheus_target_scrapes_exceeded_body_size_limit_total",
        "prometheus_target_scrapes_exceeded_sample_limit_total",
        "prometheus_target_sync_failed_total",
    ]),
    ...metricsOf("any Prometheus: cmd/prometheus/main.go", ["prometheus_config_last_reload_successful"]),
    ...metricsOf(
        "Prometheus: notifier",
        ["prometheus_notifications_alertmanagers_discovered", "prometheus_notifications_dropped_total"],
        own,
    ),

    // A TSDB: of an ingestor, one a tenant; of the ruler and of the observer's Prometheus, one.
    ...metricsOf(`${receiver}/multitsdb.go, one TSDB a tenant; any Prometheus: tsdb`, [
        "prometheus_tsdb_compactions_failed_total",
        "prometheus_tsdb_head_max_time",
        "prometheus_tsdb_head_samples_appended_total",
        "prometheus_tsdb_head_series",
        "prometheus_tsdb_out_of_bound_samples_total",
        "prometheus_tsdb_storage_blocks_bytes",
        "prometheus_tsdb_too_old_samples_total",
        "prometheus_tsdb_wal_writes_failed_total",
    ]),

    // Receive.
    ...metricsOf(`${receiver}/handler.go`, ["thanos_receive_write_samples_count", "thanos_receive_write_samples_sum"]),
    ...metricsOf(
        `${receiver}/handler.go`,
        [
            "thanos_receive_forward_requests_total",
            "thanos_receive_pending_write_requests",
            "thanos_receive_replication_factor",
            "thanos_receive_replications_total",
        ],
        own,
    ),
    ...metricsOf(
        `${receiver}/config.go and cmd/thanos/receive.go`,
        ["thanos_receive_config_hash", "thanos_receive_config_last_reload_successful", "thanos_receive_hashring_nodes"],
        own,
    ),
    ...metricsOf(`${receiver}/head_series_limiter.go`, [
        "thanos_receive_head_series_limit",
        "thanos_receive_head_series_limited_requests_total",
    ]),
    ...metricsOf(`${receiver}/request_limiter.go, a summary`, ["thanos_receive_write_limits_hit_count"]),
    ...metricsOf(
        `${receiver}/limiter.go and head_series_limiter.go`,
        ["thanos_receive_limits_config_reload_err_total", "thanos_receive_metamonitoring_failed_queries_total"],
        own,
    ),

    // Every Thanos component. Queries and writes have a label tenant, which is always the default tenant here.
    ...metricsOf(
        "thanos 0.42.4: pkg/extprom/http",
        ["http_request_duration_seconds_bucket", "http_requests_total"],
        own,
    ),
    ...metricsOf("thanos 0.42.4: cmd/thanos/main.go", ["thanos_build_info"], own),
    ...metricsOf(
        "thanos-io/objstore: objstore.go",
        [
            "thanos_objstore_bucket_last_successful_upload_time",
            "thanos_objstore_bucket_operation_duration_seconds_bucket",
            "thanos_objstore_bucket_operation_failures_total",
            "thanos_objstore_bucket_operation_fetched_bytes_total",
            "thanos_objstore_bucket_operations_total",
        ],
        own,
    ),
    ...metricsOf("thanos receive, rule and sidecar 0.42.4: pkg/shipper; of receive by tenant", [
        "thanos_shipper_upload_failures_total",
        "thanos_shipper_uploads_total",
    ]),
    ...metricsOf("thanos sidecar 0.42.4: cmd/thanos/sidecar.go", ["thanos_sidecar_prometheus_up"], own),

    // Loki. It knows tenants by their header, which the tenant gateway writes.
    ...metricsOf("loki 3.7.8: pkg/validation/validate.go", ["loki_discarded_samples_total"]),
    ...metricsOf(
        "loki 3.7.8: pkg/loki, pkg/ingester/metrics.go and pkg/compactor/metrics.go",
        [
            "loki_compactor_apply_retention_last_successful_run_timestamp_seconds",
            "loki_ingester_chunks_flush_failures_total",
            "loki_request_duration_seconds_count",
        ],
        own,
    ),

    // Query and query-frontend.
    ...metricsOf(
        "thanos query 0.42.4: pkg/gate and pkg/query",
        [
            "thanos_query_concurrent_gate_queries_duration_seconds_bucket",
            "thanos_query_concurrent_gate_queries_in_flight",
            "thanos_query_concurrent_gate_queries_max",
            "thanos_store_api_query_duration_seconds_bucket",
            "thanos_store_nodes_grpc_connections",
        ],
        own,
    ),
    ...metricsOf(
        "thanos query-frontend 0.42.4: pkg/queryfrontend and internal/cortex",
        [
            "cortex_cache_fetched_keys_total",
            "cortex_cache_hits_total",
            "querier_cache_memory_bytes",
            "thanos_frontend_split_queries_total",
            "thanos_query_frontend_queries_total",
        ],
        own,
    ),

    // Store gateway and compactor.
    ...metricsOf(
        "thanos store 0.42.4: pkg/store/bucket.go and pkg/store/cache",
        [
            "thanos_bucket_store_block_load_failures_total",
            "thanos_bucket_store_blocks_loaded",
            "thanos_bucket_store_series_gate_queries_in_flight",
            "thanos_bucket_store_series_gate_queries_max",
            "thanos_store_index_cache_hits_total",
            "thanos_store_index_cache_requests_total",
        ],
        own,
    ),
    ...metricsOf(
        "thanos compact 0.42.4: cmd/thanos/compact.go and pkg/compact",
        [
            "thanos_compact_blocks_cleaned_total",
            "thanos_compact_blocks_marked_total",
            "thanos_compact_group_compactions_failures_total",
            "thanos_compact_group_compactions_total",
            "thanos_compact_halted",
            "thanos_compact_iterations_total",
            "thanos_compact_todo_compaction_blocks",
            "thanos_compact_todo_compactions",
            "thanos_compact_todo_deletion_blocks",
            "thanos_compact_todo_downsample_blocks",
        ],
        own,
    ),
    ...metricsOf("thanos store and compact 0.42.4: pkg/block/fetcher.go", ["thanos_blocks_meta_synced"], own),

    // Ruler.
    ...metricsOf(
        "thanos rule 0.42.4: pkg/rules/manager.go, by strategy; any Prometheus: rules",
        [
            "prometheus_rule_evaluation_failures_total",
            "prometheus_rule_evaluations_total",
            "prometheus_rule_group_interval_seconds",
            "prometheus_rule_group_iterations_missed_total",
            "prometheus_rule_group_last_duration_seconds",
        ],
        own,
    ),
    ...metricsOf(
        "thanos rule 0.42.4: pkg/alert/alert.go and cmd/thanos/rule.go",
        [
            "thanos_alert_queue_alerts_dropped_total",
            "thanos_alert_queue_capacity",
            "thanos_alert_queue_length",
            "thanos_alert_sender_alerts_dropped_total",
            "thanos_alert_sender_alerts_sent_total",
            "thanos_rule_config_last_reload_successful",
        ],
        own,
    ),

    // Alertmanager.
    ...metricsOf(
        "Alertmanager 0.31.1: provider/mem, types, notify, silence, cluster, config",
        [
            "alertmanager_alerts",
            "alertmanager_alerts_received_total",
            "alertmanager_cluster_members",
            "alertmanager_config_last_reload_successful",
            "alertmanager_notification_latency_seconds_bucket",
            "alertmanager_notifications_failed_total",
            "alertmanager_notifications_total",
            "alertmanager_silences",
        ],
        own,
    ),

    // Grafana and the exporters' own health.
    ...metricsOf(
        "Grafana 12: pkg/middleware/request_metrics.go",
        ["grafana_http_request_duration_seconds_bucket", "grafana_http_request_duration_seconds_count"],
        own,
    ),
    ...metricsOf("prometheus-operator: pkg/operator/operator.go, by controller", [
        "prometheus_operator_managed_resources",
        "prometheus_operator_reconcile_errors_total",
        "prometheus_operator_reconcile_operations_total",
    ]),
    ...metricsOf("kube-state-metrics 2: pkg/metrics/metrics.go, on its telemetry port", [
        "kube_state_metrics_list_total",
        "kube_state_metrics_watch_total",
    ]),
};
