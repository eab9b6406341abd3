import { namespace } from "../../platform/names";
import type { RuleGroupDefinition } from "../ruleGroup";

/** Agents, and what else of the platform runs in customers' clusters: theirs is the cluster, ours is what we put there. */
export function agents(): RuleGroupDefinition {
    const perAgent = "max by (cluster, tenant, instance)";
    const onAgent = "and on (cluster, tenant, instance) prometheus_agent_active_series";

    return {
        name: "platform-agents",
        layer: "platform",
        rules: [
            {
                alert: "AgentLosingSamples",
                // Samples that relabelling takes out are dropped as well, and are meant to be.
                expr: [
                    "(",
                    "  sum by (cluster, tenant, instance, remote_name) (",
                    "    rate(prometheus_remote_storage_samples_failed_total[5m])",
                    "  )",
                    "  + (",
                    "    sum by (cluster, tenant, instance, remote_name) (",
                    '      rate(prometheus_remote_storage_samples_dropped_total{reason!="dropped_series"}[5m])',
                    "    )",
                    "    or 0 * sum by (cluster, tenant, instance, remote_name) (",
                    "      rate(prometheus_remote_storage_samples_failed_total[5m])",
                    "    )",
                    "  )",
                    ")",
                    "/ on (cluster, tenant, instance) group_left",
                    "sum by (cluster, tenant, instance) (rate(prometheus_agent_samples_appended_total[5m]))",
                    "> 0.01",
                ].join("\n"),
                for: "10m",
                severity: "ticket",
                summary: "An agent of cluster {{ $labels.cluster }} of {{ $labels.tenant }} loses samples for good",
                description:
                    "{{ $value | humanizePercentage }} of what agent {{ $labels.instance }} scrapes does not reach " +
                    "{{ $labels.remote_name }}: it was refused, or was four hours old before it was its turn.",
            },
            {
                alert: "AgentScrapeFailing",
                expr: [
                    `${perAgent} (1 - prometheus_config_last_reload_successful) > 0`,
                    onAgent,
                    "or",
                    "sum by (cluster, tenant, instance) (",
                    "  increase(prometheus_target_sync_failed_total[5m])",
                    ")",
                    "+ sum by (cluster, tenant, instance) (",
                    "  increase(prometheus_target_scrape_pools_failed_total[5m])",
                    "  + increase(prometheus_target_scrape_pool_exceeded_target_limit_total[5m])",
                    "  + increase(prometheus_target_scrape_pool_exceeded_label_limits_total[5m])",
                    "  + increase(prometheus_target_scrapes_exceeded_sample_limit_total[5m])",
                    "  + increase(prometheus_target_scrapes_exceeded_body_size_limit_total[5m])",
                    ")",
                    "> 0",
                    onAgent,
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary:
                    "An agent of cluster {{ $labels.cluster }} of {{ $labels.tenant }} does not scrape all it should",
                description:
                    "Agent {{ $labels.instance }} could not take its configuration, or had to leave out targets or " +
                    "their samples because of a limit.",
            },
            {
                alert: "AgentNearMemoryLimit",
                expr: [
                    "max by (cluster, tenant, namespace, pod) (",
                    `  container_memory_working_set_bytes{namespace="${namespace}",pod=~"prom-agent-.+",container="prometheus"}`,
                    ")",
                    "/ on (cluster, tenant, namespace, pod)",
                    "max by (cluster, tenant, namespace, pod) (",
                    "  kube_pod_container_resource_limits{",
                    `    namespace="${namespace}",pod=~"prom-agent-.+",container="prometheus",resource="memory"`,
                    "  }",
                    ")",
                    "> 0.9",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "An agent of cluster {{ $labels.cluster }} of {{ $labels.tenant }} is short of memory",
                description:
                    "{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its limit. When it is killed, it loses " +
                    "all that it has not sent.",
            },
            {
                alert: "PrometheusOperatorFailing",
                expr: [
                    "sum by (cluster, tenant, controller) (rate(prometheus_operator_reconcile_errors_total[5m]))",
                    "/",
                    "sum by (cluster, tenant, controller) (rate(prometheus_operator_reconcile_operations_total[5m]))",
                    "> 0.1",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "The Prometheus operator of {{ $labels.cluster }} cannot do its work",
                description:
                    "{{ $value | humanizePercentage }} of what its controller {{ $labels.controller }} tries fails. " +
                    "Everything goes on as it was; changes of the configuration do not arrive.",
            },
            {
                alert: "PrometheusOperatorRejecting",
                expr: [
                    "max by (cluster, tenant, controller, resource) (",
                    '  prometheus_operator_managed_resources{state="rejected"}',
                    ")",
                    "> 0",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary:
                    "The Prometheus operator of {{ $labels.cluster }} leaves out objects of kind {{ $labels.resource }}",
                description:
                    '{{ $value | printf "%.0f" }} of them are not valid, so what they ask for is not scraped, or not ' +
                    "evaluated.",
            },
            {
                alert: "KubeStateMetricsErrors",
                expr: ["list", "watch"]
                    .map((verb) =>
                        [
                            "sum by (cluster, tenant) (",
                            `  rate(kube_state_metrics_${verb}_total{result="error"}[5m])`,
                            ")",
                            "/",
                            `sum by (cluster, tenant) (rate(kube_state_metrics_${verb}_total[5m]))`,
                            "> 0.05",
                        ].join("\n"),
                    )
                    .join("\nor\n"),
                for: "15m",
                severity: "ticket",
                summary: "The kube-state-metrics of {{ $labels.cluster }} cannot read the cluster",
                description:
                    "{{ $value | humanizePercentage }} of its requests to the API server fail. What it says about " +
                    "nodes, pods and volumes may be old.",
            },
        ],
    };
}
