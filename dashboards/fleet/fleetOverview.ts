import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import { type Threshold, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { CountsPerSecond, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { to } from "../kubernetes/levels";
import { clustersBoard, linkTo } from "../board";
import { badAbove, stat, table, timeseries, type Line } from "../panels";
import { chosen } from "../variables";

const expected = `fleet_cluster_info{${chosen}}`;
const targets = `cluster:up:count{${chosen}}`;
const targetsUp = `cluster:up:sum{${chosen}}`;
const lastSample = `max_over_time(cluster:up_timestamp_seconds:max{${chosen}}[1d])`;

/** The whole fleet at a glance: who should be there, who is, and what they send. */
export function fleetOverview(): DashboardBuilder {
    return clustersBoard({
        title: "Fleet overview",
        uid: "fleet-overview",
        description: "Which clusters are expected, which of them are heard of, and what they send.",
        tags: ["platform", "kaas"],
    })
        .link(linkTo("Clusters", "clusters", { variables: true }))
        .withPanel(
            clusterCount("Expected clusters", expected, {
                description: "Clusters of the inventory, which is the config.",
            }),
        )
        .withPanel(
            clusterCount("Reporting clusters", `${expected} and on (cluster, tenant) ${targets}`, {
                description: "Expected clusters with a sample in the last five minutes.",
            }),
        )
        .withPanel(
            clusterCount("Silent clusters", `${expected} unless on (cluster, tenant) ${targets}`, {
                description:
                    "Expected clusters without one. After another five minutes ClusterSilent fires, or after half an hour ClusterNeverSeen.",
                thresholds: badAbove([1, "red"]),
            }),
        )
        .withPanel(clusterTable())
        .withPanel(
            chart("Targets up", "Targets that the agents of each cluster scrape with success.", {
                unit: Short,
                expr: `max by (cluster, tenant) (${targetsUp})`,
                legend: "{{cluster}}",
            }),
        )
        .withPanel(
            chart(
                "Samples received",
                "Samples that the receive routers took, each counted once. All clusters of a customer together.",
                {
                    unit: CountsPerSecond,
                    expr: [
                        "sum by (cluster, tenant) (",
                        '  rate(thanos_receive_write_samples_sum{code="200",tenant=~"$tenant"}[$__rate_interval])',
                        ")",
                    ].join("\n"),
                    legend: "{{tenant}}",
                },
            ),
        )
        .withPanel(
            chart(
                "Active series",
                "Series in the ingestors' memory, each counted once. All clusters of a customer together.",
                {
                    unit: Short,
                    // Only who replicates is asked: a customer's own Prometheus has such series as well. A receiver
                    // always has a default tenant, and nobody writes to it.
                    expr: [
                        'sum by (cluster, tenant) (prometheus_tsdb_head_series{tenant=~"$tenant"})',
                        "/ on (cluster) group_left",
                        "max by (cluster) (thanos_receive_replication_factor)",
                        "> 0",
                    ].join("\n"),
                    legend: "{{tenant}}",
                },
            ),
        );
}

/** Counts clusters once, whoever has recorded them. */
function clusterCount(title: string, clusters: string, args: { description: string; thresholds?: Threshold[] }) {
    const expr = `count(group by (cluster, tenant) (${clusters})) or vector(0)`;
    return stat({ title, unit: Short, span: 8, height: 4, expr, ...args });
}

/** A row for each expected cluster. A silent one has no target that is up, and so is on top. */
function clusterTable() {
    const ofExpected = `and on (cluster, tenant) ${expected}`;
    return table({
        title: "Clusters",
        description:
            "Expected clusters, and how old the newest sample of each is. A sample older than a day is forgotten.",
        unit: Short,
        span: 24,
        height: 10,
        columns: [
            { title: "Cluster", from: { label: "cluster" }, link: to("cluster") },
            { title: "Customer", from: { label: "tenant" } },
            { title: "Profile", from: { label: "profile" } },
            { title: "Platform", from: { label: "platform" } },
            {
                title: "Expected",
                from: { expr: `group by (cluster, tenant, profile, platform) (${expected})` },
                hidden: true,
            },
            {
                title: "Last sample",
                from: { expr: `time() - max by (cluster, tenant) (${lastSample}) ${ofExpected}` },
                unit: Seconds,
                // Two scrapes of the slowest profile, and the time after which a cluster is silent.
                thresholds: badAbove([120, "orange"], [300, "red"]),
            },
            {
                title: "Targets up",
                from: {
                    expr: `max by (cluster, tenant) (${targetsUp}) ${ofExpected} or 0 * group by (cluster, tenant) (${expected})`,
                },
            },
            { title: "Targets", from: { expr: `max by (cluster, tenant) (${targets}) ${ofExpected}` } },
        ],
    })
        .sortBy([new TableSortByFieldStateBuilder().displayName("Targets up").desc(false)])
        .overrideByName("Last sample", [{ id: "noValue", value: "none" }]);
}

function chart(title: string, description: string, { unit, ...line }: Line & { unit: string }) {
    return timeseries({ title, description, unit, span: 8, height: 9, min: 0, lines: [line] });
}
