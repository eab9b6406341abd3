import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { Days, PercentUnit, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import type { CertificateMonitor } from "../../platform/monitors";
import { badAbove, badBelow, stat, table, timeseries } from "../panels";
import { pagesFirst, severity } from "../severity";
import { board } from "../board";
import { probeColumns } from "./probeColumns";

/** Service endpoints, as the observer's probes see them from outside. */
export function endpoints(observer: string, certificates: CertificateMonitor): DashboardBuilder {
    const own = `cluster="${observer}",endpoint!=""`;
    const of = (metric: string) => `max by (endpoint, application, instance) (${metric}{${own}})`;
    const firing = `ALERTS{${own},alertstate="firing"}`;
    const lifetime = badBelow(certificates.pageDays, certificates.ticketDays);

    return board({
        title: "Service endpoints",
        uid: "endpoints",
        description:
            "Whether services answer, how fast, for how long their certificates are good, and how they did this week.",
        tags: ["applications", "iaas"],
    })
        .withRow(new RowBuilder("Overview"))
        .withPanel(
            stat({
                title: "Endpoints",
                description: "Endpoints that config asks to be probed.",
                unit: Short,
                span: 6,
                height: 4,
                expr: `count(group by (endpoint, application) (fleet_endpoint_info{${own}}))`,
            }),
        )
        .withPanel(
            stat({
                title: "Endpoints down",
                description: "Endpoints whose last probe has failed.",
                unit: Short,
                span: 6,
                height: 4,
                expr: `count(${of("probe_success")} == 0) or vector(0)`,
                thresholds: badAbove([1, "red"]),
            }),
        )
        .withPanel(
            stat({
                title: "First certificate to run out",
                description: "How long the certificate is good that runs out first.",
                unit: Days,
                span: 6,
                height: 4,
                decimals: 1,
                noValue: "No endpoint has a certificate",
                expr: `(min(probe_ssl_earliest_cert_expiry{${own}}) - time()) / 86400`,
                thresholds: lifetime,
            }),
        )
        .withPanel(
            stat({
                title: "Worst week",
                description: "Share of the probes of the last seven days that the worst endpoint has answered.",
                unit: PercentUnit,
                span: 6,
                height: 4,
                decimals: 2,
                expr: `min(endpoint:availability:ratio7d{${own}})`,
                thresholds: badBelow(0.99, 0.999),
            }),
        )
        .withPanel(
            table({
                title: "Every endpoint",
                description: "Each endpoint's last probe, its certificate, and its last seven days.",
                unit: Short,
                span: 24,
                height: 9,
                columns: [
                    { title: "Endpoint", from: { label: "endpoint" } },
                    { title: "Application", from: { label: "application" } },
                    ...probeColumns(of, certificates),
                    {
                        title: "Seven days",
                        from: {
                            expr: [
                                "max by (endpoint, application, instance) (",
                                `  endpoint:availability:ratio7d{${own}}`,
                                "  * on (cluster, endpoint, application) group_right",
                                `  fleet_endpoint_info{${own}}`,
                                ")",
                            ].join("\n"),
                        },
                        unit: PercentUnit,
                        decimals: 3,
                        thresholds: badBelow(0.99, 0.999),
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Over time"))
        .withPanel(
            timeseries({
                title: "Duration",
                description: "How long a probe takes, from the name's look-up to the last byte.",
                unit: Seconds,
                span: 12,
                height: 9,
                min: 0,
                lines: [{ expr: of("probe_duration_seconds"), legend: "{{endpoint}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Duration by phase",
                description: "On what the time goes, on average of all endpoints; redirects are added up.",
                unit: Seconds,
                span: 12,
                height: 9,
                stacked: true,
                lines: [{ expr: `avg by (phase) (probe_http_duration_seconds{${own}})`, legend: "{{phase}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Weekly availability",
                description: "Share of the probes of the seven days before that were answered.",
                unit: PercentUnit,
                span: 12,
                height: 9,
                max: 1,
                lines: [{ expr: `max by (endpoint) (endpoint:availability:ratio7d{${own}})`, legend: "{{endpoint}}" }],
            }),
        )
        .withPanel(
            table({
                title: "Firing alerts",
                description: "What fires for endpoints. Each alert's runbook says what to do.",
                unit: Short,
                span: 12,
                height: 9,
                noValue: "No alert fires",
                columns: [
                    severity,
                    { title: "Alert", from: { label: "alertname" } },
                    { title: "Endpoint", from: { label: "endpoint" } },
                    { title: "Alerts", from: { expr: `count by (severity, alertname, endpoint) (${firing})` } },
                ],
            }).sortBy(pagesFirst()),
        );
}
