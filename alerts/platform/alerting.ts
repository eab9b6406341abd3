import { ofNoApplication } from "../../platform/application";
import { services } from "../../platform/names";
import type { RuleGroupDefinition } from "../ruleGroup";
import { thresholdAlerts } from "../threshold";

/** Rules are evaluated, and what fires reaches people. */
export function alerting(observer: string): RuleGroupDefinition {
    const own = `cluster="${observer}"`;
    // Only a ruler's rules have a strategy; the observer's Prometheus has rules and alerts of its own.
    const ofRuler = `${own},strategy!=""`;

    return {
        name: "platform-alerting",
        layer: "platform",
        rules: [
            {
                alert: "RulerFailing",
                expr: [
                    "sum by (cluster, instance, rule_group) (",
                    `  increase(prometheus_rule_evaluation_failures_total{${ofRuler}}[5m])`,
                    ")",
                    "> 0",
                ].join("\n"),
                for: "10m",
                severity: "page",
                summary: "Rules of {{ $labels.rule_group }} fail on a ruler of {{ $labels.cluster }}",
                description:
                    '{{ $value | printf "%.0f" }} evaluations failed on {{ $labels.instance }} in five minutes: the ' +
                    "group's alerts cannot fire, and what it records has gaps.",
                action:
                    "Read the rule's error on the ruler's /rules page. If every group fails, Query does not answer; " +
                    "if one does, its expression is wrong for the data there is now.",
            },
            {
                alert: "RulerMissedEvaluations",
                expr: [
                    "sum by (cluster, instance, rule_group) (",
                    `  increase(prometheus_rule_group_iterations_missed_total{${ofRuler}}[5m])`,
                    ")",
                    "> 0",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "A ruler of {{ $labels.cluster }} cannot keep up with {{ $labels.rule_group }}",
                description:
                    '{{ $value | printf "%.0f" }} evaluations were skipped on {{ $labels.instance }} in five minutes, ' +
                    "because the one before had not ended. Alerts come late, and what is recorded has gaps.",
            },
            {
                alert: "RulerNotSending",
                expr: [
                    "sum by (cluster, instance) (",
                    `  increase(thanos_alert_sender_alerts_dropped_total{${own}}[5m])`,
                    `  + increase(thanos_alert_queue_alerts_dropped_total{${own}}[5m])`,
                    ")",
                    "> 0",
                ].join("\n"),
                for: "5m",
                severity: "page",
                summary: "A ruler of {{ $labels.cluster }} loses alerts on the way to Alertmanager",
                description:
                    '{{ $labels.instance }} gave up {{ $value | printf "%.0f" }} alerts in five minutes: no ' +
                    "Alertmanager took them. Nobody is told about them by this ruler.",
                action:
                    "Look at Alertmanager first: whether it runs and answers. Then at the ruler's log, which names the " +
                    "address. Until it works, watch the firing alerts on the dashboard Alerting.",
            },
            {
                alert: "PrometheusNotSending",
                expr: [
                    "max by (cluster, instance) (",
                    `  increase(prometheus_notifications_dropped_total{${own}}[5m])`,
                    ")",
                    "> 0",
                    "or",
                    `max by (cluster, instance) (prometheus_notifications_alertmanagers_discovered{${own}}) < 1`,
                ].join("\n"),
                for: "10m",
                severity: "ticket",
                summary: "The Prometheus of observer {{ $labels.cluster }} does not reach Alertmanager",
                description:
                    "{{ $labels.instance }} knows no Alertmanager, or drops what it should send. It is the second " +
                    "opinion about the observer, for when ruler or Query do not work.",
            },
            ...thresholdAlerts({
                alert: "AlertmanagerNotificationsFailing",
                threshold: { ticket: 0.05, page: 0.99 },
                expr: (share) =>
                    [
                        "sum by (cluster, integration) (",
                        `  rate(alertmanager_notifications_failed_total{${own}}[15m])`,
                        ")",
                        "/",
                        `sum by (cluster, integration) (rate(alertmanager_notifications_total{${own}}[15m]))`,
                        `> ${share}`,
                    ].join("\n"),
                for: "10m",
                summary: "Notifications of {{ $labels.cluster }} through {{ $labels.integration }} fail",
                description:
                    "{{ $value | humanizePercentage }} of them could not be delivered in 15 minutes. Whoever is told " +
                    "only through {{ $labels.integration }} hears nothing of some alerts.",
                action:
                    "Alertmanager's log names the receiver and the answer it got. Until it works, tell those people by " +
                    "other means, and watch the firing alerts on the dashboard Alerting.",
            }),
            {
                alert: "AlertmanagerClusterSplit",
                expr: [
                    `min by (cluster) (alertmanager_cluster_members{${own}})`,
                    `< count by (cluster) (up{${own},${ofNoApplication},job="${services.alertmanager.name}"} == 1)`,
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "The Alertmanagers of {{ $labels.cluster }} do not see each other",
                description:
                    'One sees only {{ $value | printf "%.0f" }} of them, itself included. Each sends its own ' +
                    "notifications then, and does not know the silences of the others.",
            },
        ],
    };
}
