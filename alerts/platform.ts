import type { RuleGroupDefinition } from "./ruleGroup";

/** Write requests by tenant that reached the hashring, and those refused before because of their size. */
const handled = "rate(thanos_receive_write_samples_count[5m])";
const tooLarge = "rate(thanos_receive_write_limits_hit_count[5m])";
const refused = 'rate(thanos_receive_write_samples_count{code=~"4.."}[5m])';

/** What the observer needs to store, to compact and to alert. */
export function fleetPlatform(observer: string): RuleGroupDefinition {
    return {
        name: "fleet-platform",
        rules: [
            {
                alert: "Watchdog",
                expr: "vector(1)",
                labels: { cluster: observer },
                severity: "info",
                summary: "The way from the ruler of {{ $labels.cluster }} to its receivers works",
                description:
                    "Always fires. Query, ruler and Alertmanager have to work for it to arrive; whoever gets it " +
                    "must raise the alarm when it stops.",
            },
            {
                alert: "ObserverSilent",
                // The alerts below read what the observer's Prometheus scrapes: without it they would just be quiet.
                expr: [
                    `label_replace(vector(1), "cluster", "${observer}", "", "")`,
                    `unless on (cluster) up{cluster="${observer}",tenant=""}`,
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
                alert: "ThanosCompactHalted",
                expr: "max by (cluster, job) (thanos_compact_halted) == 1",
                for: "5m",
                severity: "page",
                summary: "The compactor of {{ $labels.cluster }} has halted",
                description:
                    "{{ $labels.job }} has found blocks that it cannot compact, and does nothing more: no " +
                    "compaction, no downsampling and no retention, so the bucket grows.",
                action:
                    "Read the compactor's log for the blocks it names, mark them for no compaction, and restart it. " +
                    "Never start a second one.",
            },
            {
                alert: "TenantOverLimit",
                expr: "sum by (cluster, tenant) (rate(thanos_receive_head_series_limited_requests_total[5m])) > 0",
                for: "10m",
                severity: "ticket",
                summary: "Tenant {{ $labels.tenant }} is over its limit of active series on {{ $labels.cluster }}",
                description:
                    "{{ $value | humanize }} of its requests a second are refused with 429. Its agents try again " +
                    "and fall behind; what is four hours late is lost.",
            },
            {
                alert: "ThanosReceiveRefusingTenant",
                // No request is counted twice. http_requests_total does not help: it takes the tenant from a header, and
                // who has a certificate sends none.
                expr: [
                    `sum by (cluster, tenant) (${refused} or ${tooLarge})`,
                    "/",
                    `sum by (cluster, tenant) (${handled} or ${tooLarge})`,
                    "> 0.01",
                ].join("\n"),
                for: "10m",
                severity: "ticket",
                summary: "Samples of tenant {{ $labels.tenant }} are refused for good on {{ $labels.cluster }}",
                description:
                    "{{ $value | humanizePercentage }} of its requests are refused with a 4xx other than 429. " +
                    "Agents do not try those again: what was in them is lost.",
            },
            {
                alert: "RulerFailing",
                // Only a ruler's rules have a strategy; the observer's Prometheus has rules and alerts of its own.
                expr: [
                    "sum by (cluster, instance, rule_group) (",
                    '  rate(prometheus_rule_evaluation_failures_total{strategy!=""}[5m])',
                    ")",
                    "> 0",
                ].join("\n"),
                for: "10m",
                severity: "page",
                summary: "Rules of {{ $labels.rule_group }} fail on a ruler of {{ $labels.cluster }}",
                description:
                    "{{ $value | humanize }} evaluations a second fail on {{ $labels.instance }}: the group's " +
                    "alerts cannot fire, and what it records has gaps.",
                action:
                    "Read the rule's error on the ruler's /rules page. If every group fails, Query does not answer; " +
                    "if one does, its expression is wrong for the data there is now.",
            },
        ],
    };
}
