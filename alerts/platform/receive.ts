import type { RuleGroupDefinition } from "../ruleGroup";
import { thresholdAlerts } from "../threshold";

/** What customers send is taken, within limits, and reaches the ingestors. */
export function receive(observer: string): RuleGroupDefinition {
    const own = `cluster="${observer}"`;
    // Write requests by tenant: those that reached the hashring, and those refused before because of their size.
    const handled = `rate(thanos_receive_write_samples_count{${own}}[5m])`;
    const refused = `rate(thanos_receive_write_samples_count{${own},code=~"4.."}[5m])`;
    const tooLarge = `rate(thanos_receive_write_limits_hit_count{${own}}[5m])`;
    const failed = `rate(thanos_receive_write_samples_count{${own},code=~"5.."}[5m])`;

    return {
        name: "platform-receive",
        layer: "platform",
        rules: [
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
            ...thresholdAlerts({
                alert: "ThanosReceiveErrors",
                threshold: { ticket: 0.01, page: 0.1 },
                // All tenants together: without a quorum of ingestors everyone fails, and one page is enough.
                expr: (share) => `sum by (cluster) (${failed}) / sum by (cluster) (${handled}) > ${share}`,
                for: "10m",
                summary: "Receive routers of {{ $labels.cluster }} fail to store what customers send",
                description:
                    "{{ $value | humanizePercentage }} of the write requests end with 5xx. Agents try again for four " +
                    "hours; what is later is lost.",
                action:
                    "See whether a quorum of ingestors runs and has room on its volumes, then what routers log about " +
                    "forwarding.",
            }),
            {
                alert: "ThanosReceiveSlow",
                expr: [
                    "histogram_quantile(0.99,",
                    `  sum by (cluster, le) (rate(http_request_duration_seconds_bucket{${own},handler="receive"}[5m]))`,
                    ")",
                    "> 10",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "Receive routers of {{ $labels.cluster }} take long",
                description:
                    "One of a hundred write requests takes longer than {{ $value | humanizeDuration }}. Agents give " +
                    "up after 30s and send it again, which makes it worse.",
            },
            {
                alert: "ThanosReceiveForwardFailing",
                // Not a share: a router backs off from an ingestor that does not answer, and counts only the attempts.
                expr: [
                    "sum by (cluster, instance) (",
                    `  increase(thanos_receive_forward_requests_total{${own},result="error"}[5m])`,
                    ")",
                    "> 0",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "A receive router of {{ $labels.cluster }} cannot forward to some ingestor",
                description:
                    '{{ $value | printf "%.0f" }} forwarded requests of {{ $labels.instance }} failed in five minutes. ' +
                    "While a quorum of ingestors takes each sample nothing is lost; another one away, and writes fail.",
            },
            {
                alert: "ThanosReceiveHashringUnhealthy",
                expr: [
                    `max by (cluster) (thanos_receive_config_hash{${own}})`,
                    `!= min by (cluster) (thanos_receive_config_hash{${own}})`,
                    "or",
                    `min by (cluster) (thanos_receive_hashring_nodes{${own}})`,
                    `< max by (cluster) (thanos_receive_replication_factor{${own}})`,
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "Receive routers of {{ $labels.cluster }} have no hashring that they agree on",
                description:
                    "Routers know different hashrings, or one with fewer ingestors than replicas are wanted. Series " +
                    "are then held by more ingestors than they should be, or refused.",
            },
            {
                alert: "ThanosReceiveLimitsNotEnforced",
                expr: [
                    "sum by (cluster, instance) (",
                    `  increase(thanos_receive_metamonitoring_failed_queries_total{${own}}[5m])`,
                    ")",
                    "> 0",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "A receive router of {{ $labels.cluster }} does not know how many series tenants have",
                description:
                    "{{ $labels.instance }} has had no answer from the observer's Prometheus for 15 minutes. It goes " +
                    "on with the last numbers it had: who was under the limit may send any number of series.",
            },
        ],
    };
}
