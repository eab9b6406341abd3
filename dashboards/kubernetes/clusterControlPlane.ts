import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import {
    BytesIEC,
    OpsPerSecond,
    Percent,
    RequestsPerSecond,
    Seconds,
    Short,
} from "@grafana/grafana-foundation-sdk/units";
import type { DashboardContext } from "../audience";
import { timeseries, type Line } from "../panels";
import { chosen } from "../variables";
import { components } from "./components";
import { levelDashboard } from "./levels";

/** Of providers that run the control plane themselves, and of the profile l0, only some components are scraped. */
const hidden = "Not scraped: the provider hides this component, or the cluster's profile leaves it out";

/** L2: what the components of a control plane do, and how fast. */
export function clusterControlPlane({ monitors }: DashboardContext): DashboardBuilder {
    return levelDashboard({
        level: "cluster-control-plane",
        title: "Cluster control plane",
        description:
            "API server, etcd, scheduler, controllers, kubelets and DNS of a cluster: what they do, and how fast.",
        tags: ["kaas"],
    })
        .withPanel(components(monitors.kaas.thresholds.controlPlaneHealthy, "cluster"))
        .withRow(new RowBuilder("API server"))
        .withPanel(
            graph("API requests", {
                description: "Requests that API servers answer, by status code.",
                unit: RequestsPerSecond,
                lines: [{ expr: rates("code", "apiserver_request_total"), legend: "{{code}} on {{cluster}}" }],
                stacked: true,
            }),
        )
        .withPanel(
            graph("API errors", {
                description: "Share of requests that API servers answer with 5xx.",
                unit: Percent,
                lines: [
                    {
                        expr: [
                            `100 * sum by (cluster, tenant) (`,
                            `  rate(apiserver_request_total{${chosen},code=~"5.."}[$__rate_interval])`,
                            ")",
                            `/ ${rates("", "apiserver_request_total")}`,
                        ].join("\n"),
                        legend: "5xx on {{cluster}}",
                    },
                ],
                noValue: "No request has failed",
            }),
        )
        .withPanel(
            graph("API latency", {
                description: "Seconds that API servers take for most requests. Those that stay open are left out.",
                unit: Seconds,
                lines: quantiles("apiserver_request_duration_seconds", 'verb!~"WATCH|WATCHLIST|CONNECT"'),
            }),
        )
        .withPanel(
            graph("API latency by verb", {
                description: "Seconds within which 99 of 100 requests of each verb are answered.",
                unit: Seconds,
                lines: [
                    {
                        expr: quantile(
                            0.99,
                            "verb, le",
                            `apiserver_request_duration_seconds_bucket{${chosen},verb!~"WATCH|WATCHLIST|CONNECT"}`,
                        ),
                        legend: "{{verb}} on {{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            graph("API requests in flight", {
                description: "Requests that API servers work on, by kind.",
                unit: Short,
                lines: [
                    {
                        expr: `sum by (cluster, tenant, request_kind) (apiserver_current_inflight_requests{${chosen}})`,
                        legend: "{{request_kind}} on {{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            graph("Requests to the API", {
                description: "Requests of the cluster's own components to its API, by what was answered.",
                unit: RequestsPerSecond,
                lines: [{ expr: rates("code", "rest_client_requests_total"), legend: "{{code}} on {{cluster}}" }],
                stacked: true,
            }),
        )
        .withRow(new RowBuilder("Etcd"))
        .withPanel(
            graph("Leader", {
                description:
                    "Whether each member of etcd knows a leader, and how often the leader has changed in an hour.",
                unit: Short,
                lines: [
                    {
                        expr: `max by (cluster, tenant, instance) (etcd_server_has_leader{${chosen}})`,
                        legend: "{{instance}} knows one on {{cluster}}",
                    },
                    {
                        expr: [
                            `max by (cluster, tenant) (etcd_server_leader_changes_seen_total{${chosen}})`,
                            "- max by (cluster, tenant) (",
                            `  min_over_time(etcd_server_leader_changes_seen_total{${chosen}}[1h])`,
                            ")",
                        ].join("\n"),
                        legend: "changes on {{cluster}}",
                    },
                ],
                noValue: hidden,
            }),
        )
        .withPanel(
            graph("Database size", {
                description: "Size of the database file of each member of etcd.",
                unit: BytesIEC,
                lines: [
                    {
                        expr: `max by (cluster, tenant, instance) (etcd_mvcc_db_total_size_in_bytes{${chosen}})`,
                        legend: "{{instance}} on {{cluster}}",
                    },
                ],
                noValue: hidden,
            }),
        )
        .withPanel(
            graph("Log sync", {
                description: "Seconds that etcd takes to write its log to disk. More than 10 ms is a slow disk.",
                unit: Seconds,
                lines: quantiles("etcd_disk_wal_fsync_duration_seconds"),
                noValue: hidden,
            }),
        )
        .withRow(new RowBuilder("Scheduler and controllers"))
        .withPanel(
            graph("Pending pods", {
                description: "Pods that wait for the scheduler, by queue.",
                unit: Short,
                lines: [
                    {
                        expr: `sum by (cluster, tenant, queue) (scheduler_pending_pods{${chosen}})`,
                        legend: "{{queue}} on {{cluster}}",
                    },
                ],
                noValue: hidden,
            }),
        )
        .withPanel(
            graph("Scheduling attempts", {
                description: "Attempts to find a node for a pod, by result.",
                unit: OpsPerSecond,
                lines: [
                    { expr: rates("result", "scheduler_schedule_attempts_total"), legend: "{{result}} on {{cluster}}" },
                ],
                noValue: hidden,
            }),
        )
        .withPanel(
            graph("Controller queues", {
                description: "The ten longest queues of the controller manager.",
                unit: Short,
                lines: [
                    {
                        expr: [
                            "topk(10, max by (cluster, tenant, name) (",
                            `  workqueue_depth{${chosen},job="kube-controller-manager"}`,
                            "))",
                        ].join("\n"),
                        legend: "{{name}} on {{cluster}}",
                    },
                ],
                noValue: hidden,
            }),
        )
        .withRow(new RowBuilder("Kubelets"))
        .withPanel(
            graph("Running pods", {
                description: "Pods that each kubelet runs.",
                unit: Short,
                lines: [
                    {
                        expr: `max by (cluster, tenant, node) (kubelet_running_pods{${chosen}})`,
                        legend: "{{node}} on {{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            graph("Relisting of pods", {
                description: "Seconds that kubelets take to look at all their pods. A slow one sees changes late.",
                unit: Seconds,
                lines: quantiles("kubelet_pleg_relist_duration_seconds"),
            }),
        )
        .withPanel(
            graph("Failed runtime operations", {
                description: "Operations of the container runtime that failed, by operation.",
                unit: OpsPerSecond,
                lines: [
                    {
                        expr: `${rates("operation_type", "kubelet_runtime_operations_errors_total")} > 0`,
                        legend: "{{operation_type}} on {{cluster}}",
                    },
                ],
                noValue: "No operation has failed",
            }),
        )
        .withRow(new RowBuilder("Network"))
        .withPanel(
            graph("DNS requests", {
                description: "Requests to CoreDNS, by type of record.",
                unit: RequestsPerSecond,
                lines: [{ expr: rates("type", "coredns_dns_requests_total"), legend: "{{type}} on {{cluster}}" }],
                stacked: true,
                noValue: hidden,
            }),
        )
        .withPanel(
            graph("DNS answers", {
                description: "Answers of CoreDNS, by code. SERVFAIL is bad; NXDOMAIN comes from search domains.",
                unit: RequestsPerSecond,
                lines: [{ expr: rates("rcode", "coredns_dns_responses_total"), legend: "{{rcode}} on {{cluster}}" }],
                stacked: true,
                noValue: hidden,
            }),
        )
        .withPanel(
            graph("Service rules", {
                description: "Seconds that kube-proxy takes to bring the rules of a node up to date.",
                unit: Seconds,
                lines: quantiles("kubeproxy_sync_proxy_rules_duration_seconds"),
                noValue: hidden,
            }),
        );
}

function graph(
    title: string,
    args: { description: string; unit: string; lines: Line[]; stacked?: boolean; noValue?: string },
) {
    return timeseries({ title, span: 8, height: 8, min: 0, ...args });
}

/** Events a second, by a label. */
function rates(label: string, counter: string): string {
    const labels = ["cluster", "tenant", ...(label === "" ? [] : [label])].join(", ");
    return `sum by (${labels}) (rate(${counter}{${chosen}}[$__rate_interval]))`;
}

function quantile(share: number, labels: string, buckets: string): string {
    return `histogram_quantile(${share}, sum by (cluster, tenant, ${labels}) (rate(${buckets}[$__rate_interval])))`;
}

/** The median and the slow ones of a histogram. */
function quantiles(histogram: string, matcher?: string): Line[] {
    const buckets = `${histogram}_bucket{${[chosen, ...(matcher === undefined ? [] : [matcher])].join(",")}}`;
    return [0.5, 0.9, 0.99].map((share) => ({
        expr: quantile(share, "le", buckets),
        legend: `${share * 100}% on {{cluster}}`,
    }));
}
