import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, PercentUnit, RequestsPerSecond, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import type { DashboardContext } from "../audience";
import { table, timeseries } from "../panels";
import { board, quantile, rates } from "./board";

const unasked = "Nobody has asked the query-frontend";

/** How questions are answered: the query-frontend, Query, and the endpoints it asks. */
export function thanosQuery({ observer }: DashboardContext): DashboardBuilder {
    const own = `cluster="${observer}"`;
    const asked = `${own},handler=~"query|query_range"`;
    const frontend = `${own},handler="query-frontend"`;

    return board({
        title: "Query",
        uid: "thanos-query",
        description: "Query and query-frontend: requests, latency, queues, caches, and the endpoints that are asked.",
    })
        .withRow(new RowBuilder("Query"))
        .withPanel(
            timeseries({
                title: "Requests",
                description: "Instant and range queries, mostly of the ruler and the query-frontend, by status.",
                unit: RequestsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                stacked: true,
                noValue: "Nobody has asked anything",
                lines: [
                    {
                        expr: rates(`http_requests_total{${asked}}`, ["handler", "code"]),
                        legend: "{{handler}} {{code}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Latency",
                description: "How fast instant and range queries are answered. Query gives up after two minutes.",
                unit: Seconds,
                span: 8,
                height: 8,
                min: 0,
                noValue: "Nobody has asked anything",
                lines: [0.5, 0.99].map((q) => ({
                    expr: quantile(q, `http_request_duration_seconds_bucket{${asked}}`, ["handler"]),
                    legend: `{{handler}} p${100 * q}`,
                })),
            }),
        )
        .withPanel(
            timeseries({
                title: "Queries at once",
                description: "Queries that each querier works on, and how many it would take before they wait.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `max by (instance) (thanos_query_concurrent_gate_queries_in_flight{${own}})`,
                        legend: "{{instance}}",
                    },
                    { expr: `min(thanos_query_concurrent_gate_queries_max{${own}})`, legend: "at most" },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Waiting",
                description: "How long queries wait for their turn.",
                unit: Seconds,
                span: 8,
                height: 8,
                min: 0,
                lines: [0.5, 0.99].map((q) => ({
                    expr: quantile(q, `thanos_query_concurrent_gate_queries_duration_seconds_bucket{${own}}`),
                    legend: `p${100 * q}`,
                })),
            }),
        )
        .withPanel(
            timeseries({
                title: "Latency of endpoints",
                description: "How fast all endpoints together hand over the series of a query.",
                unit: Seconds,
                span: 8,
                height: 8,
                min: 0,
                noValue: "No query has had an answer from any endpoint",
                lines: [0.5, 0.99].map((q) => ({
                    expr: quantile(q, `thanos_store_api_query_duration_seconds_bucket{${own}}`),
                    legend: `p${100 * q}`,
                })),
            }),
        )
        .withPanel(
            table({
                title: "Endpoints",
                description: "Endpoints that answer, and those that the querier with the fewest sees, by kind.",
                unit: Short,
                span: 8,
                height: 8,
                noValue: "Query sees no endpoint",
                columns: [
                    { title: "Kind", from: { label: "store_type" } },
                    {
                        title: "Seen",
                        from: {
                            expr: [
                                "min by (store_type) (",
                                `  sum by (instance, store_type) (thanos_store_nodes_grpc_connections{${own}})`,
                                ")",
                            ].join("\n"),
                        },
                    },
                    {
                        title: "Answer",
                        from: { expr: `max by (store_type) (cluster:thanos_endpoints_up:count{${own}})` },
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Query-frontend"))
        .withPanel(
            timeseries({
                title: "Requests to the query-frontend",
                description: "What dashboards and people ask, by kind.",
                unit: RequestsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                stacked: true,
                lines: [{ expr: rates(`thanos_query_frontend_queries_total{${own}}`, ["op"]), legend: "{{op}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Latency of the query-frontend",
                description: "How fast dashboards and people get their answers.",
                unit: Seconds,
                span: 8,
                height: 8,
                min: 0,
                noValue: unasked,
                lines: [0.5, 0.99].map((q) => ({
                    expr: quantile(q, `http_request_duration_seconds_bucket{${frontend}}`),
                    legend: `p${100 * q}`,
                })),
            }),
        )
        .withPanel(
            timeseries({
                title: "Answers of the query-frontend",
                description: "Requests by the status they were answered with.",
                unit: RequestsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                stacked: true,
                noValue: unasked,
                lines: [{ expr: rates(`http_requests_total{${frontend}}`, ["code"]), legend: "{{code}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Answered from the cache",
                description: "Share of range queries, or days of them, that the cache knew.",
                unit: PercentUnit,
                span: 8,
                height: 8,
                min: 0,
                max: 1,
                noValue: "Nobody has asked for a range",
                lines: [
                    {
                        expr: [
                            rates(`cortex_cache_hits_total{${own}}`),
                            "/",
                            rates(`cortex_cache_fetched_keys_total{${own}}`),
                        ].join("\n"),
                        legend: "hits",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Size of the cache",
                description: "Memory that answers take.",
                unit: BytesIEC,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `max by (instance) (querier_cache_memory_bytes{${own}})`,
                        legend: "{{instance}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Queries after splitting",
                description: "A long range is asked for day by day.",
                unit: RequestsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: rates(`thanos_frontend_split_queries_total{${own}}`, ["tripperware"]),
                        legend: "{{tripperware}}",
                    },
                ],
            }),
        );
}
