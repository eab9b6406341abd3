import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { alertmanagerConfig, tellingApart, type AlertRouting } from "../../platform/alertmanager";
import { routed, routing } from "./alertRoutes";

const config = alertmanagerConfig(routing, "/secrets");

test("every grouping names cluster and tenant", () => {
    expect(config.route.group_by).toEqual(expect.arrayContaining(["cluster", "tenant", "alertname"]));
    expect(JSON.stringify(config.route.routes)).not.toContain("group_by");
});

describe("inhibitions", () => {
    const [acrossClusters, ofSilentCluster, ...others] = config.inhibit_rules;

    test("name cluster and tenant, but for the one that says why not", () => {
        expect(acrossClusters).toEqual({
            source_matchers: ['alertname="MostClustersSilent"'],
            target_matchers: ['alertname="ClusterSilent"'],
        });
        for (const rule of [ofSilentCluster, ...others]) {
            expect(rule?.equal).toEqual(expect.arrayContaining(["cluster", "tenant"]));
        }
    });

    test("mute what a silent cluster seems to suffer from, and not its silence", () => {
        expect(ofSilentCluster).toEqual({
            source_matchers: ['alertname="ClusterSilent"'],
            target_matchers: ['alertname!~"ClusterSilent|Watchdog"'],
            equal: ["cluster", "tenant"],
        });
    });

    test("tell apart every thing that has both a page and a ticket", () => {
        const directory = join(__dirname, "../alerts");
        const alerts = readdirSync(directory)
            .filter((file) => file.endsWith(".test.yaml"))
            .flatMap((file) => (parse(readFileSync(join(directory, file), "utf8")) as PromtoolTests).tests)
            .flatMap(({ alert_rule_test = [] }) => alert_rule_test)
            .flatMap(({ alertname, exp_alerts = [] }) =>
                exp_alerts.map(({ exp_labels }) => ({ alertname, exp_labels })),
            );
        const has = (severity: string, name: string) =>
            alerts.some(({ alertname, exp_labels }) => alertname === name && exp_labels["severity"] === severity);
        const both = alerts.filter(({ alertname }) => has("page", alertname) && has("ticket", alertname));
        const apart = both.flatMap(({ alertname, exp_labels }) =>
            Object.keys(exp_labels)
                .filter((label) => !["cluster", "tenant", "severity", "layer", ...tellingApart].includes(label))
                .map((label) => `${alertname}: ${label}`),
        );
        expect(both).not.toEqual([]);
        expect([...new Set(apart)]).toEqual([]);
    });
});

describe("the dead man's switch", () => {
    test("is muted by nothing", () => {
        for (const { target_matchers: targets } of config.inhibit_rules) {
            expect(targets.some((matcher) => /^alertname(!.*Watchdog|="ClusterSilent")/.test(matcher))).toBe(true);
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
        expect(without.route.routes[0]).toMatchObject({ receiver: "chat", matchers: ['alertname="Watchdog"'] });
    });
});

describe("routes", () => {
    const only = (route: Partial<AlertRouting["routes"][number]>) =>
        alertmanagerConfig({ ...routing, routes: [{ receiver: "oncall", businessHours: false, ...route }] }, "/secrets")
            .route.routes[2];

    test("match our severities and upstream's", () => {
        expect(only({ severity: ["page"] })).toEqual({ receiver: "oncall", matchers: ['severity=~"page|critical"'] });
        expect(only({ severity: ["ticket", "info"] })).toMatchObject({
            matchers: ['severity=~"ticket|warning|info|none"'],
        });
    });

    test("match layer, tenant, cluster and application, each in full", () => {
        expect(
            only({
                layer: ["kaas", "tre"],
                tenant: ["acme"],
                cluster: ["acme-1", "edge-*"],
                application: ["portal", "a.b"],
            }),
        ).toEqual({
            receiver: "oncall",
            matchers: [
                'layer=~"kaas|tre"',
                'tenant=~"acme"',
                'cluster=~"acme-1|edge-.*"',
                'application=~"portal|a\\.b"',
            ],
        });
    });

    test("may notify in business hours only, and go on", () => {
        expect(only({ businessHours: true, continue: true })).toEqual({
            receiver: "oncall",
            matchers: [],
            continue: true,
            active_time_intervals: ["business-hours"],
        });
        expect(config.time_intervals?.[0]?.time_intervals).toEqual([
            {
                weekdays: ["monday:friday"],
                times: [{ start_time: "08:00", end_time: "18:00" }],
                location: "Europe/Berlin",
            },
        ]);
    });

    test("send a bot to their channel, and leave a webhook where it is", () => {
        expect(only({ receiver: "bot", channel: "#acme" })).toMatchObject({ receiver: "bot#acme" });
        expect(only({ receiver: "bot" })).toMatchObject({ receiver: "bot" });
        expect(only({ receiver: "chat", channel: "#fleet" })).toMatchObject({ receiver: "chat" });
    });

    test("lead to receivers that exist, each once", () => {
        const names = config.receivers.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        for (const { receiver } of [config.route, ...config.route.routes]) {
            expect(names).toContain(receiver);
        }
    });

    test("are tested one by one against amtool", () => {
        const told = new Set(routed.flatMap(([, , receivers]) => receivers));
        expect([...told].sort()).toEqual(
            [...new Set([config.route, ...config.route.routes].map(({ receiver }) => receiver))].sort(),
        );
    });
});

describe("receivers", () => {
    const ofReceiver = (name: string) => config.receivers.find((each) => each.name === name);

    test.each(Object.entries(routing.receivers).filter(([name]) => name !== "anonymous-mail"))(
        "%s reads its secret from its own file",
        (name) => {
            const text = JSON.stringify(ofReceiver(name));
            expect(text).toContain(`"/secrets/${name}"`);
            expect(text).toMatch(/"(api_url|routing_key|api_key|webhook_url|auth_password|url|credentials)_file"/);
        },
    );

    test("a bot's other channels are read with the same token", () => {
        expect(ofReceiver("bot#acme")).toMatchObject({
            slack_configs: [{ channel: "#acme", http_config: { authorization: { credentials_file: "/secrets/bot" } } }],
        });
    });

    test("say it when an alert is over, but for the heartbeat, which never is", () => {
        const notified = config.receivers.flatMap(
            (receiver) => JSON.stringify(receiver).match(/"send_resolved":\w+/g) ?? [],
        );
        expect(notified).toEqual([
            '"send_resolved":false',
            ...config.receivers.slice(2).map(() => '"send_resolved":true'),
        ]);
    });
});

interface PromtoolTests {
    tests: {
        alert_rule_test?: { alertname: string; exp_alerts?: { exp_labels: Record<string, string> }[] }[];
    }[];
}
