import { MappingType } from "@grafana/grafana-foundation-sdk/dashboard";
import { Days, Seconds } from "@grafana/grafana-foundation-sdk/units";
import type { CertificateMonitor } from "../../platform/monitors";
import { badBelow, type Column } from "../panels";

/**
 * What a table says of each probe.
 *
 * @param now the expression of a metric's present values, one for each row
 */
export function probeColumns(now: (metric: string) => string, certificates: CertificateMonitor): Column[] {
    return [
        { title: "Address", from: { label: "instance" } },
        {
            title: "Up",
            from: { expr: now("probe_success") },
            thresholds: badBelow(1, 1),
            mappings: [
                {
                    type: MappingType.ValueToText,
                    options: { "0": { text: "Down", index: 0 }, "1": { text: "Up", index: 1 } },
                },
            ],
        },
        { title: "Status", from: { expr: now("probe_http_status_code") } },
        { title: "Duration", from: { expr: now("probe_duration_seconds") }, unit: Seconds },
        {
            title: "Certificate",
            from: { expr: `(${now("probe_ssl_earliest_cert_expiry")} - time()) / 86400` },
            unit: Days,
            decimals: 1,
            thresholds: badBelow(certificates.pageDays, certificates.ticketDays),
        },
    ];
}
