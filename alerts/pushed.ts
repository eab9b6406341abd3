import { otlpRelease } from "../platform/names";
import type { RuleGroupDefinition } from "./ruleGroup";

/** What a gateway's collectors say about themselves. Somebody else's collector may have metrics of the same names. */
const ofGateways = `{job="${otlpRelease}"}`;

/** Gateways for pushed metrics: what they do not take, and what they cannot pass on. */
export function pushedRules(): RuleGroupDefinition[] {
    return [
        {
            name: "pushed-metrics",
            layer: "platform",
            rules: [
                {
                    alert: "PushedMetricsRefused",
                    expr: [
                        "label_replace(",
                        "  sum by (cluster, tenant) (",
                        `    rate(otelcol_receiver_refused_metric_points_total${ofGateways}[5m])`,
                        '  ), "reason", "memory", "", ""',
                        ") > 0",
                        "or label_replace(",
                        "  sum by (cluster, tenant) (",
                        `    rate(otelcol_exporter_prometheusremotewrite_failed_translations_total${ofGateways}[5m])`,
                        '  ), "reason", "translation", "", ""',
                        ") > 0",
                    ].join("\n"),
                    for: "10m",
                    severity: "ticket",
                    summary: "Pushed metrics of cluster {{ $labels.cluster }} are refused ({{ $labels.reason }})",
                    description:
                        'For reason {{ $labels.reason }}, {{ $value | printf "%.3g" }} a second are refused: "memory" ' +
                        'counts points that the gateway has no room for, "translation" batches with what Prometheus ' +
                        "cannot hold, such as deltas.",
                },
                {
                    alert: "OtlpGatewayNotSending",
                    expr: [
                        `sum by (cluster, tenant, exporter) (rate(otelcol_exporter_send_failed_metric_points_total${ofGateways}[5m])) > 0`,
                        `or sum by (cluster, tenant, exporter) (rate(otelcol_exporter_enqueue_failed_metric_points_total${ofGateways}[5m])) > 0`,
                        // A queue that nothing leaves: retries go on for hours before a point counts as failed.
                        "or (",
                        `  sum by (cluster, tenant, exporter) (min_over_time(otelcol_exporter_queue_size${ofGateways}[5m])) > 0`,
                        "  unless",
                        `  sum by (cluster, tenant, exporter) (rate(otelcol_exporter_sent_metric_points_total${ofGateways}[5m])) > 0`,
                        ")",
                    ].join("\n"),
                    for: "10m",
                    severity: "ticket",
                    summary: "Pushed metrics of cluster {{ $labels.cluster }} do not reach {{ $labels.exporter }}",
                    description:
                        'The gateway has {{ $value | printf "%.3g" }}, of points a second that are lost or of batches ' +
                        "that wait and do not get less.",
                },
            ],
        },
    ];
}
