import type { Receiver } from "./alertmanager";

/** What our severities are called by upstream rules as well, as a pattern. */
export const severityNames = { page: "page|critical", ticket: "ticket|warning", info: "info|none" };

/** A group may hold hundreds of alerts, and a message of them all would be refused for its length, or not read. */
const atMost = 10;

/** Grafana, Slack and mail show the first words only: state, what, where, whose. */
const title =
    "[{{ .Status | toUpper }}] {{ .CommonLabels.alertname }} {{ .CommonLabels.cluster }}" +
    "{{ with .CommonLabels.tenant }} ({{ . }}){{ end }}";

const summary = "{{ or .Annotations.summary .Labels.alertname }}";
const labels =
    "Severity {{ .Labels.severity }}, cluster {{ .Labels.cluster }}" +
    "{{ with .Labels.tenant }}, tenant {{ . }}{{ end }}" +
    "{{ with .Labels.application }}, application {{ . }}{{ end }}";

/** Everything that a person needs to act. */
const firing = each("Firing", [
    `${summary}\n${labels}\n`,
    "{{ with .Annotations.description }}{{ . }}\n{{ end }}",
    "{{ with .Annotations.action }}To do: {{ . }}\n{{ end }}",
    "{{ with .Annotations.runbook_url }}Runbook: {{ . }}\n{{ end }}\n",
]);

/** What is over needs no action, and its last value is no news. */
const resolved = each("Resolved", [`Resolved: ${summary}\n${labels}\n\n`]);

const html = [
    `<h2>${title}</h2>`,
    each("Firing", [
        `<h3>${summary}</h3><p>${labels}</p>`,
        "{{ with .Annotations.description }}<p>{{ . }}</p>{{ end }}",
        "{{ with .Annotations.action }}<p><b>To do:</b> {{ . }}</p>{{ end }}",
        '{{ with .Annotations.runbook_url }}<p><a href="{{ . }}">Runbook: {{ . }}</a></p>{{ end }}',
    ]),
    each("Resolved", [`<h3>Resolved: ${summary}</h3><p>${labels}</p>`]),
].join("");

function each(state: "Firing" | "Resolved", alert: string[]): string {
    const all = `.Alerts.${state}`;
    return (
        `{{ range $index, $alert := ${all} }}{{ if lt $index ${atMost} }}${alert.join("")}{{ end }}{{ end }}` +
        `{{ if gt (len ${all}) ${atMost} }}These are ${atMost} of {{ len ${all} }}.\n{{ end }}`
    );
}

/** A word for the worst severity of a group. One with several severities has none in common, and is taken for a page. */
function bySeverity(page: string, ticket: string, info: string): string {
    const is = (pattern: string) => `match "^(${pattern})$" .CommonLabels.severity`;
    return (
        `{{ if ${is(severityNames.ticket)} }}${ticket}` +
        `{{ else if ${is(severityNames.info)} }}${info}{{ else }}${page}{{ end }}`
    );
}

/**
 * A receiver as Alertmanager takes it. Each kind of message says what is wrong, where, whose and how bad it is, what to do,
 * and whether it is over; a webhook gets Alertmanager's JSON, which has it all.
 *
 * @param secretFile what the receiver is reached with
 */
export function receiverConfig(name: string, receiver: Receiver, secretFile: string) {
    const sendResolved = { send_resolved: true };
    switch (receiver.kind) {
        case "slack":
            return {
                name,
                slack_configs: [
                    {
                        ...sendResolved,
                        channel: receiver.channel,
                        api_url_file: secretFile,
                        title,
                        text: firing + resolved,
                    },
                ],
            };
        case "slackBot":
            return {
                name,
                slack_configs: [
                    {
                        ...sendResolved,
                        channel: receiver.channel,
                        api_url: "https://slack.com/api/chat.postMessage",
                        // As app_token_file has it, which not every Alertmanager and operator knows yet.
                        http_config: { authorization: { type: "Bearer", credentials_file: secretFile } },
                        title,
                        text: firing + resolved,
                    },
                ],
            };
        case "pagerduty":
            return {
                name,
                pagerduty_configs: [
                    {
                        ...sendResolved,
                        routing_key_file: secretFile,
                        description: title,
                        severity: bySeverity("critical", "warning", "info"),
                        source: "{{ .CommonLabels.cluster }}",
                        class: "{{ .CommonLabels.alertname }}",
                        component: "{{ .CommonLabels.application }}",
                        group: "{{ .CommonLabels.tenant }}",
                        details: {
                            cluster: "{{ .CommonLabels.cluster }}",
                            tenant: "{{ .CommonLabels.tenant }}",
                            severity: "{{ .CommonLabels.severity }}",
                            firing,
                            resolved,
                        },
                        links: [{ href: "{{ .CommonAnnotations.runbook_url }}", text: "Runbook" }],
                    },
                ],
            };
        case "opsgenie":
            return {
                name,
                opsgenie_configs: [
                    {
                        ...sendResolved,
                        api_key_file: secretFile,
                        api_url: receiver.apiUrl,
                        message: title,
                        description: firing + resolved,
                        entity: "{{ .CommonLabels.cluster }}",
                        tags: ["cluster", "tenant", "application", "layer", "severity"]
                            .map((label) => `{{ .CommonLabels.${label} }}`)
                            .join(","),
                        priority: bySeverity("P1", "P3", "P5"),
                    },
                ],
            };
        case "teams":
            return {
                name,
                msteamsv2_configs: [
                    {
                        ...sendResolved,
                        webhook_url_file: secretFile,
                        title,
                        // In Markdown a single line break is none.
                        text: (firing + resolved).replaceAll("\n", "\n\n"),
                    },
                ],
            };
        case "email":
            return {
                name,
                email_configs: [
                    {
                        ...sendResolved,
                        to: receiver.to,
                        from: receiver.from,
                        smarthost: receiver.smarthost,
                        ...(receiver.username === undefined ? {} : { auth_username: receiver.username }),
                        ...(receiver.hasPassword ? { auth_password_file: secretFile } : {}),
                        headers: { Subject: title },
                        html,
                        text: firing + resolved,
                    },
                ],
            };
        case "webhook":
            return { name, webhook_configs: [{ ...sendResolved, url_file: secretFile }] };
    }
}
