import { probedEndpoints } from "../platform/probes";
import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** Service endpoints, probed from the observer. */
export function endpointRules({ observer, monitors }: RuleContext): RuleGroupDefinition[] {
    const endpoints = probedEndpoints(monitors);
    if (endpoints.length === 0) {
        return [];
    }
    const own = `cluster="${observer}"`;
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
