import {
    VariableType,
    type Dashboard,
    type Panel,
    type VariableModel,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Dataquery } from "@grafana/grafana-foundation-sdk/prometheus";
import { dashboardQueries, dashboards } from "../../dashboards";
import { fleet, fleetGroups } from "../alerts/fleet";
import { upstreamMetrics } from "../../metrics/catalogue";
import { parsePromql } from "../../promql/parse";
import { countersAsTheyStand } from "../promql/countersAsTheyStand";
import { typeErrors } from "../promql/typeCheck";
import { checkRules, itWithPromtool } from "../alerts/promtool";

const provisioned = dashboards(fleet);
const recorded = fleetGroups.flatMap(({ rules }) => rules).flatMap((rule) => ("record" in rule ? [rule.record] : []));
const hasTenant = (metric: string) => recorded.includes(metric) || upstreamMetrics[metric]?.tenant === true;
const unknown = (metric: string) => !recorded.includes(metric) && !(metric in upstreamMetrics);

/** Whom a dashboard is about: by the variable that it has, how it asks. */
const scopes = [
    { variable: "tenant", variables: ["datasource", "tenant", "cluster"], matcher: 'tenant=~"$tenant"' },
    { variable: "infrastructure", variables: ["datasource", "infrastructure"], matcher: 'cluster=~"$infrastructure"' },
];
const observerScope = { variable: "datasource", variables: ["datasource"], matcher: 'cluster="observer"' };

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
        expect(dashboards(fleet)).toEqual(provisioned);
    });
});

describe.each(provisioned)("$title", (dashboard) => {
    const model = JSON.parse(dashboard.json) as Dashboard;
    const everything = (model.panels ?? []) as Panel[];
    const panels = everything.filter(({ type }) => type !== "row" && type !== "text");
    const variables = model.templating?.list ?? [];
    const scope = scopes.find(({ variable }) => variables.some(({ name }) => name === variable)) ?? observerScope;

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

    it("lets one choose the datasource, and whom it is about", () => {
        expect(variables.map(({ name }) => name).slice(0, scope.variables.length)).toEqual(scope.variables);
    });

    it("asks for the values of its variables in PromQL", () => {
        for (const variable of variables.filter(({ type }) => type === VariableType.Query)) {
            const series = /^label_values\((.*), (\w+)\)$/.exec(queryText(variable))?.[1] ?? "";
            const { errors, metrics } = parsePromql(series);
            expect({ series, errors }).toEqual({ series, errors: [] });
            expect(metrics.length).toBeGreaterThan(0);
            expect(metrics.filter(unknown)).toEqual([]);
            expect(variable.datasource?.uid).toBe("${datasource}");
        }
    });

    it("numbers its panels, puts none over another, and leaves no hole", () => {
        expect(duplicates(everything.map(({ id }) => id ?? 0))).toEqual([]);
        const cells = everything.flatMap(({ gridPos }) => {
            const { x = 0, y = 0, w = 0, h = 0 } = gridPos ?? {};
            expect(x + w).toBeLessThanOrEqual(24);
            return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
        });
        const bottom = Math.max(...everything.map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)));
        expect(duplicates(cells)).toEqual([]);
        expect(cells).toHaveLength(24 * bottom);
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
                expect(instant).toBe(!["timeseries", "state-timeline"].includes(panel.type));
            }
        });

        it("restricts each query to whom it is about", () => {
            for (const { expr } of queries) {
                expect(expr).toContain(scope.matcher);
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
        const { errors, metrics, joins, joined, rawCounters } = parsePromql(expr);

        it("is accepted by the grammar, and has the types that Prometheus wants", () => {
            expect(errors).toEqual([]);
            expect(typeErrors(expr)).toEqual([]);
        });

        it("looks at how counters rise, not at where they stand", () => {
            expect(rawCounters.filter((metric) => !(metric in countersAsTheyStand))).toEqual([]);
        });

        it("asks only for what rules record and for metrics that exist", () => {
            expect(metrics.filter(unknown)).toEqual([]);
        });

        it("joins nothing in which clusters or tenants have been mixed, unless both sides are but a number", () => {
            for (const { keyword, labels, text } of joined.filter((clause) => clause.labels.length > 0)) {
                const tenant = parsePromql(text).metrics.some(hasTenant) && scope !== observerScope;
                expect(keyword).toBe("by");
                expect(labels).toEqual(expect.arrayContaining(tenant ? ["cluster", "tenant"] : ["cluster"]));
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
