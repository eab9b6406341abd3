import { MappingType, RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import {
    BytesPerSecondIEC,
    CountsPerSecond,
    OpsPerSecond,
    PercentUnit,
    Seconds,
    Short,
} from "@grafana/grafana-foundation-sdk/units";
import type { DashboardContext } from "../audience";
import { badAbove, stat, timeseries } from "../panels";
import { board, quantile, rates } from "./board";
import { lastUpload } from "./vitals";

const nothingYet = "Nothing has been compacted yet: the first block is cut after three hours";

/** Blocks: the object store, who reads them, and who makes fewer of them. */
export function thanosStoreCompact({ observer }: DashboardContext): DashboardBuilder {
    const own = `cluster="${observer}"`;
    const compactor = `${own},job=~".*compact.*"`;

    return board({
        title: "Store and compactor",
        uid: "thanos-store-compact",
        description: "The object store, the store gateways that read blocks from it, and the compactor.",
    })
        .withRow(new RowBuilder("Object store"))
        .withPanel(
            timeseries({
                title: "Operations",
                description: "Operations on the bucket, by component.",
                unit: OpsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [{ expr: rates(`thanos_objstore_bucket_operations_total{${own}}`, ["job"]), legend: "{{job}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Failed operations",
                description: "Operations that failed, by component. That something does not exist is no failure.",
                unit: OpsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: rates(`thanos_objstore_bucket_operation_failures_total{${own}}`, ["job"]),
                        legend: "{{job}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Latency of operations",
                description: "Of 100 operations of each kind, 99 end faster.",
                unit: Seconds,
                span: 8,
                height: 8,
                min: 0,
                noValue: "The bucket is not used",
                lines: [
                    {
                        expr: quantile(0.99, `thanos_objstore_bucket_operation_duration_seconds_bucket{${own}}`, [
                            "operation",
                        ]),
                        legend: "{{operation}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Read from the bucket",
                description: "Bytes a second, by component. Clouds charge for them.",
                unit: BytesPerSecondIEC,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: rates(`thanos_objstore_bucket_operation_fetched_bytes_total{${own}}`, ["job"]),
                        legend: "{{job}}",
                    },
                ],
            }),
        )
        .withPanel(lastUpload(own, { height: 8 }))
        .withRow(new RowBuilder("Store gateways"))
        .withPanel(
            timeseries({
                title: "Blocks that a gateway knows",
                description: "Blocks that can be asked for.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `max by (instance) (thanos_bucket_store_blocks_loaded{${own}})`,
                        legend: "{{instance}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Blocks that could not be loaded",
                description: "They are missing from answers.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: rates(`thanos_bucket_store_block_load_failures_total{${own}}`, ["instance"]),
                        legend: "{{instance}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Requests at once",
                description: "Requests for series that each gateway works on, and how many it would take.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `max by (instance) (thanos_bucket_store_series_gate_queries_in_flight{${own}})`,
                        legend: "{{instance}}",
                    },
                    { expr: `min(thanos_bucket_store_series_gate_queries_max{${own}})`, legend: "at most" },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Index cache",
                description: "Share of what is looked up in the index that was in memory.",
                unit: PercentUnit,
                span: 24,
                height: 7,
                min: 0,
                max: 1,
                noValue: "Nobody has asked for blocks yet",
                lines: [
                    {
                        expr: [
                            rates(`thanos_store_index_cache_hits_total{${own}}`, ["cluster", "item_type"]),
                            "/",
                            `(${rates(`thanos_store_index_cache_requests_total{${own}}`, ["cluster", "item_type"])} > 0)`,
                        ].join("\n"),
                        legend: "{{item_type}}",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Compactor"))
        .withPanel(
            stat({
                title: "Halted",
                description: "Whether it has given up. It tries again only once somebody has restarted it.",
                unit: Short,
                span: 6,
                height: 8,
                expr: `max(thanos_compact_halted{${own}})`,
                mappings: [
                    {
                        type: MappingType.ValueToText,
                        options: { "0": { text: "No", index: 0 }, "1": { text: "Yes", index: 1 } },
                    },
                ],
                thresholds: badAbove([1, "red"]),
            }),
        )
        .withPanel(
            stat({
                title: "Rounds an hour",
                description: "Rounds of compaction, downsampling and retention that end well.",
                unit: Short,
                span: 6,
                height: 8,
                expr: `3600 * ${rates(`thanos_compact_iterations_total{${own}}`)}`,
            }),
        )
        .withPanel(
            timeseries({
                title: "Backlog",
                description: "What is left to do, as the compactor last planned it. It should come back to zero.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    { expr: `max(thanos_compact_todo_compactions{${own}})`, legend: "compactions" },
                    { expr: `max(thanos_compact_todo_compaction_blocks{${own}})`, legend: "blocks to compact" },
                    { expr: `max(thanos_compact_todo_downsample_blocks{${own}})`, legend: "blocks to downsample" },
                    { expr: `max(thanos_compact_todo_deletion_blocks{${own}})`, legend: "blocks past retention" },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Compactions",
                description: "Compactions by resolution, and those that failed.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                noValue: nothingYet,
                lines: [
                    {
                        expr: rates(`thanos_compact_group_compactions_total{${own}}`, ["resolution"]),
                        legend: "{{resolution}} done",
                    },
                    {
                        expr: rates(`thanos_compact_group_compactions_failures_total{${own}}`, ["resolution"]),
                        legend: "{{resolution}} failed",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Blocks in the bucket",
                description: "Blocks that the compactor sees, by what it makes of them.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [{ expr: `max by (state) (thanos_blocks_meta_synced{${compactor}})`, legend: "{{state}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Blocks marked and deleted",
                description: "Marks that the compactor sets, by kind, and blocks that it deletes.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    { expr: rates(`thanos_compact_blocks_marked_total{${own}}`, ["marker"]), legend: "{{marker}}" },
                    { expr: rates(`thanos_compact_blocks_cleaned_total{${own}}`), legend: "deleted" },
                ],
            }),
        );
}
