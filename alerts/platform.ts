import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/**
 * What the observer needs to store, to compact and to alert. Each expression asks for the observer's own series: a
 * customer that runs Thanos may send metrics of the same names.
 */
export function platformRules({ observer }: RuleContext): RuleGroupDefinition[] {
    return [fleetPlatform(observer)];
}

function fleetPlatform(observer: string): RuleGroupDefinition {
    const own = `cluster="${observer}"`;
    // Write requests by tenant: those that reached the hashring, and those refused before because of their size.
    const handled = `rate(thanos_receive_write_samples_count{${own}}[5m])`;
    const refused = `rate(thanos_receive_write_samples_count{${own},code=~"4.."}[5m])`;
    const tooLarge = `rate(thanos_receive_write_limits_hit_count{${own}}[5m])`;

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
                    `unless on (cluster, tenant) up{${own}}`,
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
                expr: `max by (cluster, job) (thanos_compact_halted{${own}}) == 1`,
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
                expr: [
                    "sum by (cluster, tenant) (",
                    `  increase(thanos_receive_head_series_limited_requests_total{${own}}[5m])`,
                    ")",
                    "> 0",
                ].join("\n"),
                for: "10m",
                severity: "ticket",
                summary: "Tenant {{ $labels.tenant }} is over its limit of active series on {{ $labels.cluster }}",
                description:
                    '{{ $value | printf "%.0f" }} of its requests were refused with 429 in five minutes. Its agents ' +
                    "try again and fall behind; what is four hours late is lost.",
            },
            {
                alert: "ThanosReceiveRefusingTenant",
                // No request is counted twice. http_requests_total does not help: it knows only tenants from headers,
                // and ours have certificates.
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
                    `  increase(prometheus_rule_evaluation_failures_total{${own},strategy!=""}[5m])`,
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
        ],
    };
}
