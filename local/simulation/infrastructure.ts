import { counter, series, wave, type SimulatedTarget, type Simulation } from "./series";

/** An infrastructure called testbed, scraped by the first customer's agents: its own label wins over theirs. One OSD of it is down. */
export const infrastructure: Simulation = ({ tenant, sick }) =>
    tenant === undefined || sick ? [] : [openstack, ceph, ...libvirt];

const labels = { cluster: "testbed" };
const gibibyte = 2 ** 30;

const apis = ["identity", "nova", "neutron", "cinder", "glance", "placement", "loadbalancer"];

const computeNodes = ["testbed-node-0", "testbed-node-1", "testbed-node-2"];

function agents(metric: string, services: string[], adminState: string) {
    return computeNodes.flatMap((hostname, index) =>
        services.map((service) =>
            series(
                metric,
                { id: `${service}-${index}`, hostname, service, adminState, zone: "nova" },
                // One agent has gone.
                Number(!(service === "neutron-dhcp-agent" && index === 2)),
            ),
        ),
    );
}

const openstack: SimulatedTarget = {
    job: "openstack-exporter",
    instance: "192.168.16.10:9198",
    labels,
    series: [
        ...apis.map((api) => series(`openstack_${api}_up`, {}, 1)),
        ...agents("openstack_nova_agent_state", ["nova-compute"], "enabled"),
        ...agents("openstack_cinder_agent_state", ["cinder-volume"], "enabled"),
        ...agents("openstack_neutron_agent_state", ["neutron-openvswitch-agent", "neutron-dhcp-agent"], "up"),
        ...computeNodes.flatMap((hostname, index) => {
            const hypervisor = { hostname, availability_zone: "nova", aggregates: "" };
            return [
                series("openstack_nova_vcpus_available", hypervisor, 64),
                wave("openstack_nova_vcpus_used", hypervisor, 30 + index * 8, 0.05),
                series("openstack_nova_memory_available_bytes", hypervisor, 512 * gibibyte),
                wave("openstack_nova_memory_used_bytes", hypervisor, (200 + index * 60) * gibibyte, 0.05),
                series("openstack_nova_running_vms", { ...hypervisor, tenant_id: "a1" }, 12 + index),
            ];
        }),
        series("openstack_nova_total_vms", {}, 41),
        ...["ACTIVE", "ACTIVE", "SHUTOFF", "ERROR"].map((status, index) =>
            series(
                "openstack_nova_server_status",
                { id: `server-${index}`, name: `server-${index}`, status, tenant_id: "a1" },
                { ACTIVE: 0, SHUTOFF: 11, ERROR: 4 }[status] ?? 0,
            ),
        ),
        series("openstack_cinder_volumes", {}, 58),
        ...Object.entries({ available: 10, "in-use": 47, error: 1 }).map(([status, count]) =>
            series("openstack_cinder_volume_status_counter", { status }, count),
        ),
        series("openstack_cinder_pool_capacity_total_gb", { name: "ceph", volume_backend_name: "ceph" }, 9000),
        wave("openstack_cinder_pool_capacity_free_gb", { name: "ceph", volume_backend_name: "ceph" }, 4000, 0.02),
        series("openstack_neutron_networks", {}, 14),
        series("openstack_neutron_routers", {}, 9),
        series("openstack_neutron_floating_ips", {}, 22),
        ...["ovs", "ovs", "binding_failed"].map((binding_vif_type, index) =>
            series("openstack_neutron_port", { uuid: `port-${index}`, binding_vif_type, status: "ACTIVE" }, 1),
        ),
        ...[
            { network_name: "public", cidr: "192.168.112.0/24", used: 230, total: 254 },
            { network_name: "internal", cidr: "10.10.0.0/16", used: 900, total: 65_000 },
        ].flatMap(({ network_name, cidr, used, total }) => {
            const subnet = {
                network_id: network_name,
                network_name,
                subnet_name: `${network_name}-subnet`,
                cidr,
                ip_version: "4",
                project_id: "a1",
            };
            return [
                series("openstack_neutron_network_ip_availabilities_used", subnet, used),
                series("openstack_neutron_network_ip_availabilities_total", subnet, total),
            ];
        }),
    ],
};

const ceph: SimulatedTarget = {
    job: "ceph",
    instance: "192.168.16.11:9283",
    labels,
    series: [
        series("ceph_health_status", {}, 1),
        series("ceph_health_detail", { name: "OSD_DOWN", severity: "HEALTH_WARN" }, 1),
        ...["mon.testbed-node-0", "mon.testbed-node-1", "mon.testbed-node-2"].map((ceph_daemon) =>
            series("ceph_mon_quorum_status", { ceph_daemon }, 1),
        ),
        ...[0, 1, 2, 3, 4, 5].flatMap((id) => {
            const daemon = { ceph_daemon: `osd.${id}` };
            return [
                series("ceph_osd_up", daemon, Number(id !== 5)),
                series("ceph_osd_in", daemon, 1),
                wave("ceph_osd_apply_latency_ms", daemon, 4),
                wave("ceph_osd_commit_latency_ms", daemon, 5),
            ];
        }),
        series("ceph_pg_total", {}, 193),
        series("ceph_pg_active", {}, 193),
        series("ceph_pg_clean", {}, 160),
        series("ceph_pg_degraded", {}, 33),
        series("ceph_num_objects_degraded", {}, 4200),
        series("ceph_num_objects_misplaced", {}, 0),
        series("ceph_cluster_total_bytes", {}, 12_000 * gibibyte),
        wave("ceph_cluster_total_used_raw_bytes", {}, 6000 * gibibyte, 0.01),
        ...[
            { pool_id: "1", name: ".mgr", stored: 0.1 },
            { pool_id: "2", name: "volumes", stored: 1500 },
            { pool_id: "3", name: "images", stored: 300 },
        ].flatMap(({ pool_id, name, stored }) => [
            series("ceph_pool_metadata", { pool_id, name, type: "replicated" }, 1),
            series("ceph_pool_stored", { pool_id }, stored * gibibyte),
            series("ceph_pool_max_avail", { pool_id }, 1800 * gibibyte),
            counter("ceph_pool_rd", { pool_id }, stored / 10),
            counter("ceph_pool_wr", { pool_id }, stored / 20),
            counter("ceph_pool_rd_bytes", { pool_id }, stored * 4000),
            counter("ceph_pool_wr_bytes", { pool_id }, stored * 2000),
        ]),
    ],
};

/** The exporter of each host; libvirt of one does not answer, so it knows nothing of the virtual machines there. */
const libvirt: SimulatedTarget[] = computeNodes.map((host, index) => ({
    job: "libvirt-exporter",
    instance: `${host}:9177`,
    labels,
    series: [
        series("libvirt_up", {}, Number(index !== 2)),
        ...(index === 2 ? [] : ["instance-00000001", "instance-00000002"]).flatMap((domain, number) => [
            series("libvirt_domain_info_virtual_cpus", { domain }, 4),
            series("libvirt_domain_info_maximum_memory_bytes", { domain }, 8 * gibibyte),
            series("libvirt_domain_info_memory_usage_bytes", { domain }, 8 * gibibyte),
            counter("libvirt_domain_info_cpu_time_seconds_total", { domain }, 0.5 + index + number),
            ...["read", "write"].map((way) =>
                counter(`libvirt_domain_block_stats_${way}_bytes_total`, { domain, target_device: "vda" }, 400_000),
            ),
            ...["receive", "transmit"].map((way) =>
                counter(`libvirt_domain_interface_stats_${way}_bytes_total`, { domain, target_device: "tap0" }, 90_000),
            ),
        ]),
    ],
}));
