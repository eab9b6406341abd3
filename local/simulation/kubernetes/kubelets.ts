import {
    counter,
    histogram,
    series,
    wave,
    type SimulatedCluster,
    type SimulatedSeries,
    type SimulatedTarget,
} from "../series";
import { claims, nodes, pods, type Claim, type Node, type Pod } from "./cast";

/** The kubelets, each with a page of its own metrics and one of the containers' (cAdvisor). */
export function kubelets({ sick }: SimulatedCluster): SimulatedTarget[] {
    const running = pods(sick).filter(({ phase }) => phase === "Running");
    return nodes.flatMap((node) => {
        const page = (path: string, found: SimulatedSeries[]): SimulatedTarget => ({
            job: "kubelet",
            // A kubelet's pages differ in their path only; here an instance has one page.
            instance: path === "/metrics" ? `${node.ip}:10250` : `${node.ip}:10250${path}`,
            labels: {
                namespace: "kube-system",
                service: "kps-kubelet",
                endpoint: "https-metrics",
                node: node.name,
                metrics_path: path,
            },
            series: found,
        });
        const here = running.filter((pod) => pod.node === node);
        const mounted = claims(sick).filter((claim) => claim.node === node);
        return [
            page("/metrics", [...ownSeries(node, here.length), ...mounted.flatMap(ofClaim)]),
            page("/metrics/cadvisor", [...machine(node), ...here.flatMap((pod) => ofPod(pod, sick))]),
        ];
    });
}

function ownSeries(node: Node, runningPods: number): SimulatedSeries[] {
    const year = 365 * 86_400;
    const operations = ["create_container", "list_containers", "pull_image"];
    return [
        series("kubelet_node_name", { node: node.name }, 1),
        series("kubelet_running_pods", {}, runningPods),
        series("kubelet_running_containers", { container_state: "running" }, runningPods),
        series("kubelet_certificate_manager_client_ttl_seconds", {}, (seconds) => year / 2 - seconds),
        series("kubelet_certificate_manager_server_ttl_seconds", {}, (seconds) => year / 2 - seconds),
        counter("kubelet_certificate_manager_client_expiration_renew_errors", {}, 0),
        ...operations.flatMap((operation_type) => [
            counter("kubelet_runtime_operations_total", { operation_type }, 0.5),
            counter("kubelet_runtime_operations_errors_total", { operation_type }, 0.001),
        ]),
        ...histogram(
            "kubelet_pleg_relist_duration_seconds",
            {},
            { perSecond: 1, bounds: [0.005, 0.05, 0.5], shares: [0.6, 0.98, 1], mean: 0.01 },
        ),
        wave("process_resident_memory_bytes", {}, 90 * 2 ** 20, 0.05),
        counter("process_cpu_seconds_total", {}, 0.05),
    ];
}

function ofClaim({ namespace, name, capacityBytes, used }: Claim): SimulatedSeries[] {
    const own = { namespace, persistentvolumeclaim: name };
    const inodes = capacityBytes / 16_384;
    return [
        series("kubelet_volume_stats_capacity_bytes", own, capacityBytes),
        series("kubelet_volume_stats_used_bytes", own, capacityBytes * used),
        series("kubelet_volume_stats_available_bytes", own, capacityBytes * (1 - used)),
        series("kubelet_volume_stats_inodes", own, inodes),
        series("kubelet_volume_stats_inodes_used", own, inodes * 0.1),
        series("kubelet_volume_stats_inodes_free", own, inodes * 0.9),
    ];
}

function machine({ cores, memoryBytes }: Node): SimulatedSeries[] {
    return [series("machine_cpu_cores", {}, cores), series("machine_memory_bytes", {}, memoryBytes)];
}

function ofPod(pod: Pod, sick: boolean): SimulatedSeries[] {
    const ofSandbox = { namespace: pod.namespace, pod: pod.name };
    const own = { ...ofSandbox, container: pod.container, image: `registry.example.org/${pod.container}:1.0` };
    const network = { ...ofSandbox, interface: "eth0" };
    const throttled = sick && pod.namespace === "jupyterhub" ? 9 : 0.2;
    return [
        counter("container_cpu_usage_seconds_total", { ...own, cpu: "total" }, pod.cpu),
        wave("container_memory_working_set_bytes", own, pod.memoryBytes, 0.05),
        // cAdvisor counts a pod once more as a whole, without a container: sums over both are wrong.
        counter("container_cpu_usage_seconds_total", { ...ofSandbox, cpu: "total" }, pod.cpu),
        wave("container_memory_working_set_bytes", ofSandbox, pod.memoryBytes, 0.05),
        wave("container_memory_rss", own, pod.memoryBytes * 0.8, 0.05),
        series("container_fs_usage_bytes", { ...own, device: "/dev/vda1" }, 200 * 2 ** 20),
        counter("container_fs_reads_bytes_total", { ...own, device: "/dev/vda" }, 2_000),
        counter("container_fs_writes_bytes_total", { ...own, device: "/dev/vda" }, 9_000),
        counter("container_cpu_cfs_periods_total", own, 10),
        counter("container_cpu_cfs_throttled_periods_total", own, throttled),
        counter("container_oom_events_total", own, pod.waiting === undefined ? 0 : 1 / 300),
        counter("container_network_receive_bytes_total", network, 20_000),
        counter("container_network_transmit_bytes_total", network, 30_000),
    ];
}
