import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** Logs on their way from customers' clusters to the observers. */
export function logRules(_context: RuleContext): RuleGroupDefinition[] {
    return [logs];
}

const logs: RuleGroupDefinition = {
    name: "logs",
    layer: "platform",
    rules: [
        {
            alert: "LogsNotDelivered",
            expr: "sum by (cluster, tenant, reason) (increase(loki_write_dropped_entries_total[15m])) > 0",
            for: "5m",
            severity: "ticket",
            summary: "Logs of cluster {{ $labels.cluster }} of {{ $labels.tenant }} are lost",
            description:
                'Its collectors gave up {{ $value | printf "%.0f" }} lines within a quarter of an hour: ' +
                "{{ $labels.reason }}.",
        },
        {
            alert: "LogsHeldBack",
            expr: [
                "sum by (cluster, tenant, host) (rate(loki_write_batch_retries_total[10m])) > 0",
                "unless on (cluster, tenant, host)",
                "sum by (cluster, tenant, host) (rate(loki_write_sent_entries_total[10m])) > 0",
            ].join("\n"),
            for: "15m",
            severity: "ticket",
            summary: "Logs of cluster {{ $labels.cluster }} of {{ $labels.tenant }} wait for {{ $labels.host }}",
            description:
                'No line has arrived there for 25 minutes, and its collectors try again {{ $value | printf "%.2f" }} ' +
                "times a second.",
        },
    ],
};
