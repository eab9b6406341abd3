import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { dashboardQueries, dashboards, tenantDashboards, variableQueries } from "../../dashboards";
import { parsePromql } from "../../promql/parse";
import { fleet } from "../alerts/fleet";

/** Applications whose names are no words of any description. */
const monitors = {
    ...fleet.monitors,
    applications: fleet.monitors.applications.map((each) => ({ ...each, name: `its-${each.name}` })),
};
const shown = tenantDashboards(monitors);

test("tenants see their clusters and what runs there", () => {
    expect(shown.map(({ folder, uid }) => `${folder}: ${uid}`)).toEqual([
        "Clusters: clusters",
        "Clusters: cluster",
        "Clusters: cluster-nodes",
        "Clusters: cluster-workloads",
        "Clusters: cluster-pods",
        "Clusters: cluster-volumes",
        "Clusters: cluster-control-plane",
        "Clusters: workload",
        "Applications: applications",
        "Applications: application",
        "Applications: ingress-requests",
    ]);
});

test("and no more of applications than there are", () => {
    const none = tenantDashboards({ ...monitors, applications: [] });
    expect(none.filter(({ folder }) => folder === "Applications")).toEqual([]);
});

test("a folder fits into one ConfigMap", () => {
    for (const folder of new Set(shown.map((each) => each.folder))) {
        const size = shown
            .filter((each) => each.folder === folder)
            .reduce((sum, { json }) => sum + Buffer.byteLength(json), 0);
        expect(size).toBeLessThan(1 << 19);
    }
});

describe.each(shown)("$uid", (dashboard) => {
    const model = JSON.parse(dashboard.json) as Dashboard;

    it("names nobody", () => {
        const names = [
            ...fleet.clusters.flatMap(({ name, tenant }) => [name, tenant]),
            ...monitors.applications.map(({ name }) => name),
            ...(monitors.iaas?.infrastructures ?? []),
            fleet.observer,
        ];
        expect(names.length).toBeGreaterThan(5);
        const words = new Set(dashboard.json.split(/[^-\w]+/));
        expect(names.filter((name) => words.has(name))).toEqual([]);
    });

    it("asks for series of the chosen customers alone", () => {
        const annotations = (model.annotations?.list ?? []).flatMap((each) => (each as { expr?: string }).expr ?? []);
        const expressions = [
            ...dashboardQueries(dashboard, { tenant: "chosen-tenant" }).map(({ expr }) => expr),
            ...variableQueries(dashboard).map(({ series }) => series.replaceAll("$tenant", "chosen-tenant")),
            ...annotations.map((expr) => expr.replaceAll("$tenant", "chosen-tenant")),
        ].filter((expr) => expr !== "fleet_cluster_info");
        expect(expressions.length).toBeGreaterThan(0);
        const selectors = expressions.flatMap((expr) => parsePromql(expr.replaceAll(/\$\w+/g, "x")).selectors);
        expect(selectors.filter((selector) => !selector.includes('tenant=~"chosen-tenant"'))).toEqual([]);
    });

    it("leads only to what the tenant has", () => {
        const targets = [...JSON.stringify(model).matchAll(/\/d\/([-\w]+)/g)].map(([, uid]) => uid);
        const uids = shown.map(({ uid }) => uid);
        expect(targets.filter((uid) => !uids.includes(uid ?? ""))).toEqual([]);
    });
});

test("the operators' dashboards keep their links", () => {
    const clusters = dashboards(fleet).find(({ uid }) => uid === "clusters");
    expect(clusters?.json).toContain("/d/fleet-overview");
});
