/** Alertmanager's configuration. It holds no secret: every one is a file, mounted from one Secret. */

/** A receiver as config describes it, without its secret. */
export type Receiver =
    | { kind: "slack"; channel: string }
    | { kind: "pagerduty" }
    | { kind: "opsgenie"; apiUrl: string }
    | { kind: "teams" }
    | { kind: "email"; to: string; from: string; smarthost: string; username?: string; hasPassword: boolean }
    | { kind: "webhook" };

/** Which alerts go to a receiver. */
export interface Route {
    receiver: string;
    severity?: Severity[];
    tenant?: string[];
    cluster?: string[];
    application?: string[];
    /** Notify only inside the business hours. */
    businessHours: boolean;
}

/** How much an alert matters. */
export type Severity = "page" | "ticket" | "info";

/** Whose affair an alert is. */
export type Layer = "platform" | "kaas" | "iaas" | "applications" | "tre";

/** When people are at work. */
export interface BusinessHours {
    timezone: string;
    days: string[];
    /** HH:MM. */
    from: string;
    to: string;
}

/** What the configuration is made from. */
export interface AlertRouting {
    receivers: Record<string, Receiver>;
    routes: Route[];
    defaultReceiver?: string;
    deadMansSwitch: boolean;
    businessHours: BusinessHours;
}

const deadMansSwitch = "dead-mans-switch";
const unrouted = "unrouted";

/** Names of receivers that the platform makes itself. */
export const reservedReceivers = [deadMansSwitch, unrouted];

/** The file of a receiver's secret inside `directory`; also its key in the Secret. */
export const deadMansSwitchFile = deadMansSwitch;

/** Upstream rules say critical and warning where ours say page and ticket. */
const severityNames: Record<Severity, string> = { page: "page|critical", ticket: "ticket|warning", info: "info|none" };

/** Every grouping and inhibition names the cluster: one customer's outage must not mute another's. */
const origin = ["cluster", "tenant"];

/**
 * The configuration.
 *
 * @param directory where the receivers' secrets are files, one each, named like the receiver
 */
export function alertmanagerConfig(routing: AlertRouting, directory: string) {
    const fallback = routing.defaultReceiver ?? unrouted;
    return {
        route: {
            receiver: fallback,
            group_by: ["alertname", ...origin],
            group_wait: "30s",
            group_interval: "5m",
            repeat_interval: "4h",
            routes: [
                // The heartbeat never stops, so it must neither be grouped with alerts nor repeat at their pace.
                routing.deadMansSwitch
                    ? {
                          receiver: deadMansSwitch,
                          matchers: ['alertname="Watchdog"'],
                          group_wait: "0s",
                          group_interval: "1m",
                          repeat_interval: "1m",
                      }
                    : { receiver: fallback, matchers: ['alertname="Watchdog"'], repeat_interval: "24h" },
                // InfoInhibitor exists only to mute; it is nobody's message.
                { receiver: unrouted, matchers: ['alertname="InfoInhibitor"'] },
                ...routing.routes.map(routeConfig),
            ],
        },
        inhibit_rules: [
            {
                source_matchers: ['alertname="ClusterSilent"'],
                target_matchers: ['alertname!~"ClusterSilent|Watchdog"'],
                equal: [...origin],
            },
            {
                source_matchers: [`severity=~"${severityNames.page}"`],
                target_matchers: [`severity=~"${severityNames.ticket}|${severityNames.info}"`, ...neverTheHeartbeat],
                equal: [...origin, "namespace", "alertname"],
            },
            {
                source_matchers: ['alertname="InfoInhibitor"'],
                target_matchers: [`severity=~"${severityNames.info}"`, ...neverTheHeartbeat],
                equal: [...origin, "namespace"],
            },
        ],
        ...(routing.routes.some((route) => route.businessHours)
            ? { time_intervals: [{ name: "business-hours", time_intervals: [interval(routing.businessHours)] }] }
            : {}),
        receivers: [
            { name: unrouted },
            ...(routing.deadMansSwitch
                ? [
                      {
                          name: deadMansSwitch,
                          webhook_configs: [{ url_file: `${directory}/${deadMansSwitch}`, send_resolved: false }],
                      },
                  ]
                : []),
            ...Object.entries(routing.receivers).map(([name, receiver]) =>
                receiverConfig(name, receiver, `${directory}/${name}`),
            ),
        ],
    };
}

function routeConfig(route: Route) {
    const oneOf = (label: string, values: string[] | undefined) =>
        values === undefined || values.length === 0 ? [] : [`${label}=~"${values.join("|")}"`];
    return {
        receiver: route.receiver,
        matchers: [
            ...oneOf(
                "severity",
                route.severity?.map((severity) => severityNames[severity]),
            ),
            ...oneOf("tenant", route.tenant),
            ...oneOf("cluster", route.cluster),
            ...oneOf("application", route.application?.map(escapeRegex)),
        ],
        ...(route.businessHours ? { active_time_intervals: ["business-hours"] } : {}),
    };
}

function escapeRegex(text: string): string {
    return text.replaceAll(/[\\^$.*+?()[\]{}|"]/g, "\\$&");
}

function interval(hours: BusinessHours) {
    return {
        weekdays: hours.days,
        times: [{ start_time: hours.from, end_time: hours.to }],
        location: hours.timezone,
    };
}

/** A muted heartbeat looks like a dead platform to whoever waits for it. */
const neverTheHeartbeat = ['alertname!="Watchdog"'];

/** What a person needs to act, in every kind of message. */
const title = "[{{ .Status | toUpper }}] {{ .CommonLabels.alertname }} {{ .CommonLabels.cluster }}";
const text =
    "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.description }}\n{{ .Annotations.runbook_url }}\n{{ end }}";

function receiverConfig(name: string, receiver: Receiver, secretFile: string) {
    const sendResolved = { send_resolved: true };
    switch (receiver.kind) {
        case "slack":
            return {
                name,
                slack_configs: [{ ...sendResolved, channel: receiver.channel, api_url_file: secretFile, title, text }],
            };
        case "pagerduty":
            return { name, pagerduty_configs: [{ ...sendResolved, routing_key_file: secretFile, description: title }] };
        case "opsgenie":
            return {
                name,
                opsgenie_configs: [
                    { ...sendResolved, api_key_file: secretFile, api_url: receiver.apiUrl, message: title },
                ],
            };
        case "teams":
            return { name, msteamsv2_configs: [{ ...sendResolved, webhook_url_file: secretFile, title, text }] };
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
                    },
                ],
            };
        case "webhook":
            return { name, webhook_configs: [{ ...sendResolved, url_file: secretFile }] };
    }
}
