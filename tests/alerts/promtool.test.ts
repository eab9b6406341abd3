import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fleetGroups } from "./fleet";
import { checkRules, itWithPromtool, testRules } from "./promtool";

const files = readdirSync(__dirname).filter((file) => file.endsWith(".test.yaml"));

describe("the fleet's rules", () => {
    itWithPromtool("are accepted by promtool", () => {
        expect(checkRules(fleetGroups)).toBe("");
    });
});

describe.each(files)("%s", (file) => {
    itWithPromtool("holds", () => {
        expect(testRules(fleetGroups, readFileSync(join(__dirname, file), "utf8"))).toBe("");
    });
});

describe("promtool's verdict", () => {
    itWithPromtool("is passed on", () => {
        const wrong =
            "rule_files: [rules.yaml]\ntests: [{ alert_rule_test: [{ alertname: Watchdog, eval_time: 1m }] }]";
        expect(testRules(fleetGroups, wrong)).toContain("Watchdog");
    });
});
