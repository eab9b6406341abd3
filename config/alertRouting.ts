import type * as pulumi from "@pulumi/pulumi";
import type { AlertRouting, Receiver } from "../platform/alertmanager";
import type { StackConfig } from "./schema";

/** Who is told what, and, apart from it, what they are reached with. */
export interface SeparatedAlerting {
    alerting: AlertRouting;
    /** By receiver. Secrets. */
    receiverSecrets: Record<string, pulumi.Output<string>>;
    deadMansSwitchUrl?: pulumi.Output<string>;
}

/** Separates the receivers from their secrets: the first go into Alertmanager's configuration, the second into a Secret. */
export function alertRouting(alerting: StackConfig["alerting"]): SeparatedAlerting {
    const separated = Object.entries(alerting.receivers).map(([name, receiver]) => ({ name, ...separate(receiver) }));
    return {
        alerting: {
            receivers: Object.fromEntries(separated.map(({ name, receiver }) => [name, receiver])),
            routes: alerting.routes,
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

type Configured = StackConfig["alerting"]["receivers"][string];

function separate(receiver: Configured): { receiver: Receiver; secret?: pulumi.Output<string> } {
    switch (receiver.kind) {
        case "slack": {
            const { webhookUrl, ...rest } = receiver;
            return { receiver: rest, secret: webhookUrl };
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
