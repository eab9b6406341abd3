import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, BytesPerSecondIEC, Percent, Short } from "@grafana/grafana-foundation-sdk/units";
import { badAbove, stat, table, timeseries } from "../panels";
import { chosenInfrastructure as chosen, infrastructureBoard } from "./board";

/** The sum over what a virtual machine has several of. */
const rate = (metric: string) => `sum by (cluster, instance, domain) (rate(${metric}{${chosen}}[$__rate_interval]))`;
const domain = (metric: string) => `max by (cluster, instance, domain) (libvirt_domain_info_${metric}{${chosen}})`;
const cpu = `100 * ${rate("libvirt_domain_info_cpu_time_seconds_total")}\n/ ${domain("virtual_cpus")}`;
const top = (expr: string) => `topk(20, ${expr})`;

/** libvirt: hosts and the virtual machines on them. Only metrics that all of the exporters in use have. */
export function libvirt(): DashboardBuilder {
    return infrastructureBoard({
        title: "Virtual machines",
        uid: "libvirt",
        description: "Hosts with libvirt and the virtual machines on them, as libvirt-exporter sees them.",
    })
        .withRow(new RowBuilder("Hosts"))
        .withPanel(
            stat({
                title: "Hosts down",
                description: "Hosts whose libvirt does not answer its exporter.",
                unit: Short,
                span: 6,
                height: 6,
                expr: `count(max by (cluster, instance) (libvirt_up{${chosen}}) == 0) or vector(0)`,
                thresholds: badAbove([1, "red"]),
            }),
        )
        .withPanel(
            stat({
                title: "Virtual machines",
                description: "Virtual machines that libvirt has defined, on each host.",
                unit: Short,
                span: 18,
                height: 6,
                tiles: true,
                legend: "{{cluster}} {{instance}}",
                expr: `count by (cluster, instance) (${domain("virtual_cpus")})`,
            }),
        )
        .withRow(new RowBuilder("Virtual machines"))
        .withPanel(
            table({
                title: "Every virtual machine",
                description: "What each virtual machine has been given, and how much of its CPUs it uses.",
                unit: Short,
                span: 24,
                height: 10,
                columns: [
                    { title: "Infrastructure", from: { label: "cluster" } },
                    { title: "Host", from: { label: "instance" } },
                    { title: "Virtual machine", from: { label: "domain" } },
                    { title: "Virtual CPUs", from: { expr: domain("virtual_cpus") } },
                    { title: "CPU", from: { expr: cpu }, unit: Percent, decimals: 1 },
                    { title: "Memory", from: { expr: domain("memory_usage_bytes") }, unit: BytesIEC },
                    { title: "Memory at most", from: { expr: domain("maximum_memory_bytes") }, unit: BytesIEC },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "CPU",
                description: "How much of its virtual CPUs each of the twenty busiest uses.",
                unit: Percent,
                span: 24,
                height: 8,
                min: 0,
                lines: [{ expr: top(cpu), legend: "{{instance}} {{domain}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Disk",
                description: "What the twenty busiest virtual machines read and write.",
                unit: BytesPerSecondIEC,
                span: 12,
                height: 8,
                min: 0,
                lines: ["read", "write"].map((way) => ({
                    expr: top(rate(`libvirt_domain_block_stats_${way}_bytes_total`)),
                    legend: `{{instance}} {{domain}} ${way}`,
                })),
            }),
        )
        .withPanel(
            timeseries({
                title: "Network",
                description: "What the twenty busiest virtual machines receive and transmit.",
                unit: BytesPerSecondIEC,
                span: 12,
                height: 8,
                min: 0,
                lines: ["receive", "transmit"].map((way) => ({
                    expr: top(rate(`libvirt_domain_interface_stats_${way}_bytes_total`)),
                    legend: `{{instance}} {{domain}} ${way}`,
                })),
            }),
        );
}
