import type { AlertRouting } from "../../platform/alertmanager";

/** Every kind of receiver, and routes with every kind of condition. */
export const routing: AlertRouting = {
    receivers: {
        chat: { kind: "slack", channel: "#fleet" },
        bot: { kind: "slackBot", channel: "#fleet" },
        oncall: { kind: "pagerduty" },
        "acme-oncall": { kind: "opsgenie", apiUrl: "https://api.opsgenie.com/" },
        researchers: { kind: "teams" },
        mail: {
            kind: "email",
            to: "portal@example.org",
            from: "alerts@example.org",
            smarthost: "smtp.example.org:587",
            username: "alerts",
            hasPassword: true,
        },
        "anonymous-mail": {
            kind: "email",
            to: "infrastructure@example.org",
            from: "alerts@example.org",
            smarthost: "smtp.example.org:25",
            hasPassword: false,
        },
        decisions: { kind: "webhook" },
    },
    routes: [
        // A decision engine hears everything of its clusters, beside whoever else does.
        { receiver: "decisions", cluster: ["edge-*", "acme-2"], businessHours: false, continue: true },
        { receiver: "acme-oncall", tenant: ["acme"], severity: ["page"], businessHours: false },
        // Who is on call is told of every other page, and the application's team below as well.
        { receiver: "oncall", severity: ["page"], businessHours: false, continue: true },
        { receiver: "researchers", layer: ["tre"], businessHours: false },
        { receiver: "anonymous-mail", layer: ["iaas", "platform"], severity: ["ticket", "info"], businessHours: false },
        { receiver: "bot", channel: "#acme", cluster: ["acme-1", "acme-2"], severity: ["ticket"], businessHours: true },
        // As the applications' teams follow.
        { receiver: "bot", channel: "#portal", application: ["portal"], businessHours: false },
        { receiver: "bot", application: ["notebooks"], businessHours: false },
        { receiver: "mail", application: ["wiki"], businessHours: false },
    ],
    defaultReceiver: "chat",
    deadMansSwitch: true,
    businessHours: { timezone: "Europe/Berlin", days: ["monday:friday"], from: "08:00", to: "18:00" },
};

/** Alerts, and who is told. */
export const routed: [what: string, labels: Record<string, string>, receivers: string[]][] = [
    ["the heartbeat", { alertname: "Watchdog", severity: "info", cluster: "edge-1" }, ["dead-mans-switch"]],
    ["upstream's inhibitor", { alertname: "InfoInhibitor", severity: "none", cluster: "edge-1" }, ["unrouted"]],

    ["a page of nobody in particular", { severity: "page", cluster: "globex-1", tenant: "globex" }, ["oncall"]],
    ["upstream's page", { severity: "critical", cluster: "observer" }, ["oncall"]],
    [
        "a page of a tenant with its own on-call",
        { severity: "page", cluster: "acme-1", tenant: "acme" },
        ["acme-oncall"],
    ],
    ["such a page as upstream calls it", { severity: "critical", cluster: "acme-1", tenant: "acme" }, ["acme-oncall"]],

    [
        "a page of a cluster that a pattern names",
        { severity: "page", cluster: "edge-7", tenant: "initech" },
        ["decisions", "oncall"],
    ],
    [
        "a page of a cluster that a list names",
        { severity: "page", cluster: "acme-2", tenant: "acme" },
        ["decisions", "acme-oncall"],
    ],
    ["whatever else is known of such a cluster", { severity: "info", cluster: "edge-7" }, ["decisions"]],
    ["a cluster whose name only ends so", { severity: "info", cluster: "the-edge-7" }, ["chat"]],

    [
        "an alert of a layer",
        { severity: "ticket", layer: "tre", cluster: "globex-1", tenant: "globex" },
        ["researchers"],
    ],
    ["a page of a layer", { severity: "page", layer: "tre", cluster: "globex-1" }, ["oncall", "researchers"]],
    ["a ticket of one of two layers", { severity: "ticket", layer: "iaas", cluster: "testbed" }, ["anonymous-mail"]],
    ["an info of the other", { severity: "info", layer: "platform", cluster: "observer" }, ["anonymous-mail"]],
    ["upstream's ticket of it", { severity: "warning", layer: "platform", cluster: "observer" }, ["anonymous-mail"]],

    ["a ticket of a cluster with a channel", { severity: "ticket", cluster: "acme-1", tenant: "acme" }, ["bot#acme"]],
    ["an info of it", { severity: "info", cluster: "acme-1", tenant: "acme" }, ["chat"]],
    [
        "a ticket of a cluster whose name starts so",
        { severity: "ticket", cluster: "acme-10", tenant: "acme" },
        ["chat"],
    ],

    [
        "a ticket of an application whose team has a channel",
        { severity: "ticket", application: "portal", layer: "applications", cluster: "globex-1" },
        ["bot#portal"],
    ],
    [
        "a page of it",
        { severity: "page", application: "portal", layer: "applications", cluster: "globex-1" },
        ["oncall", "bot#portal"],
    ],
    ["one whose team reads the receiver's own channel", { severity: "info", application: "notebooks" }, ["bot"]],
    ["one whose team reads mail", { severity: "ticket", application: "wiki", cluster: "globex-1" }, ["mail"]],
    ["an application that has no team", { severity: "ticket", application: "shop", cluster: "globex-1" }, ["chat"]],
    ["an application whose name only starts so", { severity: "ticket", application: "portal-2" }, ["chat"]],

    ["a ticket that no route is for", { severity: "ticket", cluster: "globex-1", tenant: "globex" }, ["chat"]],
    ["an alert without labels", { alertname: "Something" }, ["chat"]],
];
