import { counter, histogram, series, wave, type SimulatedTarget, type Simulation } from "./series";

/** What of the platform itself does not run on one machine: the operator, Grafana, and volumes. */
export const platform: Simulation = ({ tenant, sick }) =>
    tenant === undefined ? [operator(false), grafana, volumes] : [operator(sick), kubeStateMetrics(sick)];

/** Where pods of the namespace observability are scraped. */
const inNamespace = { namespace: "observability" };

function operator(sick: boolean): SimulatedTarget {
    const controllers = ["prometheus", "prometheus-agent", "alertmanager", "thanos"];
    return {
        job: "kps-operator",
        instance: "10.244.1.30:8080",
        labels: { ...inNamespace, service: "kps-operator" },
        series: [
            ...controllers.flatMap((controller) => [
                counter("prometheus_operator_reconcile_operations_total", { controller }, 0.05),
                counter("prometheus_operator_reconcile_errors_total", { controller }, 0),
            ]),
            ...["ServiceMonitor", "PodMonitor", "PrometheusRule"].flatMap((resource) => {
                const labels = { controller: "prometheus-agent", resource };
                const rejected = sick && resource === "ServiceMonitor" ? 1 : 0;
                return [
                    series("prometheus_operator_managed_resources", { ...labels, state: "selected" }, 12),
                    series("prometheus_operator_managed_resources", { ...labels, state: "rejected" }, rejected),
                ];
            }),
        ],
    };
}

function kubeStateMetrics(sick: boolean): SimulatedTarget {
    return {
        job: "kube-state-metrics",
        instance: "10.244.1.31:8081",
        labels: { ...inNamespace, service: "kps-kube-state-metrics", endpoint: "metrics" },
        series: ["*v1.Node", "*v1.Pod"].flatMap((resource) =>
            ["kube_state_metrics_list_total", "kube_state_metrics_watch_total"].flatMap((name) => [
                counter(name, { resource, result: "success" }, 0.02),
                counter(name, { resource, result: "error" }, sick ? 0.0001 : 0),
            ]),
        ),
    };
}

const grafana: SimulatedTarget = {
    job: "kps-grafana",
    instance: "10.244.0.32:3000",
    labels: { ...inNamespace, service: "kps-grafana" },
    series: [
        wave("process_resident_memory_bytes", {}, 180e6, 0.05),
        counter("process_cpu_seconds_total", {}, 0.02),
        ...[
            { handler: "/api/ds/query", status_code: "200", perSecond: 4 },
            { handler: "/api/ds/query", status_code: "500", perSecond: 0.01 },
            { handler: "/api/dashboards/uid/:uid", status_code: "200", perSecond: 0.2 },
        ].flatMap(({ perSecond, ...labels }) =>
            histogram(
                "grafana_http_request_duration_seconds",
                { ...labels, method: "POST" },
                { perSecond, bounds: [0.1, 0.5, 1, 5], shares: [0.7, 0.95, 0.98, 1], mean: 0.12 },
            ),
        ),
    ],
};

const volumes: SimulatedTarget = {
    job: "kubelet",
    instance: "10.1.0.11:10250",
    labels: { metrics_path: "/metrics", node: "observer-worker-0" },
    series: [
        { persistentvolumeclaim: "data-thanos-receive-ingester-0", gigabytes: 50, used: 0.4 },
        { persistentvolumeclaim: "data-thanos-compactor-0", gigabytes: 100, used: 0.2 },
        { persistentvolumeclaim: "prometheus-kps-prometheus-db-prometheus-kps-prometheus-0", gigabytes: 20, used: 0.5 },
    ].flatMap(({ persistentvolumeclaim, gigabytes, used }) => {
        const labels = { ...inNamespace, persistentvolumeclaim };
        return [
            series("kubelet_volume_stats_capacity_bytes", labels, gigabytes * 1e9),
            wave("kubelet_volume_stats_used_bytes", labels, used * gigabytes * 1e9, 0.02),
        ];
    }),
};
