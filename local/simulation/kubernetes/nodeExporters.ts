import { counter, series, wave, type SimulatedCluster, type SimulatedSeries, type SimulatedTarget } from "../series";
import { busyNode, fullNode, nodes, type Node } from "./cast";

/** A node-exporter on each node. */
export function nodeExporters({ sick }: SimulatedCluster): SimulatedTarget[] {
    return nodes.map((node, index) => ({
        job: "node-exporter",
        instance: `${node.ip}:9100`,
        labels: {
            namespace: "observability",
            pod: `kps-prometheus-node-exporter-${index}`,
            container: "node-exporter",
            service: "kps-prometheus-node-exporter",
            endpoint: "http-metrics",
        },
        series: ofNode(node, sick),
    }));
}

function ofNode(node: Node, sick: boolean): SimulatedSeries[] {
    const busy = sick && node === busyNode ? 0.95 : 0.3;
    const rootUsed = sick && node === fullNode ? 0.93 : 0.4;
    const free = node.memoryBytes * (sick && node === busyNode ? 0.2 : 0.6);
    const shares = { user: busy * 0.7, system: busy * 0.3, iowait: 0.01, idle: 0.99 - busy };
    return [
        series(
            "node_uname_info",
            {
                nodename: node.name,
                machine: "x86_64",
                release: "6.8.0-45-generic",
                sysname: "Linux",
                domainname: "(none)",
                version: "#45-Ubuntu SMP",
            },
            1,
        ),
        series("node_boot_time_seconds", {}, Math.floor(Date.now() / 1000) - 40 * 86_400),
        // Two cores stand for all of them: a share of time is the same.
        ...["0", "1"].flatMap((cpu) =>
            Object.entries(shares).map(([mode, share]) => counter("node_cpu_seconds_total", { cpu, mode }, share)),
        ),
        wave("node_load1", {}, node.cores * busy),
        wave("node_load5", {}, node.cores * busy, 0.1),
        wave("node_load15", {}, node.cores * busy, 0.05),
        series("node_memory_MemTotal_bytes", {}, node.memoryBytes),
        wave("node_memory_MemAvailable_bytes", {}, free, 0.05),
        wave("node_memory_MemFree_bytes", {}, free / 2, 0.05),
        ...fileSystem("/", "/dev/vda1", "ext4", 100 * 2 ** 30, rootUsed),
        ...fileSystem("/boot", "/dev/vda2", "ext4", 2 ** 30, 0.3),
        // Not a disk, and full: it is no trouble.
        ...fileSystem("/run", "tmpfs", "tmpfs", 2 ** 30, 0.99),
        counter("node_disk_read_bytes_total", { device: "vda" }, 200_000),
        counter("node_disk_written_bytes_total", { device: "vda" }, 900_000),
        counter("node_disk_io_time_seconds_total", { device: "vda" }, busy / 4),
        ...["eth0", "lo"].flatMap((device) => [
            counter("node_network_receive_bytes_total", { device }, 500_000),
            counter("node_network_transmit_bytes_total", { device }, 700_000),
            counter("node_network_receive_errs_total", { device }, 0),
            counter("node_network_transmit_errs_total", { device }, 0),
        ]),
        series("node_timex_offset_seconds", {}, 0.0004),
        series("node_timex_sync_status", {}, 1),
    ];
}

function fileSystem(mountpoint: string, device: string, fstype: string, size: number, used: number) {
    const own = { mountpoint, device, fstype };
    return [
        series("node_filesystem_size_bytes", own, size),
        series("node_filesystem_avail_bytes", own, size * (1 - used)),
        series("node_filesystem_files", own, size / 16_384),
        series("node_filesystem_files_free", own, (size / 16_384) * 0.9),
        series("node_filesystem_readonly", own, 0),
    ];
}
