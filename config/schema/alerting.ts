import { z } from "zod";
import { allowed, key, secret, tenant } from "./leaf";

const channelName = () => z.string().regex(/^#[^\s#]+$/, "is not a channel");

const channel = (description: string) =>
    key(channelName(), { description, allowed: "a name that starts with #", example: "#fleet-alerts" });

const receiver = z.discriminatedUnion("kind", [
    z.strictObject({
        kind: z.literal("slack").describe("A Slack channel, by an incoming webhook, which is bound to it."),
        channel: channel("The channel that the webhook was made for."),
        webhookUrl: secret("Slack's incoming webhook."),
    }),
    z.strictObject({
        kind: z.literal("slackBot").describe("Any Slack channel, by a bot of a Slack app."),
        channel: channel("The channel, where a route or an application names none."),
        botToken: secret("The bot's token, with the scope chat:write; chat:write.public saves inviting it."),
    }),
    z.strictObject({
        kind: z.literal("pagerduty").describe("A PagerDuty service."),
        routingKey: secret("The Events API v2 routing key."),
    }),
    z.strictObject({
        kind: z.literal("opsgenie").describe("Opsgenie."),
        apiKey: secret("The API key."),
        apiUrl: key(z.url().default("https://api.opsgenie.com/"), {
            description: "Opsgenie's API.",
            allowed: allowed.url,
            example: "https://api.eu.opsgenie.com/",
        }),
    }),
    z.strictObject({
        kind: z.literal("teams").describe("A Microsoft Teams channel."),
        webhookUrl: secret("The workflow's webhook."),
    }),
    z.strictObject({
        kind: z.literal("email").describe("E-mail."),
        to: key(z.email(), {
            description: "The address to write to.",
            allowed: "an e-mail address",
            example: "oncall@example.org",
        }),
        from: key(z.email(), {
            description: "The sender's address.",
            allowed: "an e-mail address",
            example: "alerts@example.org",
        }),
        smarthost: key(z.string().regex(/^[^:]+:\d+$/), {
            description: "The mail server.",
            allowed: "host:port",
            example: "smtp.example.org:587",
        }),
        username: key(z.string().min(1).optional(), { description: "The mail server's user.", example: "alerts" }),
        password: secret("The mail server's password.").optional(),
    }),
    z.strictObject({
        kind: z
            .literal("webhook")
            .describe("An HTTP endpoint that takes Alertmanager's JSON, such as a decision engine."),
        url: secret("The URL. It usually carries a token, and so counts as one."),
    }),
]);

const clusterPattern = () =>
    key(z.string().regex(/^[a-z0-9*]([-a-z0-9*]{0,61}[a-z0-9*])?$/, "is not a cluster's name"), {
        description: "A cluster.",
        allowed: "a name of a-z, 0-9 and hyphens, with a * for any part",
        example: "acme-1",
    });

const route = z.strictObject({
    receiver: key(z.string().min(1), { description: "The name of the receiver.", example: "oncall" }),
    channel: key(channelName().optional(), {
        description: "The Slack channel, where the receiver is a slackBot; the receiver's own when unset.",
        allowed: "a name that starts with #",
        example: "#acme-alerts",
    }),
    severity: key(z.array(z.enum(["page", "ticket", "info"])).optional(), {
        description: "Only these severities; upstream's critical is a page, and its warning a ticket.",
        example: ["page"],
    }),
    layer: key(z.array(z.enum(["platform", "kaas", "iaas", "applications", "tre"])).optional(), {
        description: "Only alerts about these layers.",
        example: ["platform", "kaas"],
    }),
    tenant: key(z.array(tenant()).optional(), {
        description: "Only these tenants.",
        allowed: allowed.name,
        example: ["acme"],
    }),
    cluster: key(z.array(clusterPattern()).optional(), {
        description: "Only these clusters; a * stands for anything.",
        allowed: "names of a-z, 0-9 and hyphens, with a * for any part",
        example: ["acme-*"],
    }),
    application: key(z.array(z.string().min(1)).optional(), {
        description: "Only these applications of monitors.applications.",
        example: ["portal"],
    }),
    businessHours: key(z.boolean().default(false), {
        description: "Notify only inside businessHours; what fires outside waits.",
        example: true,
    }),
    continue: key(z.boolean().default(false), {
        description: "Try the routes below as well, so that others are told too.",
        example: true,
    }),
});

const weekday = z.enum(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
const timeOfDay = () => z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "is not a time of day");

/** Who is told what. */
export const alerting = z.strictObject({
    receivers: key(z.record(z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/), receiver).default({}), {
        description: "Who can be told, by a name of your own.",
        allowed: "names of a-z, 0-9 and hyphens",
        example: {},
    }),
    routes: key(z.array(route).default([]), {
        description:
            "Who is told what; the first match wins. Then come the receivers of monitors.applications, " +
            "and what matches nothing goes to defaultReceiver.",
        example: [{ receiver: "oncall", severity: ["page"] }],
    }),
    defaultReceiver: key(z.string().min(1).optional(), {
        description: "The receiver of everything that no route matches.",
        example: "oncall",
    }),
    deadMansSwitch: key(
        z
            .strictObject({
                url: secret("A heartbeat monitor outside the platform, called every minute. The URL is the key."),
            })
            .optional(),
        { description: "The watcher's watcher: who notices when this platform is dead." },
    ),
    businessHours: key(
        z
            .strictObject({
                timezone: key(z.string().min(1).default("UTC"), {
                    description: "The time zone.",
                    allowed: "an IANA name",
                    example: "Europe/Berlin",
                }),
                days: key(z.array(weekday).min(1).default(["monday", "tuesday", "wednesday", "thursday", "friday"]), {
                    description: "The working days.",
                    example: ["monday"],
                }),
                from: key(timeOfDay().default("08:00"), {
                    description: "When they start.",
                    allowed: "HH:MM",
                    example: "08:00",
                }),
                to: key(timeOfDay().default("18:00"), {
                    description: "When they end.",
                    allowed: "HH:MM",
                    example: "18:00",
                }),
            })
            .prefault({}),
        { description: "The hours for routes that set businessHours.", example: { timezone: "Europe/Berlin" } },
    ),
});
