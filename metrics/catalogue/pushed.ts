import { metricsOf, type Catalogue } from "./metric";

/** What gateways for pushed metrics say about themselves, as platform/otlp.ts has them name it. */
export const pushedMetrics: Catalogue = {
    ...metricsOf("OpenTelemetry Collector: receiver/receiverhelper", ["otelcol_receiver_refused_metric_points_total"]),
    ...metricsOf("OpenTelemetry Collector: exporter/exporterhelper", [
        "otelcol_exporter_enqueue_failed_metric_points_total",
        "otelcol_exporter_queue_size",
        "otelcol_exporter_send_failed_metric_points_total",
        "otelcol_exporter_sent_metric_points_total",
    ]),
    ...metricsOf("OpenTelemetry Collector contrib 0.158: exporter/prometheusremotewriteexporter", [
        "otelcol_exporter_prometheusremotewrite_failed_translations_total",
    ]),
};
