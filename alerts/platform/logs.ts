import type { RuleGroupDefinition } from "../ruleGroup";

/** Lines are taken, reach the object store, and are deleted when their time is over; silent where no logs are kept. */
export function logStore(observer: string): RuleGroupDefinition {
    const own = `cluster="${observer}"`;
    // What customers ask for; the parts of Loki speak gRPC with each other, and those routes are paths.
    const requests = `loki_request_duration_seconds_count{${own},route=~"loki_api_v1_.+|otlp_v1_logs"`;

    return {
        name: "platform-logs",
        layer: "platform",
        rules: [
            {
                alert: "LokiRequestErrors",
                expr: [
                    `sum by (cluster, route) (rate(${requests},status_code=~"5.."}[5m]))`,
                    "/",
                    `sum by (cluster, route) (rate(${requests}}[5m]))`,
                    "> 0.05",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "Loki of {{ $labels.cluster }} answers {{ $labels.route }} with errors",
                description:
                    "{{ $value | humanizePercentage }} of these requests end with 5xx. Collectors try to send a line " +
                    "again, until its file is gone from the node.",
            },
            {
                alert: "TenantLogsRefused",
                expr: [
                    "sum by (cluster, tenant, reason) (",
                    `  increase(loki_discarded_samples_total{${own}}[10m])`,
                    ")",
                    "> 0",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary:
                    "Lines of tenant {{ $labels.tenant }} are refused on {{ $labels.cluster }}: {{ $labels.reason }}",
                description:
                    '{{ $value | printf "%.0f" }} lines were refused in ten minutes. What is over a rate is ' +
                    "sent again and comes late; what is refused for another reason is lost.",
            },
            {
                alert: "LokiFlushFailing",
                expr: [
                    "sum by (cluster, instance) (",
                    `  increase(loki_ingester_chunks_flush_failures_total{${own}}[15m])`,
                    ")",
                    "> 0",
                ].join("\n"),
                for: "30m",
                severity: "ticket",
                summary: "A Loki of {{ $labels.cluster }} cannot write to the object store",
                description:
                    '{{ $value | printf "%.0f" }} attempts of {{ $labels.instance }} failed in a quarter of an hour. ' +
                    "Lines stay in its memory and on its volume meanwhile.",
            },
            {
                alert: "LogRetentionStalled",
                // A replica that restarts, or is not the one that deletes, says 0.
                expr: [
                    "time() - max by (cluster) (",
                    "  max_over_time(",
                    `    loki_compactor_apply_retention_last_successful_run_timestamp_seconds{${own}}[2d]`,
                    "  )",
                    ")",
                    "> 86400",
                ].join("\n"),
                for: "3h",
                severity: "ticket",
                summary: "Loki of {{ $labels.cluster }} deletes no logs that are past their retention",
                description:
                    "Its compactor has not gone through the index for a day. Lines are kept longer than tenants were " +
                    "told, and the bucket grows.",
            },
        ],
    };
}
