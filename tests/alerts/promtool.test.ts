import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RuleGroup } from "../../alerts";
import { parsePromql } from "../../promql/parse";
import { fleetGroups } from "./fleet";
import { checkRules, itWithPromtool, testRules } from "./promtool";

const files = readdirSync(__dirname).filter((file) => file.endsWith(".test.yaml"));

/**
 * The groups whose alerts and records a file of tests names, and those that record what these ask for. promtool evaluates
 * every group that it is given twice a minute for hours of a test's time, so it is given no other.
 */
function groupsNamedIn(tests: string): RuleGroup[] {
    const words = new Set(tests.match(/[\w:]+/g));
    const made = (group: RuleGroup) => group.rules.map((rule) => ("alert" in rule ? rule.alert : rule.record));
    const chosen = new Set(fleetGroups.filter((group) => made(group).some((name) => words.has(name))));
    for (const group of chosen) {
        const asked = new Set(group.rules.flatMap(({ expr }) => parsePromql(expr).metrics));
        fleetGroups
            .filter((other) => made(other).some((name) => asked.has(name)))
            .forEach((other) => chosen.add(other));
    }
    return fleetGroups.filter((group) => chosen.has(group));
}

describe("the fleet's rules", () => {
    itWithPromtool("are accepted by promtool", () => {
        expect(checkRules(fleetGroups)).toBe("");
    });
});

describe.each(files)("%s", (file) => {
    itWithPromtool("holds", () => {
        const tests = readFileSync(join(__dirname, file), "utf8");
        expect(testRules(groupsNamedIn(tests), tests)).toBe("");
    });
});

describe("promtool's verdict", () => {
    itWithPromtool("is passed on", () => {
        const wrong =
            "rule_files: [rules.yaml]\ntests: [{ alert_rule_test: [{ alertname: Watchdog, eval_time: 1m }] }]";
        expect(testRules(fleetGroups, wrong)).toContain("Watchdog");
    });
});
