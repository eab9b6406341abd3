import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { AlertingRule, RecordingRule } from "../../alerts";
import { fleetGroups } from "./fleet";

const groups = fleetGroups.filter(({ name }) => !name.startsWith("inventory-"));
const alerts = groups.flatMap(({ rules }) => rules).filter((rule): rule is AlertingRule => "alert" in rule);
const records = fleetGroups.flatMap(({ rules }) => rules).filter((rule): rule is RecordingRule => "record" in rule);

interface PromtoolTest {
    name: string;
    alert_rule_test?: { alertname: string; eval_time: string; exp_alerts: { exp_labels: Record<string, string> }[] }[];
    promql_expr_test?: { expr: string }[];
}

const tests = readdirSync(__dirname)
    .filter((file) => file.endsWith(".test.yaml"))
    .flatMap((file) => (parse(readFileSync(join(__dirname, file), "utf8")) as { tests: PromtoolTest[] }).tests);

/** How often an alert is expected to fire (true) or not, in the order of time, test by test. */
function expectations(alert: string, severity: string): { name: string; fires: boolean[] }[] {
    return tests.map(({ name, alert_rule_test = [] }) => ({
        name,
        fires: alert_rule_test
            .filter(({ alertname }) => alertname === alert)
            .map(({ exp_alerts }) => exp_alerts.some(({ exp_labels }) => exp_labels["severity"] === severity)),
    }));
}

describe.each(alerts)("the promtool tests of $alert ($labels.severity)", ({ alert, labels }) => {
    const expected = expectations(alert, labels.severity);

    it("see it fire, on a cluster, with its severity", () => {
        const fired = tests
            .flatMap(({ alert_rule_test = [] }) => alert_rule_test)
            .filter(({ alertname }) => alertname === alert)
            .flatMap(({ exp_alerts }) => exp_alerts)
            .filter(({ exp_labels }) => exp_labels["severity"] === labels.severity);
        expect(fired).not.toEqual([]);
        for (const { exp_labels } of fired) {
            expect(Object.keys(exp_labels)).toContain("cluster");
        }
    });

    if (alert === "Watchdog") {
        it("never see it resolve", () => {
            expect(expected.flatMap(({ fires }) => fires)).not.toContain(false);
        });
        return;
    }

    it("see it silent on healthy data", () => {
        expect(expected.filter(({ name, fires }) => name.startsWith("A healthy") && fires.length > 0)).not.toEqual([]);
        for (const { fires } of expected.filter(({ name }) => name.startsWith("A healthy"))) {
            expect(fires).not.toContain(true);
        }
    });

    it("see it wait before it fires, and resolve", () => {
        const waitsFiresResolves = ({ fires }: { fires: boolean[] }) => {
            const first = fires.indexOf(true);
            return first > 0 && fires.indexOf(false, first) > first;
        };
        expect(expected.some(waitsFiresResolves)).toBe(true);
    });
});

describe.each([...new Set(records.map(({ record }) => record))])("the promtool tests of %s", (record) => {
    it("look at what is recorded", () => {
        expect(tests.flatMap(({ promql_expr_test = [] }) => promql_expr_test).map(({ expr }) => expr)).toContain(
            record,
        );
    });
});

describe("runbooks", () => {
    const directory = join(__dirname, "../../docs/runbooks");
    const severities = { page: "Page", ticket: "Ticket", info: "Info" };

    it("belong to alerts", () => {
        const names = alerts.map(({ alert }) => `${alert}.md`);
        expect(readdirSync(directory).filter((file) => !names.includes(file))).toEqual([]);
    });

    const worstFirst = (["page", "ticket", "info"] as const).flatMap((severity) =>
        alerts.filter(({ labels }) => labels.severity === severity),
    );
    const once = [...new Map([...worstFirst].reverse().map((rule) => [rule.alert, rule])).values()];

    describe.each(once)("$alert", ({ alert, labels }) => {
        const file = join(directory, `${alert}.md`);
        const text = existsSync(file) ? readFileSync(file, "utf8") : "";
        const section = (title: string) => text.split(`\n## ${title}\n`)[1]?.split("\n## ")[0] ?? "";

        it("exists and says how much it matters", () => {
            expect(text.split("\n")[0]).toBe(`# ${alert}`);
            expect(text.split("\n")[2]?.startsWith(`${severities[labels.severity]}. `)).toBe(true);
        });

        it("says what it means, what to do with which commands, and how to silence it", () => {
            expect(section("What it means").length).toBeGreaterThan(200);
            expect(section("What to do")).toContain("```sh\n");
            expect(section("How to silence it")).toContain(`alertname=${alert}`);
        });

        it("links to files that exist", () => {
            for (const [, target = ""] of text.matchAll(/\]\(([^)]+)\)/g)) {
                expect(existsSync(join(directory, target))).toBe(true);
            }
        });
    });
});
