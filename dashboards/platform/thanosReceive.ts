import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import {
    BytesIEC,
    CountsPerSecond,
    PercentUnit,
    RequestsPerSecond,
    Seconds,
    Short,
} from "@grafana/grafana-foundation-sdk/units";
import type { DashboardContext } from "../audience";
import { badAbove, stat, table, timeseries } from "../panels";
import { board, quantile, rates } from "./board";

/** How what customers send comes in, within which limits, and where it is held. */
export function thanosReceive({ observer }: DashboardContext): DashboardBuilder {
    const own = `cluster="${observer}"`;
    const headSeries = [
        `sum by (cluster, tenant) (prometheus_tsdb_head_series{${own},tenant!=""})`,
        `/ on (cluster) group_left max by (cluster) (thanos_receive_replication_factor{${own}})`,
        "> 0",
    ].join("\n");
    const limit = `max by (cluster, tenant) (thanos_receive_head_series_limit{${own},tenant!=""})`;

    return board({
        title: "Receive",
        uid: "thanos-receive",
        description: "Receive routers and ingestors: requests, tenants and their limits, the hashring, TSDBs, uploads.",
    })
        .withRow(new RowBuilder("Requests"))
        .withPanel(
            timeseries({
                title: "Requests by status",
                description: "Write requests that reached the hashring. 5xx is tried again, 409 was sent twice.",
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
                title: "Latency",
                description: "How fast write requests are answered. Agents give up after 30 seconds.",
                unit: Seconds,
                span: 8,
                height: 8,
                min: 0,
                noValue: "Nobody sends",
                lines: [0.5, 0.9, 0.99].map((q) => ({
                    expr: quantile(q, `http_request_duration_seconds_bucket{${own},handler="receive"}`),
                    legend: `p${100 * q}`,
                })),
            }),
        )
        .withPanel(
            timeseries({
                title: "Requests in progress",
                description: "Write requests that each of them works on.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `max by (job, instance) (thanos_receive_pending_write_requests{${own}})`,
                        legend: "{{job}} {{instance}}",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Tenants"))
        .withPanel(
            timeseries({
                title: "Samples by tenant",
                description: "Samples a second that were taken, each counted once.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                stacked: true,
                noValue: "Nobody sends",
                lines: [
                    {
                        expr: rates(`thanos_receive_write_samples_sum{${own},code="200"}`, ["tenant"]),
                        legend: "{{tenant}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Active series by tenant",
                description: "Series in the ingestors' memory, each counted once.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                stacked: true,
                noValue: "Nobody sends",
                lines: [{ expr: headSeries, legend: "{{tenant}}" }],
            }),
        )
        .withPanel(
            table({
                title: "Limits of active series",
                description: "How much of its limit each tenant uses. Above it, all of its requests are refused.",
                unit: Short,
                span: 8,
                height: 8,
                noValue: "No tenant has a limit",
                columns: [
                    { title: "Tenant", from: { label: "tenant" } },
                    {
                        title: "Used",
                        from: {
                            expr: [
                                "sum by (tenant) (",
                                `  sum by (cluster, tenant) (prometheus_tsdb_head_series{${own},tenant!=""})`,
                                "  / on (cluster, tenant)",
                                `  ${limit}`,
                                ")",
                            ].join("\n"),
                        },
                        unit: PercentUnit,
                        decimals: 0,
                        thresholds: badAbove([0.8, "orange"], [1, "red"]),
                    },
                    {
                        title: "Limit",
                        from: {
                            expr: [
                                "sum by (tenant) (",
                                `  ${limit}`,
                                `  / on (cluster) group_left max by (cluster) (thanos_receive_replication_factor{${own}})`,
                                ")",
                            ].join("\n"),
                        },
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Refused for active series",
                description: "Requests of tenants that are over their limit. Their agents try again.",
                unit: RequestsPerSecond,
                span: 12,
                height: 7,
                min: 0,
                noValue: "No tenant is over its limit",
                lines: [
                    {
                        expr: `${rates(`thanos_receive_head_series_limited_requests_total{${own}}`, ["tenant"])} > 0`,
                        legend: "{{tenant}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Refused for good",
                description: "Requests that are too large or not valid. Agents do not try them again.",
                unit: RequestsPerSecond,
                span: 12,
                height: 7,
                min: 0,
                noValue: "Nothing is refused for good",
                lines: [
                    {
                        expr: rates(`thanos_receive_write_limits_hit_count{${own}}`, ["tenant", "limit"]),
                        legend: "{{tenant}} too large: {{limit}}",
                    },
                    {
                        expr: rates(`thanos_receive_write_samples_count{${own},code=~"4.."}`, ["tenant", "code"]),
                        legend: "{{tenant}} {{code}}",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Hashring"))
        .withPanel(
            stat({
                title: "Ingestors in the hashring",
                description: "As the router that knows the fewest sees it.",
                unit: Short,
                span: 4,
                height: 7,
                expr: `min(thanos_receive_hashring_nodes{${own}})`,
            }),
        )
        .withPanel(
            stat({
                title: "Replicas of a series",
                description: "How many ingestors hold each series. Most of them have to take a sample.",
                unit: Short,
                span: 4,
                height: 7,
                expr: `max(thanos_receive_replication_factor{${own}})`,
            }),
        )
        .withPanel(
            stat({
                title: "Different hashrings",
                description: "How many versions of the hashring routers have; for more than moments only one is right.",
                unit: Short,
                span: 4,
                height: 7,
                expr: `count(count_values("hash", thanos_receive_config_hash{${own}}))`,
                thresholds: badAbove([2, "orange"]),
            }),
        )
        .withPanel(
            timeseries({
                title: "Forwarded requests",
                description: "What routers send on to ingestors, by result, and series that did not get all replicas.",
                unit: RequestsPerSecond,
                span: 12,
                height: 7,
                min: 0,
                lines: [
                    {
                        expr: rates(`thanos_receive_forward_requests_total{${own}}`, ["result"]),
                        legend: "forwarded: {{result}}",
                    },
                    {
                        expr: rates(`thanos_receive_replications_total{${own},result="error"}`, ["result"]),
                        legend: "replicated: {{result}}",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Ingestors"))
        .withPanel(
            timeseries({
                title: "Series by ingestor",
                description: "Series in memory, of all tenants. A ring that is well spreads them evenly.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `sum by (instance) (prometheus_tsdb_head_series{${own},tenant!=""})`,
                        legend: "{{instance}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Age of the newest sample",
                description: "How far behind each tenant's newest sample is.",
                unit: Seconds,
                span: 8,
                height: 8,
                noValue: "Nobody sends",
                lines: [
                    {
                        expr: [
                            "time() - max by (tenant) (",
                            `  prometheus_tsdb_head_max_time{${own},tenant!=""} > 0`,
                            ") / 1000",
                        ].join("\n"),
                        legend: "{{tenant}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Samples that came too late",
                description: "Samples older than what ingestors still take. They are lost.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                noValue: "No sample is too late",
                lines: [
                    {
                        expr: rates(`prometheus_tsdb_too_old_samples_total{${own},tenant!=""}`, ["tenant"]),
                        legend: "{{tenant}} too old",
                    },
                    {
                        expr: rates(`prometheus_tsdb_out_of_bound_samples_total{${own},tenant!=""}`, ["tenant"]),
                        legend: "{{tenant}} out of bounds",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Blocks on the ingestors' disks",
                description: "Three days of blocks stay there, and longer what could not be uploaded.",
                unit: BytesIEC,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `sum by (instance) (prometheus_tsdb_storage_blocks_bytes{${own},tenant!=""})`,
                        legend: "{{instance}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Uploaded blocks",
                description: "Blocks that each ingestor uploads: one every two hours and tenant.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `sum by (instance) (increase(thanos_shipper_uploads_total{${own},tenant!=""}[$__rate_interval]))`,
                        legend: "{{instance}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Failures of ingestors",
                description: "Uploads, cuts of blocks and writes to the write-ahead log that failed.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: rates(`thanos_shipper_upload_failures_total{${own},tenant!=""}`, ["instance"]),
                        legend: "{{instance}} upload",
                    },
                    {
                        expr: rates(`prometheus_tsdb_compactions_failed_total{${own},tenant!=""}`, ["instance"]),
                        legend: "{{instance}} block",
                    },
                    {
                        expr: rates(`prometheus_tsdb_wal_writes_failed_total{${own},tenant!=""}`, ["instance"]),
                        legend: "{{instance}} write-ahead log",
                    },
                ],
            }),
        );
}
