import {
    counter,
    histogram,
    series,
    wave,
    type SimulatedCluster,
    type SimulatedSeries,
    type SimulatedTarget,
} from "../series";
import { nodes } from "./cast";

const latency = { bounds: [0.005, 0.05, 0.25, 1, 5], shares: [0.6, 0.9, 0.97, 0.99, 1], mean: 0.04 };
const diskLatency = { bounds: [0.001, 0.002, 0.004, 0.008, 0.016], shares: [0.6, 0.9, 0.97, 0.995, 1], mean: 0.001 };
const host = "10.0.0.10";

/** API server, controller manager, scheduler, etcd, kube-proxy and CoreDNS. */
export function controlPlane({ sick }: SimulatedCluster): SimulatedTarget[] {
    const inKubeSystem = (job: string, instance: string, pod: string, found: SimulatedSeries[]): SimulatedTarget => ({
        job,
        instance,
        labels: { namespace: "kube-system", service: `kps-${job}`, endpoint: "http-metrics", pod },
        series: [...found, ...process],
    });
    return [
        {
            job: "apiserver",
            instance: `${host}:6443`,
            labels: { namespace: "default", service: "kubernetes", endpoint: "https" },
            series: [...apiServer(sick), ...process],
        },
        inKubeSystem("kube-controller-manager", `${host}:10257`, "kube-controller-manager-control-plane-0", [
            ...["deployment", "job", "node_lifecycle_controller"].flatMap((name) => workQueue(name)),
            ...client,
        ]),
        inKubeSystem("kube-scheduler", `${host}:10259`, "kube-scheduler-control-plane-0", [
            ...["active", "backoff", "gated", "unschedulable"].map((queue) =>
                series("scheduler_pending_pods", { queue }, sick && queue === "unschedulable" ? 1 : 0),
            ),
            ...["scheduled", "unschedulable", "error"].map((result) =>
                counter(
                    "scheduler_schedule_attempts_total",
                    { result, profile: "default-scheduler" },
                    result === "scheduled" ? 0.1 : sick ? 0.01 : 0,
                ),
            ),
            ...histogram(
                "scheduler_scheduling_attempt_duration_seconds",
                { result: "scheduled", profile: "default-scheduler" },
                { ...latency, perSecond: 0.1 },
            ),
            ...client,
        ]),
        inKubeSystem("kube-etcd", `${host}:2381`, "etcd-control-plane-0", etcd),
        ...nodes.map((node, index) =>
            inKubeSystem("kube-proxy", `${node.ip}:10249`, `kube-proxy-${index}`, [
                ...histogram("kubeproxy_sync_proxy_rules_duration_seconds", {}, { ...latency, perSecond: 0.05 }),
                ...histogram("kubeproxy_network_programming_duration_seconds", {}, { ...latency, perSecond: 0.05 }),
                ...client,
            ]),
        ),
        inKubeSystem("coredns", "10.244.0.17:9153", "coredns-5d4b-a", coreDns),
    ];
}

const process: SimulatedSeries[] = [
    counter("process_cpu_seconds_total", {}, 0.05),
    wave("process_resident_memory_bytes", {}, 200 * 2 ** 20, 0.05),
    series("process_start_time_seconds", {}, Math.floor(Date.now() / 1000) - 20 * 86_400),
    series("go_goroutines", {}, 300),
];

const client = ["200", "201", "409"].map((code) =>
    counter("rest_client_requests_total", { code, method: code === "200" ? "GET" : "PUT", host: `${host}:6443` }, 2),
);

function workQueue(name: string): SimulatedSeries[] {
    return [
        counter("workqueue_adds_total", { name }, 0.5),
        counter("workqueue_retries_total", { name }, 0.01),
        series("workqueue_depth", { name }, 0),
        ...histogram("workqueue_queue_duration_seconds", { name }, { ...latency, perSecond: 0.5 }),
    ];
}

function apiServer(sick: boolean): SimulatedSeries[] {
    const requests = [
        ["GET", "200", 8],
        ["LIST", "200", 3],
        ["PUT", "200", 2],
        ["POST", "201", 1],
        ["GET", "404", 0.2],
        ["POST", "500", sick ? 1.5 : 0.001],
    ] as const;
    return [
        ...requests.map(([verb, code, perSecond]) =>
            counter("apiserver_request_total", { verb, code, resource: "pods", scope: "namespace" }, perSecond),
        ),
        ...["GET", "LIST", "POST"].flatMap((verb) =>
            histogram(
                "apiserver_request_duration_seconds",
                { verb, resource: "pods", scope: "namespace" },
                { ...latency, perSecond: 3 },
            ),
        ),
        ...["mutating", "readOnly"].map((request_kind) =>
            wave("apiserver_current_inflight_requests", { request_kind }, 4),
        ),
        ...histogram(
            "apiserver_client_certificate_expiration_seconds",
            {},
            {
                perSecond: 2,
                bounds: [0, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 345_600, 604_800, 2_592_000, 7_776_000],
                // A kubeconfig that ends within the week is one that someone still uses.
                shares: [0, 0, 0, 0, 0, 0, 0, 0, 0, sick ? 0.1 : 0, sick ? 0.1 : 0, sick ? 0.1 : 0],
                mean: 15_000_000,
            },
        ),
        ...workQueue("APIServiceRegistrationController"),
    ];
}

const etcd: SimulatedSeries[] = [
    series("etcd_server_has_leader", {}, 1),
    series("etcd_server_is_leader", {}, 1),
    counter("etcd_server_leader_changes_seen_total", {}, 0),
    counter("etcd_server_proposals_failed_total", {}, 0),
    wave("etcd_mvcc_db_total_size_in_bytes", {}, 120 * 2 ** 20, 0.02),
    wave("etcd_mvcc_db_total_size_in_use_in_bytes", {}, 60 * 2 ** 20, 0.02),
    series("etcd_server_quota_backend_bytes", {}, 2 * 2 ** 30),
    ...histogram("etcd_disk_wal_fsync_duration_seconds", {}, { ...diskLatency, perSecond: 10 }),
    ...histogram("etcd_disk_backend_commit_duration_seconds", {}, { ...diskLatency, perSecond: 5 }),
];

const coreDns: SimulatedSeries[] = [
    ...["A", "AAAA"].map((type) =>
        counter(
            "coredns_dns_requests_total",
            { server: "dns://:53", zone: ".", view: "", proto: "udp", family: "1", type },
            5,
        ),
    ),
    ...[
        ["NOERROR", 7],
        ["NXDOMAIN", 3],
        ["SERVFAIL", 0.01],
    ].map(([rcode, perSecond]) =>
        counter(
            "coredns_dns_responses_total",
            { server: "dns://:53", zone: ".", view: "", plugin: "forward", rcode: String(rcode) },
            Number(perSecond),
        ),
    ),
    ...histogram(
        "coredns_dns_request_duration_seconds",
        { server: "dns://:53", zone: "." },
        { ...latency, perSecond: 10 },
    ),
    counter("coredns_cache_hits_total", { server: "dns://:53", type: "success", zones: ".", view: "" }, 8),
    counter("coredns_cache_misses_total", { server: "dns://:53", zones: ".", view: "" }, 2),
];
