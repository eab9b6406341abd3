import {
    MappingType,
    RowBuilder,
    type DashboardBuilder,
    type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import {
    BytesIEC,
    BytesPerSecondIEC,
    Milliseconds,
    OpsPerSecond,
    PercentUnit,
    Short,
} from "@grafana/grafana-foundation-sdk/units";
import { badAbove, stat, table, timeseries } from "../panels";
import { chosenInfrastructure as chosen, infrastructureBoard } from "./board";

/** What Ceph's health status means. */
export const healthMappings: ValueMapping[] = [
    {
        type: MappingType.ValueToText,
        options: {
            "0": { text: "HEALTH_OK", index: 0 },
            "1": { text: "HEALTH_WARN", index: 1 },
            "2": { text: "HEALTH_ERR", index: 2 },
        },
    },
];

/** Its colours. */
export const healthColors = badAbove([1, "orange"], [2, "red"]);

/** A pool's name beside what is measured of it. */
function byPool(expr: string): string {
    return [
        expr,
        "* on (cluster, pool_id) group_left (name)",
        `group by (cluster, pool_id, name) (ceph_pool_metadata{${chosen}})`,
    ].join("\n");
}

const stored = `max by (cluster, pool_id) (ceph_pool_stored{${chosen}})`;
const room = `max by (cluster, pool_id) (ceph_pool_max_avail{${chosen}})`;
const rate = (metric: string) => byPool(`max by (cluster, pool_id) (rate(${metric}{${chosen}}[$__rate_interval]))`);

/** Ceph: health, daemons, placement groups, pools. */
export function ceph(): DashboardBuilder {
    return infrastructureBoard({
        title: "Ceph",
        uid: "ceph",
        description: "Health, daemons, placement groups and pools of each Ceph, as its manager sees them.",
    })
        .withRow(new RowBuilder("Health"))
        .withPanel(
            stat({
                title: "Health",
                description: "What Ceph says of itself.",
                unit: Short,
                span: 6,
                height: 5,
                expr: `max by (cluster) (ceph_health_status{${chosen}})`,
                legend: "{{cluster}}",
                tiles: true,
                thresholds: healthColors,
                mappings: healthMappings,
            }),
        )
        .withPanel(
            stat({
                title: "OSDs down",
                description: "Object storage daemons that are down.",
                unit: Short,
                span: 4,
                height: 5,
                expr: `count(max by (cluster, ceph_daemon) (ceph_osd_up{${chosen}}) == 0) or vector(0)`,
                thresholds: badAbove([1, "orange"]),
            }),
        )
        .withPanel(
            stat({
                title: "OSDs out",
                description: "Object storage daemons that hold no data.",
                unit: Short,
                span: 4,
                height: 5,
                expr: `count(max by (cluster, ceph_daemon) (ceph_osd_in{${chosen}}) == 0) or vector(0)`,
                thresholds: badAbove([1, "orange"]),
            }),
        )
        .withPanel(
            stat({
                title: "Monitors out of quorum",
                description: "Monitors that the others do not hear of.",
                unit: Short,
                span: 4,
                height: 5,
                expr: `count(max by (cluster, ceph_daemon) (ceph_mon_quorum_status{${chosen}}) == 0) or vector(0)`,
                thresholds: badAbove([1, "red"]),
            }),
        )
        .withPanel(
            stat({
                title: "Space in use",
                description: "Share of the disks that is in use, copies included.",
                unit: PercentUnit,
                span: 6,
                height: 5,
                expr: [
                    `max by (cluster) (ceph_cluster_total_used_raw_bytes{${chosen}})`,
                    "/ on (cluster)",
                    `max by (cluster) (ceph_cluster_total_bytes{${chosen}})`,
                ].join("\n"),
                legend: "{{cluster}}",
                tiles: true,
                thresholds: badAbove([0.75, "orange"], [0.85, "red"]),
            }),
        )
        .withPanel(
            table({
                title: "Health checks",
                description: "What is wrong, as ceph health has it.",
                unit: Short,
                span: 12,
                height: 7,
                noValue: "No health check is raised",
                columns: [
                    { title: "Infrastructure", from: { label: "cluster" } },
                    { title: "Check", from: { label: "name" } },
                    { title: "Severity", from: { label: "severity" } },
                    {
                        title: "Raised",
                        hidden: true,
                        from: { expr: `max by (cluster, name, severity) (ceph_health_detail{${chosen}}) > 0` },
                    },
                ],
            }),
        )
        .withPanel(
            table({
                title: "Daemons that are down",
                description: "Object storage daemons that are down, and whether they still count as holding data.",
                unit: Short,
                span: 12,
                height: 7,
                noValue: "Every OSD is up",
                columns: [
                    { title: "Infrastructure", from: { label: "cluster" } },
                    { title: "Daemon", from: { label: "ceph_daemon" } },
                    {
                        title: "Counts as holding data",
                        mappings: [
                            {
                                type: MappingType.ValueToText,
                                options: { "0": { text: "No", index: 0 }, "1": { text: "Yes", index: 1 } },
                            },
                        ],
                        from: {
                            expr: [
                                `max by (cluster, ceph_daemon) (ceph_osd_in{${chosen}})`,
                                "and on (cluster, ceph_daemon)",
                                `max by (cluster, ceph_daemon) (ceph_osd_up{${chosen}}) == 0`,
                            ].join("\n"),
                        },
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Data"))
        .withPanel(
            timeseries({
                title: "Placement groups",
                description: "Placement groups in all, and those that are active, clean and degraded.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                lines: ["total", "active", "clean", "degraded"].map((state) => ({
                    expr: `max by (cluster) (ceph_pg_${state}{${chosen}})`,
                    legend: `{{cluster}} ${state}`,
                })),
            }),
        )
        .withPanel(
            timeseries({
                title: "Objects to be moved",
                description: "Objects with too few copies, and objects in the wrong place.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                lines: ["degraded", "misplaced"].map((state) => ({
                    expr: `max by (cluster) (ceph_num_objects_${state}{${chosen}})`,
                    legend: `{{cluster}} ${state}`,
                })),
            }),
        )
        .withPanel(
            timeseries({
                title: "Latency by OSD",
                description: "How long each daemon takes to apply and to commit a write.",
                unit: Milliseconds,
                span: 24,
                height: 8,
                min: 0,
                lines: ["apply", "commit"].map((step) => ({
                    expr: `max by (cluster, ceph_daemon) (ceph_osd_${step}_latency_ms{${chosen}})`,
                    legend: `{{cluster}} {{ceph_daemon}} ${step}`,
                })),
            }),
        )
        .withRow(new RowBuilder("Pools"))
        .withPanel(
            table({
                title: "Pools",
                description: "What each pool holds, and what it still has room for, before copies.",
                unit: BytesIEC,
                span: 24,
                height: 8,
                columns: [
                    { title: "Infrastructure", from: { label: "cluster" } },
                    { title: "Pool", from: { label: "name" } },
                    { title: "Stored", from: { expr: named(byPool(stored)) } },
                    { title: "Room", from: { expr: named(byPool(room)) } },
                    {
                        title: "Used",
                        from: {
                            expr: named(
                                byPool(
                                    `(${stored} / on (cluster, pool_id) (${stored} + on (cluster, pool_id) ${room}))`,
                                ),
                            ),
                        },
                        unit: PercentUnit,
                        decimals: 1,
                        thresholds: badAbove([0.85, "orange"], [0.95, "red"]),
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Operations by pool",
                description: "Reads and writes of clients.",
                unit: OpsPerSecond,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    { expr: rate("ceph_pool_rd"), legend: "{{cluster}} {{name}} read" },
                    { expr: rate("ceph_pool_wr"), legend: "{{cluster}} {{name}} write" },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Throughput by pool",
                description: "What clients read and write.",
                unit: BytesPerSecondIEC,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    { expr: rate("ceph_pool_rd_bytes"), legend: "{{cluster}} {{name}} read" },
                    { expr: rate("ceph_pool_wr_bytes"), legend: "{{cluster}} {{name}} write" },
                ],
            }),
        );
}

/** A row of a table has a pool's name, and not its number. */
function named(expr: string): string {
    return `max by (cluster, name) (\n${expr}\n)`;
}
