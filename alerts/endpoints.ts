import { probedEndpoints, probeKinds } from "../platform/probes";
import { probedOf } from "./probed";
import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** What is probed from the observer: service endpoints, customers' clusters, and the platform's own endpoints. */
export function endpointRules(context: RuleContext): RuleGroupDefinition[] {
    return [...serviceEndpoints(context), clusters(context.observer), platform(context.observer)];
}

function serviceEndpoints({ observer, monitors }: RuleContext): RuleGroupDefinition[] {
    const endpoints = probedEndpoints(monitors);
    if (endpoints.length === 0) {
        return [];
    }
    const own = `cluster="${observer}",endpoint!=""`;
    const endpoint = "cluster, endpoint, application";
    const who = "{{ $labels.endpoint }}, probed from {{ $labels.cluster }},";

    return [
        {
            name: "endpoints-expected",
            layer: "applications",
            rules: endpoints.map(({ name, url, application }) => ({
                record: "fleet_endpoint_info",
                expr: "vector(1)",
                labels: {
                    cluster: observer,
                    endpoint: name,
                    instance: url,
                    ...(application === undefined ? {} : { application }),
                },
            })),
        },
        {
            name: "endpoints-availability",
            layer: "applications",
            // Less than the five minutes for which a recorded sample is seen.
            interval: "2m",
            rules: [
                {
                    record: "endpoint:availability:ratio1h",
                    expr: `avg by (${endpoint}) (avg_over_time(probe_success{${own}}[1h]))`,
                },
                {
                    // Over the hours and not over the probes, of which a week has twenty thousand an endpoint.
                    record: "endpoint:availability:ratio7d",
                    expr: `avg_over_time(endpoint:availability:ratio1h{${own}}[7d])`,
                },
            ],
        },
        {
            name: "endpoints",
            layer: "applications",
            rules: [
                {
                    alert: "EndpointDown",
                    expr: `max by (${endpoint}, instance) (probe_success{${own}}) == 0`,
                    for: "5m",
                    severity: "page",
                    summary: `Endpoint ${who} does not answer as it should`,
                    description:
                        "Every probe of {{ $labels.instance }} in five minutes has failed: no connection, no valid " +
                        "certificate, or an answer other than 2xx.",
                    action:
                        "Ask the endpoint from elsewhere. If it answers there, look at the observer's way out and at " +
                        "the other endpoints; else at the service and what is in front of it.",
                },
                {
                    alert: "EndpointSlow",
                    // One that is down takes as long as a probe may take, and has a page of its own.
                    expr: [
                        `avg by (${endpoint}, instance) (avg_over_time(probe_duration_seconds{${own}}[5m]))`,
                        `> ${monitors.endpoints.slowSeconds}`,
                        `unless on (${endpoint}, instance) probe_success{${own}} == 0`,
                    ].join("\n"),
                    for: "10m",
                    severity: "ticket",
                    summary: `Endpoint ${who} is slow`,
                    description:
                        "A probe of {{ $labels.instance }} takes {{ $value | humanizeDuration }} on average; it " +
                        `should be less than ${monitors.endpoints.slowSeconds} s.`,
                },
                {
                    alert: "EndpointUnwatched",
                    expr: `fleet_endpoint_info{${own}} unless on (${endpoint}) probe_success{${own}}`,
                    for: "10m",
                    severity: "ticket",
                    summary: "Endpoint {{ $labels.endpoint }} is not probed by {{ $labels.cluster }}",
                    description:
                        "Config expects {{ $labels.instance }} to be probed, and there has been no sample of a probe " +
                        "for a quarter of an hour: EndpointDown cannot fire for it.",
                },
            ],
        },
    ];
}

/** Whether what is probed of a kind answers. */
function success(observer: string, kind: keyof typeof probeKinds): string {
    return `probe_success{cluster="${observer}",probe="${probeKinds[kind]}"}`;
}

/** The API servers that answer, as a share, where there are enough to tell. */
function apiServersAnswering(observer: string): string {
    const each = `max by (cluster, instance) (${success(observer, "apiServer")})`;
    return `(avg by (cluster) (${each}) and count by (cluster) (${each}) > 2)`;
}

/** Customers' clusters from outside, of which their agents cannot tell. */
function clusters(observer: string): RuleGroupDefinition {
    const of = "of cluster {{ $labels.cluster }} of {{ $labels.tenant }}";
    const down = (series: string) =>
        ["max by (cluster, tenant, instance) (", probedOf("customer", series), ")", "== 0"].join("\n");
    return {
        name: "probes-clusters",
        layer: "kaas",
        rules: [
            {
                alert: "ApiServerUnreachable",
                // When most are, it is the way there, and MostApiServersUnreachable is one page for all of them.
                expr: down(
                    `${success(observer, "apiServer")} unless on (cluster) ${apiServersAnswering(observer)} < 0.5`,
                ),
                for: "5m",
                severity: "page",
                summary: `The API server ${of} does not answer from outside`,
                description:
                    "Every probe of {{ $labels.instance }} in five minutes has failed: no connection, or an answer " +
                    "other than that it is ready, or that it wants to know who asks.",
                action:
                    "Ask the API server from elsewhere. If it answers there, look at the way from the observer; else " +
                    "at the load balancer in front of it, then at the control plane's nodes and etcd.",
            },
            {
                alert: "IngressHostDown",
                expr: down(success(observer, "ingress")),
                for: "10m",
                severity: "ticket",
                summary: `The host {{ $labels.instance }} ${of} does not answer from outside`,
                description:
                    "Every probe in ten minutes has failed: no connection, no valid certificate, or an answer of 500 " +
                    "or above.",
            },
        ],
    };
}

/** What people and agents reach the platform by. */
function platform(observer: string): RuleGroupDefinition {
    return {
        name: "probes-platform",
        layer: "platform",
        rules: [
            {
                alert: "MostApiServersUnreachable",
                expr: `${apiServersAnswering(observer)} < 0.5`,
                for: "5m",
                severity: "page",
                summary: "Most API servers do not answer {{ $labels.cluster }}",
                description:
                    "Only {{ $value | humanizePercentage }} of the API servers that are probed have answered in five " +
                    "minutes, so ApiServerUnreachable does not fire for any. It is more likely the way out of the " +
                    "observer than all of them.",
                action:
                    "Ask one of them from the observer and from elsewhere. If only the observer cannot reach it, look " +
                    "at its egress, its DNS and the blackbox exporter; else at what the clusters have in common.",
            },
            {
                alert: "PlatformHostDown",
                expr: `max by (cluster, service, instance) (${success(observer, "host")}) == 0`,
                for: "10m",
                severity: "ticket",
                summary: "The host of {{ $labels.service }} of {{ $labels.cluster }} does not answer",
                description:
                    "Every probe of {{ $labels.instance }} in ten minutes has failed: no connection, a certificate " +
                    "that is not the right one, or an answer of 500 or above.",
            },
            {
                alert: "ReceiveUnreachable",
                expr: [
                    "max by (cluster, tenant, instance) (",
                    probedOf("peer", success(observer, "receive")),
                    ")",
                    "== 0",
                ].join("\n"),
                for: "10m",
                severity: "ticket",
                summary: `The receive endpoint of {{ $labels.cluster }} does not answer ${observer}`,
                description:
                    "Every probe of {{ $labels.instance }} in ten minutes has failed: no connection, or a certificate " +
                    "that agents would not take. What agents cannot send they keep for four hours.",
            },
        ],
    };
}
