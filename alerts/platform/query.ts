import { ofNoApplication } from "../../platform/application";
import { services } from "../../platform/names";
import type { RecordingRule, RuleGroupDefinition } from "../ruleGroup";

/** The kinds of endpoints that Query knows, and the jobs of those that run on the observer. */
const endpoints = {
    receive: `job="${services.receiveIngestor.name}"`,
    store: `job="${services.storeGateway.name}"`,
    sidecar: `job="${services.prometheusSidecar.name}"`,
    // The operator's Service and the chart's have different names.
    rule: 'job=~".*thanos-ruler.*"',
};

/**
 * Questions are answered, in time, and from everywhere.
 *
 * @param sidecarsElsewhere endpoints that Query asks besides the observer's own
 */
export function queries(observer: string, sidecarsElsewhere: number): RuleGroupDefinition {
    const own = `cluster="${observer}"`;
    const asked = `${own},handler=~"query|query_range"`;
    const expected = `max by (cluster, store_type) (cluster:thanos_endpoints_up:count{${own}})`;

    return {
        name: "platform-query",
        layer: "platform",
        rules: [
            ...Object.entries(endpoints).map(([kind, job]): RecordingRule => ({
                record: "cluster:thanos_endpoints_up:count",
                expr: [
                    `count by (cluster) (up{${own},${ofNoApplication},${job}} == 1)`,
                    kind === "sidecar" && sidecarsElsewhere > 0 ? ` + ${sidecarsElsewhere}` : "",
                ].join(""),
                labels: { store_type: kind },
            })),
            {
                alert: "ThanosQueryStoresMissing",
                expr: [
                    expected,
                    "> on (cluster, store_type)",
                    "(",
                    "  min by (cluster, store_type) (",
                    `    sum by (cluster, instance, store_type) (thanos_store_nodes_grpc_connections{${own}})`,
                    "  )",
                    `  or 0 * ${expected}`,
                    ")",
                ].join("\n"),
                for: "10m",
                severity: "ticket",
                summary: "Query of {{ $labels.cluster }} does not see every endpoint of kind {{ $labels.store_type }}",
                description:
                    '{{ $value | printf "%.0f" }} of them should be seen, and a querier sees fewer: answers lack what ' +
                    "only the others have, and rules that need all of them fail.",
            },
            {
                alert: "ThanosQueryErrors",
                expr: [
                    `sum by (cluster) (rate(http_requests_total{${asked},code=~"5.."}[5m]))`,
                    "/",
                    `sum by (cluster) (rate(http_requests_total{${asked}}[5m]))`,
                    "> 0.05",
                ].join("\n"),
                for: "10m",
                severity: "ticket",
                summary: "Query of {{ $labels.cluster }} fails",
                description: "{{ $value | humanizePercentage }} of the queries of rules and dashboards end with 5xx.",
            },
            {
                alert: "ThanosQuerySlow",
                expr: [
                    "histogram_quantile(0.99,",
                    `  sum by (cluster, handler, le) (rate(http_request_duration_seconds_bucket{${asked}}[5m]))`,
                    ")",
                    "> 30",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "Query of {{ $labels.cluster }} takes long",
                description:
                    "One of a hundred requests of {{ $labels.handler }} takes longer than " +
                    "{{ $value | humanizeDuration }}. After two minutes Query gives up.",
            },
        ],
    };
}
