import type * as pulumi from "@pulumi/pulumi";
import type { AlertRouting, Receiver, Route } from "../platform/alertmanager";
import type { ApplicationMonitor } from "../platform/monitors";
import type { StackConfig } from "./schema";

/** Who is told what, and, apart from it, what they are reached with. */
export interface SeparatedAlerting {
    alerting: AlertRouting;
    /** By receiver. Secrets. */
    receiverSecrets: Record<string, pulumi.Output<string>>;
    deadMansSwitchUrl?: pulumi.Output<string>;
}

/**
 * Separates the receivers from their secrets: the first go into Alertmanager's configuration, the second into a Secret. The
 * operator's routes come first, then those of applications' teams.
 */
export function alertRouting(alerting: StackConfig["alerting"], applications: ApplicationMonitor[]): SeparatedAlerting {
    const separated = Object.entries(alerting.receivers).map(([name, receiver]) => ({ name, ...separate(receiver) }));
    return {
        alerting: {
            receivers: Object.fromEntries(separated.map(({ name, receiver }) => [name, receiver])),
            routes: [...alerting.routes, ...applications.flatMap(teamRoute)],
            defaultReceiver: alerting.defaultReceiver,
            deadMansSwitch: alerting.deadMansSwitch !== undefined,
            businessHours: alerting.businessHours,
        },
        receiverSecrets: Object.fromEntries(
            separated.flatMap(({ name, secret }) => (secret === undefined ? [] : [[name, secret]])),
        ),
        deadMansSwitchUrl: alerting.deadMansSwitch?.url,
    };
}

function teamRoute({ name, receiver, channel }: ApplicationMonitor): Route[] {
    return receiver === undefined ? [] : [{ receiver, channel, application: [name], businessHours: false }];
}

type Configured = StackConfig["alerting"]["receivers"][string];

function separate(receiver: Configured): { receiver: Receiver; secret?: pulumi.Output<string> } {
    switch (receiver.kind) {
        case "slack": {
            const { webhookUrl, ...rest } = receiver;
            return { receiver: rest, secret: webhookUrl };
        }
        case "slackBot": {
            const { botToken, ...rest } = receiver;
            return { receiver: rest, secret: botToken };
        }
        case "teams": {
            const { webhookUrl, ...rest } = receiver;
            return { receiver: rest, secret: webhookUrl };
        }
        case "pagerduty": {
            const { routingKey, ...rest } = receiver;
            return { receiver: rest, secret: routingKey };
        }
        case "opsgenie": {
            const { apiKey, ...rest } = receiver;
            return { receiver: rest, secret: apiKey };
        }
        case "webhook": {
            const { url, ...rest } = receiver;
            return { receiver: rest, secret: url };
        }
        case "email": {
            const { password, ...rest } = receiver;
            return { receiver: { ...rest, hasPassword: password !== undefined }, secret: password };
        }
    }
}
