import { metricsOf, type Catalogue } from "./metric";

/** What the collectors of logs say of themselves and of what they have seen. */
export const logsMetrics: Catalogue = {
    ...metricsOf("Grafana Alloy 1.18.1: internal/component/common/loki/client/metrics.go", [
        "loki_write_batch_retries_total",
        "loki_write_dropped_entries_total",
        "loki_write_entry_propagation_latency_seconds_bucket",
        "loki_write_sent_bytes_total",
        "loki_write_sent_entries_total",
    ]),
    interesting_events_total: {
        source: "platform/interestingEvents.ts: a counter of Grafana Alloy's stage.metrics",
        tenant: true,
    },
};
