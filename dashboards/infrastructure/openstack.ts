import {
    MappingType,
    RowBuilder,
    type DashboardBuilder,
    type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, Gigabytes, PercentUnit, Short } from "@grafana/grafana-foundation-sdk/units";
import { badAbove, badBelow, stat, table, timeseries } from "../panels";
import { chosenInfrastructure as chosen, infrastructureBoard } from "./board";

/** How it is shown that an API answers. */
export const apiMappings: { mappings: ValueMapping[]; thresholds: ReturnType<typeof badBelow> } = {
    mappings: [
        { type: MappingType.ValueToText, options: { "0": { text: "Down", index: 0 }, "1": { text: "Up", index: 1 } } },
    ],
    thresholds: badBelow(1, 1),
};

/** OpenStack: APIs, agents, and what is left of what can be given away. */
export function openstack(): DashboardBuilder {
    return infrastructureBoard({
        title: "OpenStack",
        uid: "openstack",
        description: "APIs, agents, capacity, networks and volumes of each OpenStack, as openstack-exporter sees them.",
    })
        .withRow(new RowBuilder("APIs and agents"))
        .withPanel(
            stat({
                title: "APIs",
                description: "Whether openstack-exporter has an answer of each API.",
                unit: Short,
                span: 12,
                height: 7,
                expr: `max by (cluster, service) (openstack:api_up:min{${chosen}})`,
                legend: "{{cluster}} {{service}}",
                tiles: true,
                ...apiMappings,
            }),
        )
        .withPanel(
            table({
                title: "Agents that are down",
                description: "Agents that their service has not heard of, those out of service included.",
                unit: Short,
                span: 12,
                height: 7,
                noValue: "Every agent is up",
                columns: [
                    { title: "Infrastructure", from: { label: "cluster" } },
                    { title: "Agent", from: { label: "service" } },
                    { title: "Host", from: { label: "hostname" } },
                    { title: "In service", from: { label: "adminState" } },
                    {
                        title: "Up",
                        hidden: true,
                        from: {
                            expr: ["nova", "cinder", "neutron"]
                                .map(
                                    (api) =>
                                        "max by (cluster, service, hostname, adminState) " +
                                        `(openstack_${api}_agent_state{${chosen}}) == 0`,
                                )
                                .join("\nor\n"),
                        },
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Compute"))
        .withPanel(
            stat({
                title: "Instances",
                description: "Instances of all projects.",
                unit: Short,
                span: 4,
                height: 8,
                expr: `sum(max by (cluster) (openstack_nova_total_vms{${chosen}}))`,
            }),
        )
        .withPanel(
            stat({
                title: "Instances in error",
                description: "Instances in status ERROR. After a day there is a ticket.",
                unit: Short,
                span: 4,
                height: 8,
                expr: `count(openstack_nova_server_status{${chosen},status="ERROR"}) or vector(0)`,
                thresholds: badAbove([1, "orange"]),
            }),
        )
        .withPanel(
            stat({
                title: "Memory given away",
                description: "Share of all hypervisors' memory that is given to instances.",
                unit: PercentUnit,
                span: 4,
                height: 8,
                expr: [
                    `sum(openstack_nova_memory_used_bytes{${chosen}})`,
                    `/ sum(openstack_nova_memory_available_bytes{${chosen}})`,
                ].join("\n"),
                thresholds: badAbove([0.75, "orange"], [0.9, "red"]),
            }),
        )
        .withPanel(
            timeseries({
                title: "Virtual CPUs by hypervisor",
                description: "Virtual CPUs that each hypervisor has given to instances; it may be more than it has.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `max by (cluster, hostname) (openstack_nova_vcpus_used{${chosen}})`,
                        legend: "{{cluster}} {{hostname}} used",
                    },
                    {
                        expr: `max by (cluster, hostname) (openstack_nova_vcpus_available{${chosen}})`,
                        legend: "{{cluster}} {{hostname}} in all",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Memory by hypervisor",
                description: "Memory that each hypervisor has given to instances.",
                unit: BytesIEC,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `max by (cluster, hostname) (openstack_nova_memory_used_bytes{${chosen}})`,
                        legend: "{{cluster}} {{hostname}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Instances by hypervisor",
                description: "Instances that run on each hypervisor.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                stacked: true,
                lines: [
                    {
                        expr: `sum by (cluster, hostname) (openstack_nova_running_vms{${chosen}})`,
                        legend: "{{cluster}} {{hostname}}",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Network"))
        .withPanel(
            table({
                title: "Addresses by subnet",
                description: "How many of each subnet's addresses are in use.",
                unit: Short,
                span: 16,
                height: 8,
                columns: [
                    { title: "Infrastructure", from: { label: "cluster" } },
                    { title: "Network", from: { label: "network_name" } },
                    { title: "Subnet", from: { label: "cidr" } },
                    { title: "Used", from: { expr: addresses("used") } },
                    { title: "All", from: { expr: addresses("total") } },
                    {
                        title: "Share",
                        from: { expr: `${addresses("used")} / on (cluster, network_name, cidr) ${addresses("total")}` },
                        unit: PercentUnit,
                        decimals: 1,
                        thresholds: badAbove([0.8, "orange"], [0.95, "red"]),
                    },
                ],
            }),
        )
        .withPanel(
            stat({
                title: "Networks and routers",
                description: "Networks, routers and floating addresses of all projects.",
                unit: Short,
                span: 4,
                height: 8,
                tiles: true,
                legend: "{{what}}",
                expr: ["networks", "routers", "floating_ips"]
                    .map(
                        (what) =>
                            `label_replace(sum(max by (cluster) (openstack_neutron_${what}{${chosen}})), ` +
                            `"what", "${what.replace("_", " ")}", "", "")`,
                    )
                    .join("\nor\n"),
            }),
        )
        .withPanel(
            stat({
                title: "Ports not bound",
                description: "Ports whose binding has failed: what they belong to has no network.",
                unit: Short,
                span: 4,
                height: 8,
                expr: `count(openstack_neutron_port{${chosen},binding_vif_type="binding_failed"}) or vector(0)`,
                thresholds: badAbove([1, "orange"]),
            }),
        )
        .withRow(new RowBuilder("Volumes"))
        .withPanel(
            timeseries({
                title: "Volumes by status",
                description: "Volumes of all projects by their status.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                stacked: true,
                lines: [
                    {
                        expr: `sum by (cluster, status) (openstack_cinder_volume_status_counter{${chosen}})`,
                        legend: "{{cluster}} {{status}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Free space by pool",
                description: "What each pool of Cinder still has, and how much it has in all.",
                unit: Gigabytes,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `max by (cluster, name) (openstack_cinder_pool_capacity_free_gb{${chosen}})`,
                        legend: "{{cluster}} {{name}} free",
                    },
                    {
                        expr: `max by (cluster, name) (openstack_cinder_pool_capacity_total_gb{${chosen}})`,
                        legend: "{{cluster}} {{name}} in all",
                    },
                ],
            }),
        );
}

function addresses(which: "used" | "total"): string {
    return (
        "max by (cluster, network_name, cidr) " + `(openstack_neutron_network_ip_availabilities_${which}{${chosen}})`
    );
}
