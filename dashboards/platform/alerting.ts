import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { CountsPerSecond, PercentUnit, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import type { DashboardContext } from "../audience";
import { badAbove, stat, table, timeseries } from "../panels";
import { pagesFirst, severity } from "../severity";
import { board, quantile, rates } from "./board";
import { watchdog } from "./vitals";

/** From rule to receiver: what fires in the fleet, whether rules are evaluated, and whether people are told. */
export function alerting({ observer }: DashboardContext): DashboardBuilder {
    const own = `cluster="${observer}"`;
    const ofRuler = `${own},strategy!=""`;
    // Everybody's alerts, the observer's own included: only the fleet's rules have a layer.
    const firing = (matchers: string) => {
        const fleet = `layer!="",alertstate="firing",${matchers}`;
        return `(ALERTS{cluster!="${observer}",${fleet}} or ALERTS{${own},${fleet}})`;
    };
    const count = (title: string, which: string, color: string) =>
        stat({
            title,
            description: "Alerts of the whole fleet that fire now.",
            unit: Short,
            span: 4,
            height: 4,
            expr: `count(${firing(`severity="${which}"`)}) or vector(0)`,
            thresholds: badAbove([1, color]),
        });
    const notified = `alertmanager_notifications_total{${own}}`;

    return board({
        title: "Alerting",
        uid: "alerting",
        description: "What fires in the fleet, whether rules are evaluated, and whether people are told.",
    })
        .withRow(new RowBuilder("Firing"))
        .withPanel(count("Pages", "page", "red"))
        .withPanel(count("Tickets", "ticket", "orange"))
        .withPanel(watchdog(own, { description: "How long ago a ruler evaluated the alert that always fires." }))
        .withPanel(
            stat({
                title: "By layer",
                description: "Pages and tickets of the whole fleet that fire now, by whose affair they are.",
                unit: Short,
                span: 12,
                height: 4,
                tiles: true,
                expr: `count by (layer) (${firing('severity=~"page|ticket"')})`,
                legend: "{{layer}}",
                noValue: "No alert fires",
            }),
        )
        .withPanel(
            table({
                title: "Alerts of the fleet",
                description: "Pages and tickets that fire now. Each alert's runbook says what to do.",
                unit: Short,
                span: 24,
                height: 10,
                noValue: "No alert fires",
                columns: [
                    severity,
                    { title: "Layer", from: { label: "layer" } },
                    { title: "Alert", from: { label: "alertname" } },
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Customer", from: { label: "tenant" } },
                    {
                        title: "Alerts",
                        from: {
                            expr: [
                                "count by (severity, layer, alertname, cluster, tenant) (",
                                `  ${firing('severity=~"page|ticket"')}`,
                                ")",
                            ].join("\n"),
                        },
                    },
                ],
            }).sortBy(pagesFirst()),
        )
        .withRow(new RowBuilder("Rulers"))
        .withPanel(
            timeseries({
                title: "Evaluations",
                description: "Rules that each ruler evaluates.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: rates(`prometheus_rule_evaluations_total{${ofRuler}}`, ["instance"]),
                        legend: "{{instance}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Failed and missed evaluations",
                description: "Evaluations that failed, and those that were skipped because the one before still ran.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: rates(`prometheus_rule_evaluation_failures_total{${ofRuler}}`, ["instance"]),
                        legend: "{{instance}} failed",
                    },
                    {
                        expr: rates(`prometheus_rule_group_iterations_missed_total{${ofRuler}}`, ["instance"]),
                        legend: "{{instance}} missed",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Slowest groups",
                description: "How much of its interval a group's last evaluation took. At 100% it skips the next one.",
                unit: PercentUnit,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: [
                            "topk(10, max by (group) (label_replace(",
                            `  prometheus_rule_group_last_duration_seconds{${ofRuler}}`,
                            `  / prometheus_rule_group_interval_seconds{${ofRuler}},`,
                            // The file is before it.
                            '  "group", "$1", "rule_group", ".*;(.*)"',
                            ")))",
                        ].join("\n"),
                        legend: "{{group}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Sent to Alertmanager",
                description: "Alerts that rulers send, and those that they gave up.",
                unit: CountsPerSecond,
                span: 12,
                height: 8,
                min: 0,
                noValue: "No ruler has sent anything",
                lines: [
                    {
                        expr: rates(`thanos_alert_sender_alerts_sent_total{${own}}`, ["instance"]),
                        legend: "{{instance}} sent",
                    },
                    {
                        expr: rates(`thanos_alert_sender_alerts_dropped_total{${own}}`, ["instance"]),
                        legend: "{{instance}} given up",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Queue to Alertmanager",
                description: "How full the queue of each ruler is. What does not fit is dropped.",
                unit: PercentUnit,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: [
                            "max by (instance) (",
                            `  thanos_alert_queue_length{${own}} / thanos_alert_queue_capacity{${own}}`,
                            ")",
                        ].join("\n"),
                        legend: "{{instance}}",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Alertmanager"))
        .withPanel(
            timeseries({
                title: "Alerts by state",
                description: "Alerts that Alertmanager knows; those that are suppressed are silenced or inhibited.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [{ expr: `max by (state) (alertmanager_alerts{${own}})`, legend: "{{state}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Alerts received",
                description: "What rulers and the observer's Prometheus send.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    { expr: rates(`alertmanager_alerts_received_total{${own}}`, ["status"]), legend: "{{status}}" },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Silences",
                description: "Silences by state. One that has expired is forgotten after five days.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [{ expr: `max by (state) (alertmanager_silences{${own}})`, legend: "{{state}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Notifications",
                description: "Notifications by integration. The dead man's switch is a webhook, once a minute.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                noValue: "Nobody was told anything",
                lines: [{ expr: `${rates(notified, ["integration"])} > 0`, legend: "{{integration}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Failed notifications",
                description: "Notifications that nobody got, by integration and reason.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                noValue: "No notification fails",
                lines: [
                    {
                        expr: `${rates(`alertmanager_notifications_failed_total{${own}}`, ["integration", "reason"])} > 0`,
                        legend: "{{integration}}: {{reason}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Latency of notifications",
                description: "Of 100 notifications of each integration, 99 are delivered faster.",
                unit: Seconds,
                span: 8,
                height: 8,
                min: 0,
                noValue: "Nobody was told anything",
                lines: [
                    {
                        expr: [
                            quantile(0.99, `alertmanager_notification_latency_seconds_bucket{${own}}`, [
                                "cluster",
                                "integration",
                            ]),
                            `and on (cluster, integration) ${rates(notified, ["cluster", "integration"])} > 0`,
                        ].join("\n"),
                        legend: "{{integration}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Alertmanagers that see each other",
                description: "Members of the cluster, as each Alertmanager counts them.",
                unit: Short,
                span: 24,
                height: 6,
                min: 0,
                noValue: "One Alertmanager has nobody to gossip with",
                lines: [
                    {
                        expr: `max by (instance) (alertmanager_cluster_members{${own}})`,
                        legend: "{{instance}}",
                    },
                ],
            }),
        );
}
