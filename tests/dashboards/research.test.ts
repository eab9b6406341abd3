import type { Dashboard, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";
import { stringify } from "yaml";
import { ruleGroups } from "../../alerts";
import { dashboardQueries, dashboards, type DashboardContext } from "../../dashboards";
import type { ResearchMonitor } from "../../platform/monitors";
import { fleet, fleetGroups, runbookBase } from "../alerts/fleet";
import { itWithPromtool, testRules } from "../alerts/promtool";

const tre: ResearchMonitor = { ...fleet.monitors.tre!, pseudonymiseUsers: true };

function context(changes: Partial<ResearchMonitor>): DashboardContext {
    return { ...fleet, monitors: { ...fleet.monitors, tre: { ...tre, ...changes } } };
}

function record(changes: Partial<ResearchMonitor> = {}): Dashboard {
    const found = dashboards(context(changes)).find(({ uid }) => uid === "satre-usage-record");
    return JSON.parse(found!.json) as Dashboard;
}

function sections(dashboard: Dashboard): string[] {
    const rows = (dashboard.panels ?? []).filter((panel): panel is RowPanel => panel.type === "row");
    return rows.map(({ title }) => title ?? "");
}

describe("the research environment", () => {
    it("has dashboards and rules only where there is one", () => {
        const none = { ...fleet, monitors: { ...fleet.monitors, tre: undefined } };
        expect(dashboards(none).filter(({ folder }) => folder === "Research environment")).toEqual([]);
        const names = ruleGroups(none, { runbookBase }).map(({ name }) => name);
        expect(names.filter((name) => name.startsWith("research-"))).toEqual([]);
    });

    it("asks only the clusters that belong to it", () => {
        const { monitors } = context({ clusters: ["a", "b"] });
        const rules = JSON.stringify(ruleGroups({ ...fleet, monitors }, { runbookBase }));
        expect(rules).toContain('fleet_cluster_info{cluster=~\\"a|b\\"}');
        expect(rules).toContain('kube_pod_annotations{cluster=~\\"a|b\\",annotation_hub');
    });
});

describe("the SATRE usage record", () => {
    it("is numbered as in the version of SATRE that is asked for", () => {
        expect(sections(record())).toEqual([
            "SATRE 2.2.14: usage data",
            "SATRE 2.2.15: access to data sets",
            "SATRE 2.2.16: computational resources",
        ]);
        expect(sections(record({ satreVersion: "2.0" }))).toEqual([
            "SATRE 2.2.13: usage data",
            "SATRE 2.2.14: access to data sets",
            "SATRE 2.2.15: computational resources",
        ]);
    });

    it("says whether the names in it are pseudonyms", () => {
        expect(JSON.stringify(record())).toContain("Names are pseudonyms");
        expect(JSON.stringify(record({ pseudonymiseUsers: false }))).toContain("Names are personal data");
    });

    itWithPromtool("adds up what was used, and only while it was used", () => {
        // Two cores for half an hour of the hour that is asked for, a GPU all the time.
        const labels = 'cluster="acme-1",tenant="acme",username="ada",workspace="w"';
        const usage = fleetGroups.filter(({ name }) => !name.startsWith("research-"));
        const answers: Record<string, number> = {
            "Hours open": 0.5,
            "Core-hours": 1,
            "GiB-hours": 2,
            "GPU-hours": 1,
        };
        const queries = dashboardQueries(dashboards(context({})).find(({ uid }) => uid === "satre-usage-record")!);
        const asked = queries.filter(({ panel }) => panel === "Compute by user");
        expect(
            testRules(
                usage,
                stringify({
                    rule_files: ["rules.yaml"],
                    evaluation_interval: "1m",
                    fuzzy_compare: true,
                    tests: [
                        {
                            interval: "1m",
                            input_series: [
                                { series: `user:pods_running:count{${labels}}`, values: "1x29 _x40" },
                                { series: `user:cpu_cores:rate5m{${labels}}`, values: "2x29 _x40" },
                                { series: `user:memory_bytes:sum{${labels}}`, values: `${4 * 2 ** 30}x29 _x40` },
                                { series: `user:gpus:sum{${labels}}`, values: "1x70" },
                            ],
                            promql_expr_test: asked.map(({ expr }, index) => ({
                                expr,
                                eval_time: "59m",
                                exp_samples: [
                                    {
                                        labels: '{cluster="acme-1",tenant="acme",username="ada"}',
                                        value: Object.values(answers)[index],
                                    },
                                ],
                            })),
                        },
                    ],
                }),
            ),
        ).toBe("");
    });
});

describe("the environment of karectl", () => {
    const { monitors } = context({ preset: "karectl" });
    const groups = ruleGroups({ ...fleet, monitors }, { runbookBase });

    itWithPromtool("knows whose a desktop is by the object that owns its pod", () => {
        const own = 'cluster="acme-1",tenant="acme",namespace="project-p"';
        const series = {
            [`kube_pod_owner{${own},pod="vdi-d1",owner_kind="VDIInstance",owner_name="d1"}`]: "1x30",
            [`tre_workspace_info{${own},name="d1",username="ada",project="p"}`]: "1x30",
            [`kube_pod_annotations{${own},pod="jupyter-grace",annotation_hub_jupyter_org_username="grace-p"}`]: "1x30",
            'tre_project_info{cluster="acme-1",tenant="acme",namespace="keycloak",name="q"}': "1x30",
        };
        const expected = {
            "pod:tre_user:group": [
                `{${own},pod="vdi-d1",username="ada",workspace="d1"}`,
                `{${own},pod="jupyter-grace",username="grace-p",workspace="unknown"}`,
            ],
            // A project has a namespace of its own, whether somebody works there or not.
            "namespace:tre:group": [
                '{cluster="acme-1",tenant="acme",namespace="project-p"}',
                '{cluster="acme-1",tenant="acme",namespace="project-q"}',
            ],
        };
        expect(
            testRules(
                groups,
                stringify({
                    rule_files: ["rules.yaml"],
                    evaluation_interval: "1m",
                    tests: [
                        {
                            interval: "1m",
                            input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
                            promql_expr_test: Object.entries(expected).map(([expr, samples]) => ({
                                expr,
                                eval_time: "20m",
                                exp_samples: samples.map((labels) => ({ labels: `${expr}${labels}`, value: 1 })),
                            })),
                        },
                    ],
                }),
            ),
        ).toBe("");
    });
});
