import {
    VariableType,
    type Dashboard,
    type Panel,
    type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";
import { dashboardQueries, dashboards } from "../../dashboards";
import { fleetGroups } from "../alerts/fleet";
import { upstreamMetrics } from "../alerts/metrics";
import { parsePromql } from "../alerts/promql";
import { checkRules, itWithPromtool } from "../alerts/promtool";

const provisioned = dashboards();
const recorded = fleetGroups.flatMap(({ rules }) => rules).flatMap((rule) => ("record" in rule ? [rule.record] : []));
const hasTenant = (metric: string) => recorded.includes(metric) || upstreamMetrics[metric]?.tenant === true;
const audiences = ["tre", "kaas", "iaas", "applications", "platform"];

function duplicates(values: (string | number)[]): (string | number)[] {
    return values.filter((value, index) => values.indexOf(value) !== index);
}

describe("the registry", () => {
    it("knows no uid and no title twice", () => {
        expect(duplicates(provisioned.map(({ uid }) => uid))).toEqual([]);
        expect(duplicates(provisioned.map(({ title }) => title))).toEqual([]);
    });

    it("gives the same text each time", () => {
        expect(dashboards()).toEqual(provisioned);
    });
});

describe.each(provisioned)("$title", (dashboard) => {
    const model = JSON.parse(dashboard.json) as Dashboard;
    const panels = (model.panels ?? []) as Panel[];
    const variables = model.templating?.list ?? [];

    it("is called the same in the registry and in its model", () => {
        expect(dashboard).toMatchObject({ uid: model.uid, title: model.title });
        expect(dashboard.folder).toMatch(/^[A-Z]/);
    });

    it("has a uid that is readable, and that Grafana and Kubernetes take", () => {
        expect(dashboard.uid).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
        expect(dashboard.uid.length).toBeLessThanOrEqual(40);
    });

    it("fits into a ConfigMap", () => {
        expect(Buffer.byteLength(dashboard.json)).toBeLessThan(900_000);
    });

    it("says what it is for and for whom, and is changed here only", () => {
        expect(model.description).toMatch(/\.$/);
        expect(model.tags).not.toEqual([]);
        expect((model.tags ?? []).filter((tag) => !audiences.includes(tag))).toEqual([]);
        expect(model.editable).toBe(false);
    });

    it("lets one choose datasource, customer and cluster", () => {
        expect(variables.map(({ name }) => name).slice(0, 3)).toEqual(["datasource", "tenant", "cluster"]);
    });

    it("asks for the values of its variables in PromQL", () => {
        for (const variable of variables.filter(({ type }) => type === VariableType.Query)) {
            const series = /^label_values\((.*), (\w+)\)$/.exec(queryText(variable))?.[1] ?? "";
            const { errors, metrics } = parsePromql(series);
            expect({ name: variable.name, errors, metrics }).toEqual({
                name: variable.name,
                errors: [],
                metrics: ["fleet_cluster_info"],
            });
            expect(variable.datasource?.uid).toBe("${datasource}");
        }
    });

    it("numbers its panels and puts none over another", () => {
        expect(duplicates(panels.map(({ id }) => id ?? 0))).toEqual([]);
        const cells = panels.flatMap(({ gridPos }) => {
            const { x = 0, y = 0, w = 0, h = 0 } = gridPos ?? {};
            expect(x + w).toBeLessThanOrEqual(24);
            return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
        });
        expect(cells.length).toBeGreaterThan(0);
        expect(duplicates(cells)).toEqual([]);
    });

    it("links to dashboards that exist", () => {
        for (const [, uid] of dashboard.json.matchAll(/\/d\/([-\w]+)/g)) {
            expect(provisioned.map((other) => other.uid)).toContain(uid);
        }
    });

    it("knows no panel's title twice", () => {
        expect(duplicates(panels.map(({ title }) => title ?? ""))).toEqual([]);
    });

    describe.each(panels)("$title", (panel) => {
        const queries = (panel.targets ?? []) as unknown as Dataquery[];

        it("says what it shows, in which unit, from which datasource", () => {
            expect(panel.title).toMatch(/^[A-Z]/);
            expect(panel.description).toMatch(/^[A-Z].*\.$/);
            expect(panel.fieldConfig?.defaults.unit).toBeTruthy();
            expect(panel.datasource).toEqual({ type: "prometheus", uid: "${datasource}" });
        });

        it("has queries, told apart by refId, for an instant or for a range", () => {
            expect(queries).not.toEqual([]);
            expect(duplicates(queries.map(({ refId }) => refId ?? ""))).toEqual([]);
            for (const { instant, range } of queries) {
                expect(instant).not.toBe(range);
                expect(instant).toBe(panel.type !== "timeseries");
            }
        });

        it("restricts each query to the chosen customers", () => {
            for (const { expr } of queries) {
                expect(expr).toContain('tenant=~"$tenant"');
            }
        });

        it("takes rates over what Grafana takes for a good range", () => {
            for (const { expr } of queries) {
                for (const [, range] of expr.matchAll(/\b(?:rate|increase|irate)\([^[]*\[([^\]]*)\]/g)) {
                    expect(range).toBe("$__rate_interval");
                }
            }
        });
    });

    describe.each(dashboardQueries(dashboard))("the query $refId of $panel", ({ expr }) => {
        const { errors, metrics, aggregations, joins } = parsePromql(expr);

        it("is accepted by the grammar", () => {
            expect(errors).toEqual([]);
        });

        it("asks only for what rules record and for metrics that exist", () => {
            expect(metrics.filter((name) => !recorded.includes(name) && !(name in upstreamMetrics))).toEqual([]);
        });

        it("keeps clusters and tenants apart, except where it counts those that it has kept apart", () => {
            for (const { keyword, labels, text } of aggregations) {
                const tenant = parsePromql(text).metrics.some(hasTenant);
                if (keyword === undefined) {
                    expect(text).toMatch(/^count\(group by \(cluster, tenant\) \(/);
                } else {
                    expect(keyword).toBe("by");
                    expect(labels).toEqual(expect.arrayContaining(tenant ? ["cluster", "tenant"] : ["cluster"]));
                }
            }
        });

        it("keeps clusters apart in each join", () => {
            for (const { keyword, labels } of joins) {
                if (keyword !== undefined) {
                    expect([keyword, labels]).toEqual(["on", expect.arrayContaining(["cluster"])]);
                }
            }
        });
    });
});

describe("the queries of all dashboards", () => {
    itWithPromtool("have the types that Prometheus wants", () => {
        const queries = provisioned.flatMap((dashboard) => dashboardQueries(dashboard));
        const rules = queries.map(({ expr }, index) => ({ record: `query_${index}`, expr }));
        expect(checkRules([{ name: "queries", rules }])).toBe("");
    });
});

function queryText({ query }: VariableModel): string {
    return typeof query === "object" && typeof query["query"] === "string" ? query["query"] : "";
}
