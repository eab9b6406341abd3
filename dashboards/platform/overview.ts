import { MappingType, RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import {
    BytesIEC,
    CountsPerSecond,
    Percent,
    PercentUnit,
    RequestsPerSecond,
    Seconds,
    Short,
} from "@grafana/grafana-foundation-sdk/units";
import { ofNoApplication } from "../../platform/application";
import type { DashboardContext } from "../audience";
import { badAbove, badBelow, stat, table, timeseries } from "../panels";
import { board, components, quantile, rates } from "./board";
import { lastUpload, watchdog } from "./vitals";

/** L0 of the platform: whether the observer receives, stores, answers and alerts. */
export function overview({ observer }: DashboardContext): DashboardBuilder {
    const own = `cluster="${observer}"`;
    const firing = (severity: string) => `ALERTS{${own},layer="platform",alertstate="firing",severity="${severity}"}`;
    const queries = `http_request_duration_seconds_bucket{${own},handler=~"query|query_range"}`;

    return board({
        title: "Platform",
        uid: "platform",
        description: "Whether the observer receives, stores, answers and alerts, and where to look if it does not.",
    })
        .withRow(new RowBuilder("Now"))
        .withPanel(
            stat({
                title: "Components",
                description: "Share of each component's replicas that answer.",
                unit: PercentUnit,
                span: 24,
                height: 6,
                tiles: true,
                expr: `avg by (job) (up{${own},${ofNoApplication},${components}})`,
                legend: "{{job}}",
                thresholds: badBelow(0.01, 1),
            }),
        )
        .withPanel(
            stat({
                title: "Pages",
                description: "Pages about the observer that fire.",
                unit: Short,
                span: 4,
                height: 4,
                expr: `count(${firing("page")}) or vector(0)`,
                thresholds: badAbove([1, "red"]),
                link: { title: "Alerting", uid: "alerting", carry: {} },
            }),
        )
        .withPanel(
            stat({
                title: "Tickets",
                description: "Tickets about the observer that fire.",
                unit: Short,
                span: 4,
                height: 4,
                expr: `count(${firing("ticket")}) or vector(0)`,
                thresholds: badAbove([1, "orange"]),
                link: { title: "Alerting", uid: "alerting", carry: {} },
            }),
        )
        .withPanel(
            watchdog(own, {
                description:
                    "How long ago a ruler evaluated the alert that always fires. Whether its notification leaves " +
                    "Alertmanager stands on the dashboard Alerting.",
            }),
        )
        .withPanel(
            stat({
                title: "Samples received",
                description: "Samples a second that the receive routers took, each counted once.",
                unit: CountsPerSecond,
                span: 4,
                height: 4,
                expr: rates(`thanos_receive_write_samples_sum{${own},code="200"}`),
                noValue: "Nobody sends",
                link: { title: "Receive", uid: "thanos-receive", carry: {} },
            }),
        )
        .withPanel(
            stat({
                title: "Active series",
                description: "Series in the ingestors' memory, each counted once.",
                unit: Short,
                span: 4,
                height: 4,
                expr: [
                    `sum(prometheus_tsdb_head_series{${own},tenant!=""})`,
                    `/ max(thanos_receive_replication_factor{${own}})`,
                ].join("\n"),
                link: { title: "Receive", uid: "thanos-receive", carry: {} },
            }),
        )
        .withPanel(
            stat({
                title: "Tenants",
                description: "Tenants with series in the ingestors' memory. Each costs every ingestor some megabytes.",
                unit: Short,
                span: 4,
                height: 4,
                expr: `count(group by (tenant) (prometheus_tsdb_head_series{${own},tenant!=""} > 0))`,
                noValue: "Nobody sends",
            }),
        )
        .withPanel(
            stat({
                title: "Query latency",
                description: "Of 100 queries of rules and dashboards, 99 are answered faster.",
                unit: Seconds,
                span: 4,
                height: 4,
                expr: quantile(0.99, queries),
                noValue: "Nobody has asked anything",
                thresholds: badAbove([10, "orange"], [30, "red"]),
                link: { title: "Query", uid: "thanos-query", carry: {} },
            }),
        )
        .withPanel(
            stat({
                title: "Blocks in the bucket",
                description: "Blocks that the compactor sees. Few large ones are better than many small ones.",
                unit: Short,
                span: 4,
                height: 4,
                expr: `max(thanos_blocks_meta_synced{${own},job=~".*compact.*",state="loaded"})`,
                link: { title: "Store and compactor", uid: "thanos-store-compact", carry: {} },
            }),
        )
        .withPanel(
            stat({
                title: "Compactor halted",
                description: "Whether it has given up. It tries again only once somebody has restarted it.",
                unit: Short,
                span: 4,
                height: 4,
                expr: `max(thanos_compact_halted{${own}})`,
                mappings: [
                    {
                        type: MappingType.ValueToText,
                        options: { "0": { text: "No", index: 0 }, "1": { text: "Yes", index: 1 } },
                    },
                ],
                thresholds: badAbove([1, "red"]),
                link: { title: "Store and compactor", uid: "thanos-store-compact", carry: {} },
            }),
        )
        .withPanel(lastUpload(own, { height: 4 }))
        .withRow(new RowBuilder("Over time"))
        .withPanel(
            timeseries({
                title: "Writes",
                description: "Write requests by the status they were answered with.",
                unit: RequestsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                stacked: true,
                noValue: "Nobody sends",
                lines: [{ expr: rates(`thanos_receive_write_samples_count{${own}}`, ["code"]), legend: "{{code}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Queries",
                description: "Queries of rules and dashboards by the status they were answered with.",
                unit: RequestsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                stacked: true,
                noValue: "Nobody has asked anything",
                lines: [
                    {
                        expr: rates(`http_requests_total{${own},handler=~"query|query_range"}`, ["handler", "code"]),
                        legend: "{{handler}} {{code}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Rule evaluations that failed",
                description: "Evaluations of the fleet's rules that failed, by ruler. Their alerts cannot fire.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: rates(`prometheus_rule_evaluation_failures_total{${own},strategy!=""}`, ["instance"]),
                        legend: "{{instance}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Memory",
                description: "Memory of the largest replica of each component.",
                unit: BytesIEC,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `max by (job) (process_resident_memory_bytes{${own},${components}})`,
                        legend: "{{job}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "CPU",
                description: "Processors that all replicas of each component use together.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                lines: [{ expr: rates(`process_cpu_seconds_total{${own},${components}}`, ["job"]), legend: "{{job}}" }],
            }),
        )
        .withRow(new RowBuilder("Surroundings"))
        .withPanel(
            table({
                title: "Volumes",
                description: "Volumes of the observer's components. A component whose volume is full stops.",
                unit: BytesIEC,
                span: 12,
                height: 8,
                noValue: "No kubelet of the observer is scraped",
                columns: [
                    { title: "Volume", from: { label: "persistentvolumeclaim" } },
                    {
                        title: "Used",
                        from: {
                            expr: [
                                "100 * max by (persistentvolumeclaim) (",
                                `  kubelet_volume_stats_used_bytes{${own},namespace="observability"}`,
                                `  / kubelet_volume_stats_capacity_bytes{${own},namespace="observability"}`,
                                ")",
                            ].join("\n"),
                        },
                        unit: Percent,
                        decimals: 0,
                        thresholds: badAbove([85, "orange"], [97, "red"]),
                    },
                    {
                        title: "Size",
                        from: {
                            expr: [
                                "max by (persistentvolumeclaim) (",
                                `  kubelet_volume_stats_capacity_bytes{${own},namespace="observability"}`,
                                ")",
                            ].join("\n"),
                        },
                    },
                ],
            }),
        )
        .withPanel(
            table({
                title: "Versions",
                description: "What each component was built from, and how many replicas run it.",
                unit: Short,
                span: 12,
                height: 8,
                columns: [
                    { title: "Component", from: { label: "job" } },
                    { title: "Version", from: { label: "version" } },
                    { title: "Replicas", from: { expr: `count by (job, version) (thanos_build_info{${own}})` } },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Grafana's requests",
                description: "Requests to Grafana by status.",
                unit: RequestsPerSecond,
                span: 12,
                height: 8,
                min: 0,
                noValue: "No Grafana is scraped",
                stacked: true,
                lines: [
                    {
                        expr: rates(`grafana_http_request_duration_seconds_count{${own}}`, ["status_code"]),
                        legend: "{{status_code}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Grafana's latency",
                description: "How fast Grafana answers: half of all requests, and 99 of 100.",
                unit: Seconds,
                span: 12,
                height: 8,
                min: 0,
                noValue: "No Grafana is scraped",
                lines: [0.5, 0.99].map((q) => ({
                    expr: quantile(q, `grafana_http_request_duration_seconds_bucket{${own}}`),
                    legend: `p${100 * q}`,
                })),
            }),
        );
}
