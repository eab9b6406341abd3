import { alertmanagerConfig, type AlertRouting, type Receiver } from "../../platform/alertmanager";

const receivers: Record<string, Receiver> = {
    slack: { kind: "slack", channel: "#fleet" },
    pagerduty: { kind: "pagerduty" },
    opsgenie: { kind: "opsgenie", apiUrl: "https://api.opsgenie.com/" },
    teams: { kind: "teams" },
    email: {
        kind: "email",
        to: "a@example.org",
        from: "b@example.org",
        smarthost: "smtp:587",
        username: "u",
        hasPassword: true,
    },
    webhook: { kind: "webhook" },
};

const routing: AlertRouting = {
    receivers,
    routes: [
        { receiver: "pagerduty", severity: ["page"], businessHours: false },
        {
            receiver: "slack",
            severity: ["ticket", "info"],
            tenant: ["acme"],
            cluster: ["acme-1"],
            application: ["a.b"],
            businessHours: true,
        },
    ],
    defaultReceiver: "slack",
    deadMansSwitch: true,
    businessHours: { timezone: "Europe/Berlin", days: ["monday"], from: "08:00", to: "18:00" },
};

const config = alertmanagerConfig(routing, "/secrets");

test("every grouping and inhibition names cluster and tenant", () => {
    expect(config.route.group_by).toEqual(expect.arrayContaining(["cluster", "tenant", "alertname"]));
    for (const rule of config.inhibit_rules) {
        expect(rule.equal).toEqual(expect.arrayContaining(["cluster", "tenant"]));
    }
});

test("a silent cluster mutes what else it seems to suffer from, and not itself", () => {
    expect(config.inhibit_rules[0]).toEqual({
        source_matchers: ['alertname="ClusterSilent"'],
        target_matchers: ['alertname!~"ClusterSilent|Watchdog"'],
        equal: ["cluster", "tenant"],
    });
});

describe("the dead man's switch", () => {
    test("is muted by nothing", () => {
        for (const { target_matchers: targets } of config.inhibit_rules) {
            expect(targets.some((matcher) => /^alertname!.*Watchdog/.test(matcher))).toBe(true);
        }
    });

    test("is routed first, alone, every minute, to the monitor outside", () => {
        expect(config.route.routes[0]).toMatchObject({
            receiver: "dead-mans-switch",
            matchers: ['alertname="Watchdog"'],
            repeat_interval: "1m",
        });
        expect(config.receivers).toContainEqual({
            name: "dead-mans-switch",
            webhook_configs: [{ url_file: "/secrets/dead-mans-switch", send_resolved: false }],
        });
    });

    test("goes to the default receiver where there is no monitor, and never to nobody", () => {
        const without = alertmanagerConfig({ ...routing, deadMansSwitch: false }, "/secrets");
        expect(without.route.routes[0]).toMatchObject({ receiver: "slack", matchers: ['alertname="Watchdog"'] });
    });
});

test("a route matches our severities and upstream's", () => {
    expect(config.route.routes.slice(2)).toEqual([
        { receiver: "pagerduty", matchers: ['severity=~"page|critical"'] },
        {
            receiver: "slack",
            matchers: [
                'severity=~"ticket|warning|info|none"',
                'tenant=~"acme"',
                'cluster=~"acme-1"',
                'application=~"a\\.b"',
            ],
            active_time_intervals: ["business-hours"],
        },
    ]);
    expect(config.time_intervals?.[0]?.time_intervals[0]).toMatchObject({
        location: "Europe/Berlin",
        weekdays: ["monday"],
    });
});

test.each(Object.keys(receivers))("receiver %s reads its secret from its own file", (name) => {
    const receiver = config.receivers.find((each) => each.name === name);
    const text = JSON.stringify(receiver);
    expect(text).toContain(`/secrets/${name}`);
    expect(text).toMatch(/"(api_url|routing_key|api_key|webhook_url|auth_password|url)_file"/);
});
