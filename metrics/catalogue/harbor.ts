import { metricsOf, type Catalogue } from "./metric";

/** What a Harbor registry says about itself. */
export const harborMetrics: Catalogue = {
    ...metricsOf("Harbor's exporter: src/pkg/exporter", [
        "harbor_artifact_pulled",
        "harbor_health",
        "harbor_project_member_total",
        "harbor_project_quota_byte",
        "harbor_project_quota_usage_byte",
        "harbor_project_repo_total",
        "harbor_project_total",
        "harbor_system_info",
        "harbor_task_concurrency",
        "harbor_task_queue_latency",
        "harbor_task_queue_size",
        "harbor_task_scheduled_total",
        "harbor_up",
    ]),
    ...metricsOf("Harbor's core: src/lib/metric/collector.go, with METRIC_SUBSYSTEM=core", [
        "harbor_core_http_inflight_requests",
        "harbor_core_http_request_duration_seconds",
        "harbor_core_http_request_total",
    ]),
    ...metricsOf("Harbor's jobservice: src/lib/metric/jobservice.go, with METRIC_SUBSYSTEM=jobservice", [
        "harbor_jobservice_info",
        "harbor_jobservice_task_process_time_seconds",
        "harbor_jobservice_task_total",
    ]),
    ...metricsOf("Harbor's registry, which is distribution: metrics/prometheus.go and registry/handlers", [
        "registry_http_in_flight_requests",
        "registry_http_request_duration_seconds_bucket",
        "registry_http_requests_total",
        "registry_http_response_size_bytes_bucket",
        "registry_storage_action_seconds_bucket",
        "registry_storage_cache_total",
    ]),
};
