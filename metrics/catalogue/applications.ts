import { metricsOf, type Catalogue } from "./metric";

/** What stands in front of web applications, what deploys them, and what some of them say about themselves. */
export const applicationsMetrics: Catalogue = {
    ...metricsOf("ingress-nginx: internal/ingress/metric/collectors/socket.go", [
        "nginx_ingress_controller_request_duration_seconds_bucket",
        "nginx_ingress_controller_requests",
    ]),
    ...metricsOf(
        "Envoy, as Envoy Gateway runs it: cluster statistics, tagged by source/common/config/well_known_names.cc",
        ["envoy_cluster_upstream_rq", "envoy_cluster_upstream_rq_time_bucket"],
    ),
    ...metricsOf("Argo CD's application controller: controller/metrics/metrics.go", [
        "argocd_app_info",
        "argocd_app_reconcile_bucket",
        "argocd_app_sync_total",
    ]),
    ...metricsOf("Argo CD's repository server: reposerver/metrics/metrics.go", [
        "argocd_git_request_total",
        "argocd_repo_pending_request_total",
    ]),
    ...metricsOf("JupyterHub: jupyterhub/metrics.py", [
        "jupyterhub_active_users",
        "jupyterhub_request_duration_seconds_bucket",
        "jupyterhub_request_duration_seconds_count",
        "jupyterhub_running_servers",
        "jupyterhub_server_spawn_duration_seconds_bucket",
        "jupyterhub_server_stop_seconds_count",
        "jupyterhub_total_users",
    ]),
    ...metricsOf("external-secrets: pkg/controllers/externalsecret/esmetrics/esmetrics.go", [
        "externalsecret_status_condition",
        "externalsecret_sync_calls_error",
    ]),
    ...metricsOf("ricoberger/vault-secrets-operator: internal/metrics/metrics.go", [
        "vaultsecrets_reconciliation_status",
    ]),
    ...metricsOf("hashicorp/vault-secrets-operator: internal/metrics/metrics.go", ["controller_resource_status"]),
    ...metricsOf("giantswarm/cert-exporter: exporters/token/exporter.go", ["cert_exporter_token_not_after"]),
    ...metricsOf("kube-state-metrics: internal/store/cronjob.go", [
        "kube_cronjob_created",
        "kube_cronjob_next_schedule_time",
        "kube_cronjob_status_last_schedule_time",
    ]),
};
