import { dashboardQueries, dashboards } from "../../dashboards";
import { serverUid } from "../../dashboards/applications/applicationServers";
import { everyMonitor } from "../../local/simulation";
import type { Monitors } from "../../platform/monitors";

const [portal] = everyMonitor.applications;

function provisioned(monitors: Partial<Monitors>) {
    return dashboards({ observer: "observer", monitors: { ...everyMonitor, ...monitors } });
}

function named(uid: string, monitors: Partial<Monitors>) {
    return provisioned(monitors).find((dashboard) => dashboard.uid === uid);
}

describe("the dashboards of application servers", () => {
    const applications = (...differences: object[]) => ({
        applications: differences.map((difference) => ({ ...portal!, ...difference })),
    });
    const texts = (uid: string, monitors: Partial<Monitors>) => {
        const dashboard = named(uid, monitors);
        return dashboard === undefined
            ? ""
            : dashboardQueries(dashboard)
                  .map(({ expr }) => expr)
                  .join("\n");
    };

    it("are one an application that has a server, about its namespace", () => {
        const monitors = applications(
            { name: "a", namespace: "first" },
            { name: "b", namespace: "second", gunicorn: false },
            { name: "c", namespace: "third", database: undefined },
            { name: "d", gunicorn: false, database: undefined },
        );
        const servers = provisioned(monitors).filter(({ uid }) => uid.startsWith("server-"));
        expect(servers.map(({ uid, title }) => [uid, title])).toEqual([
            ["server-a", "A: Gunicorn and PostgreSQL"],
            ["server-b", "B: PostgreSQL"],
            ["server-c", "C: Gunicorn"],
        ]);
        expect(texts("server-a", monitors)).toContain('namespace="first"');
        expect(texts("server-a", monitors)).not.toContain('namespace="second"');
        expect(texts("server-b", monitors)).not.toContain("gunicorn");
        expect(texts("server-c", monitors)).not.toContain("pg_");
    });

    it("ask only on the clusters of the application", () => {
        expect(texts("server-portal", applications({ clusters: ["acme-2", "acme-1"] }))).toContain(
            'cluster=~"acme-1|acme-2"',
        );
    });

    it("never add quantiles up", () => {
        const text = texts("server-portal", {});
        expect(text).not.toMatch(/quantile="/);
        expect(text).toMatch(/histogram_quantile\(0\.99, sum by \([^)]*\ble\)/);
    });

    it("take a database's name as it is", () => {
        expect(texts("server-portal", applications({ database: 'my"db' }))).toContain('datname="my\\"db"');
    });
});

describe("the uid of an application's dashboard", () => {
    const long = "the-application-with-a-name-that-is-as-long-as-a-name-can-be";

    it.each([["portal"], [`${long}-1`], [`${long}-2`], ["a--b"], ["a-b"], ["x".repeat(33)], ["x".repeat(34)]])(
        "of %s is one that Grafana takes",
        (name) => {
            expect(serverUid(name)).toMatch(/^server-[a-z0-9]+(-[a-z0-9]+)*$/);
            expect(serverUid(name).length).toBeLessThanOrEqual(40);
        },
    );

    it("is no other's", () => {
        const uids = ["a-b", "a--b", `${long}-1`, `${long}-2`, "x".repeat(33), "x".repeat(34)].map(serverUid);
        expect(new Set(uids).size).toBe(uids.length);
    });
});

describe("the dashboard of custom metrics", () => {
    const pushed = (...metrics: Monitors["pushed"]) => ({ pushed: metrics });

    it("is not there where config lists none", () => {
        expect(named("custom-metrics", pushed())).toBeUndefined();
    });

    it("has a panel a metric, with what tells its series apart", () => {
        const dashboard = named(
            "custom-metrics",
            pushed(
                { metric: "power_watts", title: "Power", unit: "watt", by: ["rack", "cluster"] },
                { metric: "jobs_total", title: "Jobs", unit: "cps", by: [] },
            ),
        );
        expect(dashboardQueries(dashboard!).map(({ panel, expr }) => [panel, expr])).toEqual([
            ["Power", 'max by (cluster, tenant, rack) (power_watts{tenant=~".+",cluster=~".+"})'],
            ["Jobs", 'sum by (cluster, tenant) (rate(jobs_total{tenant=~".+",cluster=~".+"}[2m]))'],
        ]);
    });

    it("tells metrics of one title apart", () => {
        const metric = { title: "Power", unit: "watt", by: [] };
        const dashboard = named("custom-metrics", pushed({ ...metric, metric: "a" }, { ...metric, metric: "b" }));
        expect(dashboardQueries(dashboard!).map(({ panel }) => panel)).toEqual(["Power (a)", "Power (b)"]);
    });
});
