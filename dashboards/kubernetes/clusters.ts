import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import { RowBuilder, type Threshold, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { Percent, Short } from "@grafana/grafana-foundation-sdk/units";
import type { DashboardContext } from "../audience";
import { clustersBoard, linkTo } from "../board";
import { badAbove, fixedColor, stat, table, timeseries } from "../panels";
import { chosen } from "../variables";
import { firingAlerts } from "./firingAlerts";
import { colorsAbove, critical, score, scoreColors, scoreMappings } from "./health";
import { to } from "./levels";

const expected = `fleet_cluster_info{${chosen}}`;
const health = `max by (cluster, tenant) (${score}{${chosen}})`;

/** Clusters by their health. Each of the inventory is in one of the first four, so these add up to it. */
const states = {
    ok: `${health} == 0`,
    warning: `${health} > 0 < ${critical}`,
    critical: `${health} >= ${critical}`,
    down: `${health} == -1`,
};

/** Down is less than OK, and would be last. */
const worstFirst = `${states.down} or sort_desc(${health})`;

/** L0: how every cluster is, and which to look at first. */
export function clusters({ monitors }: DashboardContext): DashboardBuilder {
    const { nodeCpu, nodeMemory, nodeDisk } = monitors.kaas.thresholds;
    // What a customer's agents send of an infrastructure bears its name as the cluster's.
    const infrastructures = ["", ...(monitors.iaas?.infrastructures ?? [])].join("|");
    const unknown = [
        `group by (cluster, tenant) (cluster:up:count{${chosen},cluster!~"${infrastructures}"})`,
        `unless on (cluster, tenant) ${expected}`,
    ].join("\n");

    return clustersBoard({
        title: "Clusters",
        uid: "clusters",
        description: "How every customer cluster is, and which to look at first.",
        tags: ["kaas"],
    })
        .link(linkTo("Fleet overview", "fleet-overview", { variables: true }))
        .withPanel(
            count("Expected", `group by (cluster, tenant) (${expected})`, {
                description: "Clusters of the inventory. Those that are OK, warning, critical and down add up to it.",
                thresholds: [{ value: null, color: "blue" }],
            }),
        )
        .withPanel(
            count("OK", states.ok, {
                description: "Expected clusters that are heard of and about which no page and no ticket fires.",
                thresholds: [{ value: null, color: "green" }],
            }),
        )
        .withPanel(
            count("Warning", states.warning, {
                description: "Clusters about which tickets fire and no page.",
                thresholds: badAbove([1, "orange"]),
            }),
        )
        .withPanel(
            count("Critical", states.critical, {
                description: "Clusters that are heard of and about which a page fires.",
                thresholds: badAbove([1, "red"]),
            }),
        )
        .withPanel(
            count("Down", states.down, {
                description: "Expected clusters of which no sample has arrived for five minutes.",
                thresholds: badAbove([1, "dark-red"]),
            }),
        )
        .withPanel(
            count("Unknown", unknown, {
                description: "Clusters that are heard of and not in the inventory: just removed, or never registered.",
                thresholds: badAbove([1, "purple"]),
            }),
        )
        .withPanel(
            stat({
                title: "Health",
                description:
                    "A tile for each cluster: down, critical with a page, warning with a ticket, or OK. The worst come first.",
                unit: Short,
                span: 24,
                height: 9,
                expr: worstFirst,
                legend: "{{cluster}}",
                tiles: true,
                mappings: scoreMappings,
                thresholds: scoreColors,
                link: to("cluster"),
            }),
        )
        .withPanel(firingAlerts({ title: "Alerts", span: 14, height: 10, link: to("cluster") }))
        .withPanel(
            timeseries({
                title: "Clusters that are not well",
                description: "How many clusters were down, critical or warning.",
                unit: Short,
                span: 10,
                height: 10,
                min: 0,
                decimals: 0,
                stacked: true,
                lines: [
                    { expr: counted(states.down), legend: "Down" },
                    { expr: counted(states.critical), legend: "Critical" },
                    { expr: counted(states.warning), legend: "Warning" },
                ],
            })
                .overrideByName("Down", [fixedColor("dark-red")])
                .overrideByName("Critical", [fixedColor("red")])
                .overrideByName("Warning", [fixedColor("orange")]),
        )
        .withRow(new RowBuilder("Most used"))
        .withPanel(mostUsed("CPU", "cluster:cpu_usage:percent", colorsAbove(nodeCpu)))
        .withPanel(mostUsed("memory", "cluster:memory_usage:percent", colorsAbove(nodeMemory)))
        .withPanel(mostUsed("disk", "cluster:disk_usage:percent", colorsAbove(nodeDisk)))
        .withRow(new RowBuilder("Every cluster"))
        .withPanel(
            table({
                title: "Clusters",
                description: "Every expected cluster, the worst first, with the role of nodes that is used most.",
                unit: Short,
                span: 24,
                height: 12,
                columns: [
                    { title: "Cluster", from: { label: "cluster" }, link: to("cluster") },
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Health", from: { expr: worstFirst }, mappings: scoreMappings, thresholds: scoreColors },
                    { title: "Pages", from: { expr: alerts("page") } },
                    { title: "Tickets", from: { expr: alerts("ticket") } },
                    { title: "Nodes", from: { expr: `sum by (cluster, tenant) (cluster:nodes:count{${chosen}})` } },
                    used("CPU", "cluster:cpu_usage:percent", colorsAbove(nodeCpu)),
                    used("Memory", "cluster:memory_usage:percent", colorsAbove(nodeMemory)),
                    used("Disk", "cluster:disk_usage:percent", colorsAbove(nodeDisk)),
                ],
            }),
        );
}

function counted(clusters: string): string {
    return `count(${clusters}) or vector(0)`;
}

function count(title: string, clusters: string, args: { description: string; thresholds: Threshold[] }) {
    return stat({ title, unit: Short, span: 4, height: 4, expr: counted(clusters), ...args });
}

/** Alerts of a severity, 0 where there is none. */
function alerts(severity: string): string {
    return [
        `sum by (cluster, tenant) (cluster:alerts:count{${chosen},severity="${severity}"})`,
        `or 0 * group by (cluster, tenant) (${expected})`,
    ].join("\n");
}

function used(title: string, series: string, thresholds: Threshold[]) {
    const expr = `max by (cluster, tenant) (${series}{${chosen}})`;
    return { title, from: { expr }, unit: Percent, decimals: 0, thresholds };
}

function mostUsed(resource: string, series: string, thresholds: Threshold[]) {
    return table({
        title: `Most used ${resource}`,
        description: `The ten clusters whose nodes of one role together use most of their ${resource}.`,
        unit: Percent,
        span: 8,
        height: 9,
        columns: [
            { title: "Cluster", from: { label: "cluster" }, link: to("cluster") },
            { title: "Customer", from: { label: "tenant" } },
            { title: "Role", from: { label: "role" } },
            {
                title: "Used",
                from: { expr: `topk(10, max by (cluster, tenant, role) (${series}{${chosen}}))` },
                decimals: 1,
                thresholds,
            },
        ],
    }).sortBy([new TableSortByFieldStateBuilder().displayName("Used").desc(true)]);
}
