import { stringify } from "yaml";
import { MappingType, type Dashboard, type Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { ruleGroups } from "../../alerts";
import { dashboardQueries, dashboards } from "../../dashboards";
import { fleet, runbookBase } from "../alerts/fleet";
import { itWithPromtool, testRules } from "../alerts/promtool";

/** Clusters of the inventory, each called after what it is. */
const expected = ["well", "ticket", "page", "both", "silent", "never-heard"];

const inventory = ruleGroups(
    {
        ...fleet,
        clusters: expected.map((name) => ({ name, tenant: "acme", profile: "standard", platform: "kubeadm" })),
    },
    { runbookBase },
);

const up = (cluster: string, tenant = "acme") => `up{cluster="${cluster}",tenant="${tenant}",job="agent"}`;

const alert = (labels: Record<string, string>) => {
    const all = { alertname: "Made up", alertstate: "firing", layer: "kaas", tenant: "acme", ...labels };
    return `ALERTS{${Object.entries(all)
        .map(([label, value]) => `${label}="${value}"`)
        .join(",")}}`;
};

/** Half an hour, two samples a minute. */
const always = "1x60";
const series: Record<string, string> = {
    [up("well")]: always,
    // An agent's second target is down: ClusterPartlySilent, a ticket, after 15 minutes.
    [up("ticket")]: always,
    'up{cluster="ticket",tenant="acme",job="node"}': "0x60",
    [up("page")]: always,
    [alert({ cluster: "page", severity: "page" })]: always,
    [up("both")]: always,
    [alert({ cluster: "both", severity: "page" })]: always,
    [alert({ cluster: "both", severity: "ticket" })]: always,
    // Silent from minute ten on: ClusterSilent, a page, fires as well, and it is still not called critical.
    [up("silent")]: "1x20",
    // Removed from the inventory while an alert about it fired.
    [up("deleted")]: "1x20",
    [alert({ cluster: "deleted", severity: "page" })]: "1x20",
    // Sends, and nobody has registered it, so that no alert about it is anyone's.
    [up("stranger")]: always,
    [alert({ cluster: "stranger", severity: "page" })]: always,
    // Has but a name in common with one of the inventory.
    [up("silent", "globex")]: always,
    'up{cluster="observer",job="prometheus"}': always,
    // None of these says that a cluster is not well.
    [alert({ cluster: "well", severity: "info" })]: always,
    [alert({ cluster: "well", severity: "page", alertstate: "pending" })]: always,
    [alert({ cluster: "well", severity: "page", layer: "applications" })]: always,
};

const tile = (cluster: string) => `{cluster="${cluster}",tenant="acme"}`;

const answers: Record<string, Record<string, number>> = {
    "Expected A": { "{}": 6 },
    "OK A": { "{}": 1 },
    "Warning A": { "{}": 1 },
    "Critical A": { "{}": 2 },
    "Down A": { "{}": 2 },
    "Unknown A": { "{}": 2 },
    "Health A": {
        [tile("silent")]: -1,
        [tile("never-heard")]: -1,
        [tile("well")]: 0,
        [tile("ticket")]: 1,
        [tile("page")]: 10_000,
        [tile("both")]: 10_001,
    },
};

const dashboard = dashboards(fleet).find(({ uid }) => uid === "clusters")!;

function panel(title: string): Panel {
    const { panels = [] } = JSON.parse(dashboard.json) as Dashboard;
    return (panels as Panel[]).find((candidate) => candidate.title === title)!;
}

function promtoolTest(
    samples: Record<string, Record<string, number>>,
    options: { series: Record<string, string>; values?: Record<string, string> },
): string {
    const queries = dashboardQueries(dashboard, options.values).filter(
        ({ panel: title, refId }) => `${title} ${refId}` in samples,
    );
    return stringify({
        rule_files: ["rules.yaml"],
        evaluation_interval: "30s",
        tests: [
            {
                interval: "30s",
                input_series: Object.entries(options.series).map(([name, values]) => ({ series: name, values })),
                promql_expr_test: queries.map(({ panel: title, refId, expr }) => ({
                    expr,
                    eval_time: "30m",
                    exp_samples: Object.entries(samples[`${title} ${refId}`] ?? {}).map(([labels, value]) => ({
                        labels,
                        value,
                    })),
                })),
            },
        ],
    });
}

describe("the health of all clusters", () => {
    it("has a query for each number that is expected here", () => {
        const queries = dashboardQueries(dashboard).map(({ panel: title, refId }) => `${title} ${refId}`);
        expect(queries).toEqual(expect.arrayContaining(Object.keys(answers)));
    });

    itWithPromtool("counts each cluster once, and has a tile for each of the inventory", () => {
        expect(testRules(inventory, promtoolTest(answers, { series }))).toBe("");
    });

    itWithPromtool("is about one customer alone where one is chosen", () => {
        const globex = {
            "Expected A": { "{}": 0 },
            "Critical A": { "{}": 0 },
            "Down A": { "{}": 0 },
            "Unknown A": { "{}": 1 },
            "Health A": {},
        };
        expect(testRules(inventory, promtoolTest(globex, { series, values: { tenant: "globex" } }))).toBe("");
    });

    itWithPromtool("counts zero where nobody is expected", () => {
        const nothing = Object.fromEntries(
            Object.keys(answers).map((query): [string, Record<string, number>] => [
                query,
                query === "Health A" ? {} : { "{}": 0 },
            ]),
        );
        expect(testRules([], promtoolTest(nothing, { series: {} }))).toBe("");
    });

    it("asks once for all tiles, names each, and leads to the cluster", () => {
        const health = panel("Health");
        expect(health.targets).toHaveLength(1);
        expect(health.repeat).toBeUndefined();
        expect(health.targets?.[0]).toMatchObject({ legendFormat: "{{cluster}}" });
        expect(health.fieldConfig?.defaults.links?.[0]).toMatchObject({
            url: expect.stringMatching(
                /^\/d\/cluster\?.*&var-tenant=\$\{__field\.labels\.tenant\}&var-cluster=\$\{__field\.labels\.cluster\}$/,
            ) as string,
        });
    });

    it.each([
        [-1, "Down"],
        [0, "OK"],
        [1, "Warning"],
        [9999, "Warning"],
        [10_000, "Critical"],
        [20_003, "Critical"],
    ])("calls a score of %i %s", (score, word) => {
        const words = (panel("Health").fieldConfig?.defaults.mappings ?? []).flatMap((mapping) => {
            switch (mapping.type) {
                case MappingType.ValueToText:
                    return mapping.options[String(score)]?.text ?? [];
                case MappingType.RangeToText: {
                    const { from, to, result } = mapping.options;
                    return (from ?? -Infinity) <= score && score <= (to ?? Infinity) ? (result.text ?? []) : [];
                }
                default:
                    return [];
            }
        });
        expect(words).toEqual([word]);
    });
});
