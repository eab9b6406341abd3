import { metricsOf, type Catalogue } from "./metric";

/** What probes see from outside, and cert-manager of its certificates. */
export const endpointsMetrics: Catalogue = {
    ...metricsOf(
        "blackbox_exporter: prober/handler.go, prober/http.go and prober/tcp.go",
        [
            "probe_duration_seconds",
            "probe_http_duration_seconds",
            "probe_http_status_code",
            "probe_ssl_earliest_cert_expiry",
            "probe_success",
        ],
        { tenant: false },
    ),
    ...metricsOf("cert-manager: pkg/metrics/metrics.go", [
        "certmanager_certificate_expiration_timestamp_seconds",
        "certmanager_certificate_ready_status",
        "certmanager_certificate_renewal_timestamp_seconds",
    ]),
};
