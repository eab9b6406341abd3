import { receiverConfig, severityNames } from "./alertMessages";

/** Alertmanager's configuration. It holds no secret: every one is a file, mounted from one Secret. */

/** A receiver as config describes it, without its secret. */
export type Receiver =
    /** An incoming webhook: it writes to the channel it was made for, whatever it is told. */
    | { kind: "slack"; channel: string }
    /** A bot: it writes to any channel, this one where a route names none. */
    | { kind: "slackBot"; channel: string }
    | { kind: "pagerduty" }
    | { kind: "opsgenie"; apiUrl: string }
    | { kind: "teams" }
    | { kind: "email"; to: string; from: string; smarthost: string; username?: string; hasPassword: boolean }
    | { kind: "webhook" };

/** Which alerts go to a receiver. */
export interface Route {
    receiver: string;
    /** The Slack channel, where the receiver is a bot; the receiver's own when unset. */
    channel?: string;
    severity?: Severity[];
    layer?: Layer[];
    tenant?: string[];
    /** Names, or patterns in which `*` stands for anything. */
    cluster?: string[];
    application?: string[];
    /** Notify only inside the business hours. */
    businessHours: boolean;
    /** Go on to the routes below: others are told as well. */
    continue?: boolean;
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

/** Every grouping and inhibition names the cluster: one customer's outage must not mute another's. */
const origin = ["cluster", "tenant"];

/**
 * Labels that tell the things of one cluster apart. A page mutes the ticket of the same thing; Alertmanager cannot ask for
 * all other labels to be the same, and two alerts that both lack a label have it in common. A label that is missing here
 * would let the page about one volume mute the ticket about another.
 */
export const tellingApart = [
    "namespace",
    "application",
    "job",
    "service",
    "instance",
    "endpoint",
    "node",
    "role",
    "pod",
    "container",
    "persistentvolumeclaim",
    "name",
    "integration",
    // What upstream's rules, which the observer's own Prometheus evaluates, are about besides.
    "deployment",
    "statefulset",
    "daemonset",
    "job_name",
    "horizontalpodautoscaler",
    "device",
    "mountpoint",
];

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
                ...routing.routes.map((route) => routeConfig(route, routing.receivers)),
            ],
        },
        inhibit_rules: [
            // The one inhibition across clusters: the source is about the observer, and its targets about everyone. When
            // most are silent at once, it is the observer or the way to it that is broken, and that is one page. It is safe,
            // because only the observer's own rules know the name, and only ClusterSilent is muted.
            { source_matchers: ['alertname="MostClustersSilent"'], target_matchers: ['alertname="ClusterSilent"'] },
            // A muted alert still mutes: the rest of a silent cluster stays quiet then too. ObserverSilent mutes nothing:
            // what the observer's Prometheus judges itself still holds when Query does not see it.
            {
                source_matchers: ['alertname="ClusterSilent"'],
                target_matchers: ['alertname!~"ClusterSilent|Watchdog"'],
                equal: [...origin],
            },
            {
                source_matchers: [`severity=~"${severityNames.page}"`],
                target_matchers: [`severity=~"${severityNames.ticket}|${severityNames.info}"`, ...neverTheHeartbeat],
                equal: ["alertname", ...origin, ...tellingApart],
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
            ...Object.entries({ ...routing.receivers, ...inChannels(routing) }).map(([name, receiver]) =>
                receiverConfig(name, receiver, `${directory}/${secretFile(name)}`),
            ),
        ],
    };
}

/** A bot has one name for each channel that routes send it to: Alertmanager knows a channel only as a receiver's. */
function inChannels({ routes, receivers }: AlertRouting): Record<string, Receiver> {
    return Object.fromEntries(
        routes.flatMap((route) => {
            const receiver = receivers[route.receiver];
            return receiver?.kind === "slackBot" && route.channel !== undefined
                ? [[receiverName(route, receivers), { ...receiver, channel: route.channel }]]
                : [];
        }),
    );
}

function receiverName({ receiver, channel }: Route, receivers: AlertRouting["receivers"]): string {
    return receivers[receiver]?.kind === "slackBot" && channel !== undefined ? `${receiver}${channel}` : receiver;
}

/** Channels start with #, and no receiver's own name has one. */
function secretFile(receiver: string): string {
    return receiver.replace(/#.*/, "");
}

function routeConfig(route: Route, receivers: AlertRouting["receivers"]) {
    const oneOf = (label: string, patterns: string[] | undefined) =>
        patterns === undefined || patterns.length === 0 ? [] : [`${label}=~"${patterns.join("|")}"`];
    return {
        receiver: receiverName(route, receivers),
        matchers: [
            ...oneOf(
                "severity",
                route.severity?.map((severity) => severityNames[severity]),
            ),
            ...oneOf("layer", route.layer),
            ...oneOf("tenant", route.tenant),
            ...oneOf(
                "cluster",
                route.cluster?.map((name) => name.split("*").map(escapeRegex).join(".*")),
            ),
            ...oneOf("application", route.application?.map(escapeRegex)),
        ],
        ...(route.continue === true ? { continue: true } : {}),
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
