import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dashboards } from "../../dashboards";
import { fleet, fleetGroups } from "../alerts/fleet";

const text = readFileSync(join(__dirname, "../../docs/science-platform.md"), "utf8");
const alerts = fleetGroups.flatMap(({ rules }) => rules).flatMap((rule) => ("alert" in rule ? [rule.alert] : []));
const panels = new Map(
    dashboards(fleet).map(({ title, json }) => [
        title,
        ((JSON.parse(json) as Dashboard).panels as Panel[]).map((panel) => panel.title),
    ]),
);

/** Each "**Dashboard** › _Panel_, _Panel_" of a text. */
function namedPanels(part: string): { dashboard: string; panel: string }[] {
    return [...part.matchAll(/\*\*([^*]+)\*\* › ((?:_[^_]+_(?:, )?)+)/g)].flatMap(([, dashboard = "", list = ""]) =>
        [...list.matchAll(/_([^_]+)_/g)].map(([, panel = ""]) => ({ dashboard, panel })),
    );
}

/** Each "[Alert](runbooks/Alert.md)" of a text. */
function namedAlerts(part: string): string[] {
    return [...part.matchAll(/\[(\w+)\]\(runbooks\/\w+\.md\)/g)].map(([, alert = ""]) => alert);
}

const wishes = (text.split("\n## The wish list\n")[1] ?? "")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (Wish |-)/.test(line))
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .map(([, wish = "", answer = ""]) => ({ wish, answer }));

describe("docs/science-platform.md", () => {
    it.each(namedPanels(text))("names the panel $panel of $dashboard, which exists", ({ dashboard, panel }) => {
        expect(panels.get(dashboard) ?? []).toContain(panel);
    });

    it.each(namedAlerts(text).map((alert) => ({ alert })))("names the alert $alert, which exists", ({ alert }) => {
        expect(alerts).toContain(alert);
    });

    it("has every line of the technote's wish list", () => {
        expect(wishes).toHaveLength(77);
    });

    it.each(wishes)("answers the wish: $wish", ({ answer }) => {
        const named = namedPanels(answer).length + namedAlerts(answer).length;
        expect(named > 0 || /No source: .+/.test(answer)).toBe(true);
    });
});
