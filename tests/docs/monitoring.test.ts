import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ruleGroups, type RuleGroup } from "../../alerts";
import { dashboards } from "../../dashboards";
import { baseMonitors } from "../../local/simulation";
import { fleet, fleetGroups } from "../alerts/fleet";

const docs = join(__dirname, "../../docs");
const text = readFileSync(join(docs, "monitoring.md"), "utf8");
const reference = readFileSync(join(docs, "config.md"), "utf8");

/** The cells of each row of the first table below a heading. */
function table(heading: string): string[][] {
    const below = text.split("\n").slice(text.split("\n").findIndex((line) => line.startsWith(heading)) + 1);
    const from = below.findIndex((line) => line.startsWith("|"));
    const rows = below.slice(from + 2);
    return rows.slice(0, rows.indexOf("")).map((line) =>
        line
            .split("|")
            .slice(1, -1)
            .map((cell) => cell.trim()),
    );
}

/** Alerts with their layers and severities, a line each. */
function alertsOf(groups: RuleGroup[]): string[] {
    const severities = new Map<string, Set<string>>();
    for (const rule of groups.flatMap(({ rules }) => rules)) {
        if ("alert" in rule) {
            const alert = `${rule.labels.layer} ${rule.alert}`;
            severities.set(alert, new Set([...(severities.get(alert) ?? []), rule.labels.severity]));
        }
    }
    return [...severities].map(([alert, of]) => `${alert}: ${[...of].sort().reverse().join(", ")}`).sort();
}

const base = { ...fleet, peers: [], monitors: baseMonitors };
const always = (config: string) => config.startsWith("always");

const alertRows = ["platform", "kaas", "iaas", "applications", "tre"].flatMap((layer) =>
    table(`### Layer ${layer}`).map(([link = "", severities = "", says = "", config = ""]) => ({
        alert: /^\[(\w+)\]\(runbooks\/\1\.md\)$/.exec(link)?.[1] ?? link,
        line: `${layer} ${/^\[(\w+)\]/.exec(link)?.[1] ?? link}: ${severities}`,
        says,
        config,
    })),
);
const dashboardRows = table("## Dashboards").map(([folder, uid = "", title, whom = "", config = ""]) => ({
    dashboard: { folder, uid: uid.replaceAll("`", ""), title },
    whom,
    config,
}));

describe("docs/monitoring.md", () => {
    it("has every dashboard, by folder, and no other", () => {
        expect(dashboardRows.map(({ dashboard }) => dashboard)).toEqual(
            dashboards(fleet).map(({ folder, uid, title }) => ({ folder, uid, title })),
        );
    });

    it("has every alert in its layer with its severities, and no other", () => {
        expect(alertRows.map(({ line }) => line).sort()).toEqual(alertsOf(fleetGroups));
    });

    it("says of those dashboards and alerts that they are always there that are", () => {
        expect(dashboardRows.filter(({ config }) => always(config)).map(({ dashboard }) => dashboard.uid)).toEqual(
            dashboards(base).map(({ uid }) => uid),
        );
        expect(
            alertRows
                .filter(({ config }) => always(config))
                .map(({ line }) => line)
                .sort(),
        ).toEqual(alertsOf(ruleGroups(base, { runbookBase: "" })));
    });

    it.each([...dashboardRows.map(({ whom, config }) => ({ says: whom, config })), ...alertRows])(
        "says for whom, or what: $says",
        ({ says, config }) => {
            expect(says).not.toBe("");
            expect(config).not.toBe("");
        },
    );

    /** Keys of monitors stand alone, those of other sections behind the section's name. */
    function isKey(key: string): boolean {
        const [section = "", ...rest] = key.split(".");
        const [, text = ""] = reference.split(`\n## fleet-observability:${section}\n`);
        return (
            reference.includes(`\n| \`${key}\` |`) ||
            (text.split("\n## ")[0] ?? "").includes(`\n| \`${rest.join(".")}\` |`)
        );
    }

    it("names keys that config has", () => {
        const rows = [...dashboardRows, ...alertRows].map(({ config }) => config);
        const exporters = table("## What needs an exporter").map(([config = ""]) => config);
        const keys = [...rows, ...exporters].flatMap((cell) =>
            [...cell.matchAll(/`([^`]+)`/g)].map(([, key = ""]) => key),
        );
        expect(keys.length).toBeGreaterThan(50);
        expect(keys.filter((key) => !isKey(key) && key !== "customers")).toEqual([]);
    });

    it("links to files that exist", () => {
        const targets = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) => target);
        expect(targets.length).toBeGreaterThan(100);
        expect(targets.filter((target) => !existsSync(join(docs, target)))).toEqual([]);
    });
});
