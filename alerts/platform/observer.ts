import { ofNoApplication } from "../../platform/application";
import { namespace, services } from "../../platform/names";
import type { RuleGroupDefinition } from "../ruleGroup";
import { thresholdAlerts } from "../threshold";

/** Jobs of the observer's Thanos, kube-prometheus-stack, Loki and tenant gateway: they are called after their Services. */
const components = `job=~"(thanos|kps)-.+|${services.loki.name}|${services.tenantGatewayMetrics.name}"`;

/** Without these, nothing that customers send is taken. */
const vital = `job=~"${services.receiveRouter.name}|${services.receiveIngestor.name}"`;

/** The way from rule to receiver, and that every part of the observer runs with the configuration it was given. */
export function fleetPlatform(observer: string): RuleGroupDefinition {
    const own = `cluster="${observer}"`;
    const targets = `${own},${ofNoApplication}`;
    // Compared with its own last day, and not with a list: charts name jobs, and a size decides which of them there are.
    const gone = (jobs: string) =>
        [
            `group by (cluster, job) (max_over_time(up{${targets},${jobs}}[1d]) == 1)`,
            `unless on (cluster, job) up{${targets}} == 1`,
            // Who cannot see anything should not say that everything is down.
            `and on (cluster) group by (cluster) (up{${targets}})`,
        ].join("\n");

    return {
        name: "fleet-platform",
        layer: "platform",
        rules: [
            {
                alert: "Watchdog",
                expr: "vector(1)",
                labels: { cluster: observer },
                severity: "info",
                summary: `The way from the ruler of ${observer} to its receivers works`,
                description:
                    "Always fires. Query, ruler and Alertmanager have to work for it to arrive; whoever gets it " +
                    "must raise the alarm when it stops.",
            },
            {
                alert: "ObserverSilent",
                // The alerts below read what the observer's Prometheus scrapes: without it they would just be quiet.
                expr: [
                    `label_replace(vector(1), "cluster", "${observer}", "", "")`,
                    `unless on (cluster, tenant) up{${targets}}`,
                ].join("\n"),
                for: "5m",
                severity: "page",
                summary: "The Prometheus of observer {{ $labels.cluster }} is not seen",
                description:
                    "Query has had no sample of the observer's own targets for ten minutes, so no alert about " +
                    "receivers, compactor or ruler can fire.",
                action: "Look at the observer's Prometheus and its sidecar, then at the endpoints that Query sees.",
            },
            {
                alert: "PlatformComponentDown",
                expr: gone(vital),
                for: "5m",
                severity: "page",
                summary: "No {{ $labels.job }} of {{ $labels.cluster }} answers",
                description:
                    "Each of them has answered within the last day, and none does now: nothing that customers send " +
                    "is stored. Their agents keep four hours.",
                action: "See whether its pods run and what they log; without a node or a volume they wait for one.",
            },
            {
                alert: "PlatformComponentDown",
                expr: [
                    `(${gone(components)}\nunless on (cluster, job) up{${targets},${vital}})`,
                    // Some of several: a value of 1 is all of them, and that is above.
                    "or",
                    `(1 - avg by (cluster, job) (up{${targets},${components}}) > 0 < 1)`,
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "Replicas of {{ $labels.job }} of {{ $labels.cluster }} are down",
                description: "{{ $value | humanizePercentage }} of its replicas have not answered for 15 minutes.",
            },
            {
                alert: "PlatformConfigRejected",
                expr: [
                    "min by (cluster, job, instance) (",
                    `  thanos_receive_config_last_reload_successful{${own}}`,
                    `  or thanos_rule_config_last_reload_successful{${own}}`,
                    `  or alertmanager_config_last_reload_successful{${own}}`,
                    `  or prometheus_config_last_reload_successful{${own}}`,
                    ")",
                    "== 0",
                    "or",
                    "sum by (cluster, job, instance) (",
                    `  increase(thanos_receive_limits_config_reload_err_total{${own}}[15m])`,
                    ")",
                    "> 0",
                ].join("\n"),
                for: "10m",
                severity: "ticket",
                summary: "The new configuration of {{ $labels.job }} of {{ $labels.cluster }} is not taken",
                description:
                    "{{ $labels.instance }} goes on with what it had. If it restarts before this is mended, it does " +
                    "not come back.",
            },
            ...thresholdAlerts({
                alert: "ObserverVolumeFillingUp",
                threshold: { ticket: 85, page: 97 },
                expr: (percent) =>
                    [
                        "100 * max by (cluster, namespace, persistentvolumeclaim) (",
                        `  kubelet_volume_stats_used_bytes{${own},namespace="${namespace}"}`,
                        `  / kubelet_volume_stats_capacity_bytes{${own},namespace="${namespace}"}`,
                        ")",
                        `> ${percent}`,
                    ].join("\n"),
                for: "10m",
                summary:
                    "Volume {{ $labels.persistentvolumeclaim }} of {{ $labels.cluster }} in {{ $labels.namespace }} " +
                    "fills up",
                description:
                    '{{ $value | printf "%.0f" }}% of it is used. A component whose volume is full stops: an ingestor ' +
                    "takes no samples, a compactor halts.",
                action: "Make the volume larger where its class allows it. Never delete files of a TSDB by hand.",
            }),
            {
                alert: "GrafanaErrors",
                expr: [
                    `sum by (cluster) (rate(grafana_http_request_duration_seconds_count{${own},status_code=~"5.."}[5m]))`,
                    "/",
                    `sum by (cluster) (rate(grafana_http_request_duration_seconds_count{${own}}[5m]))`,
                    "> 0.05",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "Grafana of {{ $labels.cluster }} answers with errors",
                description:
                    "{{ $value | humanizePercentage }} of its requests end with 5xx. Alerts do not depend on it.",
            },
        ],
    };
}
