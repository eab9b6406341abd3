import { stringify } from "yaml";
import { dashboardQueries, dashboards } from "../../dashboards";
import { fleet, fleetGroups } from "../alerts/fleet";
import { itWithPromtool, testRules } from "../alerts/promtool";

/** Half an hour of acme-1 that is well, and of globex-1 that fell silent after ten minutes; two samples a minute. */
const series = {
    'up{cluster="acme-1",tenant="acme",job="agent",instance="10.0.0.1:9090"}': "1x60",
    'up{cluster="acme-1",tenant="acme",job="node",instance="10.0.0.1:9100"}': "1x60",
    'up{cluster="acme-1",tenant="acme",job="node",instance="10.0.0.2:9100"}': "0x60",
    'up{cluster="globex-1",tenant="globex",job="agent",instance="10.0.0.1:9090"}': "1x20",
    // None of these is in the inventory, and the first has but a name in common with one that is.
    'up{cluster="globex-1",tenant="acme",job="agent",instance="10.0.0.8:9090"}': "1x60",
    'up{cluster="observer",job="prometheus",instance="10.0.0.1:9090"}': "1x60",
    'up{cluster="retired-1",tenant="acme",job="agent",instance="10.0.0.9:9090"}': "1x60",
    // Two routers take from acme, each 300 samples in half a minute; what they refuse is not counted.
    'thanos_receive_write_samples_sum{cluster="observer",instance="10.0.0.3:10902",tenant="acme",code="200"}':
        "0+300x60",
    'thanos_receive_write_samples_sum{cluster="observer",instance="10.0.0.4:10902",tenant="acme",code="200"}':
        "0+300x60",
    'thanos_receive_write_samples_sum{cluster="observer",instance="10.0.0.4:10902",tenant="acme",code="409"}':
        "0+300x60",
    // Three ingestors hold each series of acme three times; an ingestor alone says that it replicates nothing.
    'prometheus_tsdb_head_series{cluster="observer",instance="10.0.0.5:10902",tenant="acme"}': "700x60",
    'prometheus_tsdb_head_series{cluster="observer",instance="10.0.0.6:10902",tenant="acme"}': "700x60",
    'prometheus_tsdb_head_series{cluster="observer",instance="10.0.0.7:10902",tenant="acme"}': "700x60",
    'prometheus_tsdb_head_series{cluster="observer",instance="10.0.0.5:10902",tenant="default-tenant"}': "0x60",
    'prometheus_tsdb_head_series{cluster="observer",instance="10.0.0.1:9090"}': "5000x60",
    'prometheus_tsdb_head_series{cluster="acme-1",tenant="acme",instance="10.0.0.8:9090"}': "9000x60",
    'thanos_receive_replication_factor{cluster="observer",instance="10.0.0.3:10902"}': "3x60",
    'thanos_receive_replication_factor{cluster="observer",instance="10.0.0.5:10902"}': "1x60",
};

const acme = '{cluster="acme-1",tenant="acme"}';
const globex = '{cluster="globex-1",tenant="globex"}';

/** What each query answers after half an hour. */
const answers: Record<string, Record<string, number>> = {
    "Expected clusters A": { "{}": 2 },
    "Reporting clusters A": { "{}": 1 },
    "Silent clusters A": { "{}": 1 },
    "Clusters A": {
        '{cluster="acme-1",tenant="acme",profile="standard",platform="kubeadm"}': 1,
        '{cluster="globex-1",tenant="globex",profile="l0",platform="aks"}': 1,
    },
    // globex-1's last sample was at minute ten.
    "Clusters B": { [acme]: 0, [globex]: 1200 },
    "Clusters C": { [acme]: 2, [globex]: 0 },
    "Clusters D": { [acme]: 3 },
    "Targets up A": { [acme]: 2, '{cluster="globex-1",tenant="acme"}': 1, '{cluster="retired-1",tenant="acme"}': 1 },
    "Samples received A": { '{cluster="observer",tenant="acme"}': 20 },
    "Active series A": { '{cluster="observer",tenant="acme"}': 700 },
};

/** What those that count answer where there is nothing. */
const nothing = Object.fromEntries(
    Object.keys(answers).map((query): [string, Record<string, number>] => [
        query,
        query.endsWith("clusters A") ? { "{}": 0 } : {},
    ]),
);

const overview = dashboards(fleet).find(({ uid }) => uid === "fleet-overview")!;

function promtoolTest(
    expected: Record<string, Record<string, number>>,
    options: { series: Record<string, string>; values?: Record<string, string> },
): string {
    return stringify({
        rule_files: ["rules.yaml"],
        evaluation_interval: "30s",
        fuzzy_compare: true,
        tests: [
            {
                interval: "30s",
                input_series: Object.entries(options.series).map(([name, values]) => ({ series: name, values })),
                promql_expr_test: dashboardQueries(overview, options.values).map(({ panel, refId, expr }) => ({
                    expr,
                    eval_time: "30m",
                    exp_samples: Object.entries(expected[`${panel} ${refId}`] ?? { 'unexpected="query"': 0 }).map(
                        ([labels, value]) => ({ labels, value }),
                    ),
                })),
            },
        ],
    });
}

describe("the fleet overview", () => {
    it("has an expected answer for each of its queries", () => {
        expect(dashboardQueries(overview).map(({ panel, refId }) => `${panel} ${refId}`)).toEqual(Object.keys(answers));
    });

    itWithPromtool("shows who is expected, who reports and what they send", () => {
        expect(testRules(fleetGroups, promtoolTest(answers, { series }))).toBe("");
    });

    itWithPromtool("shows one customer alone", () => {
        const acmeAlone = Object.fromEntries(
            Object.entries(answers).map(([query, samples]) => [
                query,
                Object.fromEntries(Object.entries(samples).filter(([labels]) => !labels.includes('tenant="globex"'))),
            ]),
        );
        const expected = { ...acmeAlone, "Expected clusters A": { "{}": 1 }, "Silent clusters A": { "{}": 0 } };
        expect(testRules(fleetGroups, promtoolTest(expected, { series, values: { tenant: "acme" } }))).toBe("");
    });

    itWithPromtool("counts zero where nobody is expected, and has no line", () => {
        expect(testRules([], promtoolTest(nothing, { series: {} }))).toBe("");
    });
});
