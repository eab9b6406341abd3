import { dashboardQueries } from "../../dashboards";

function dashboard(expr: string) {
    const panel = { title: "p", type: "stat", targets: [{ refId: "A", expr, instant: true }] };
    const list = [
        { name: "tenant", type: "query", allValue: ".+" },
        { name: "pod", type: "query" },
    ];
    return {
        title: "d",
        json: JSON.stringify({ panels: [{ type: "row", panels: [panel] }, panel], templating: { list } }),
    };
}

function expressions(expr: string, values?: Record<string, string>): string[] {
    return dashboardQueries(dashboard(expr), values).map((query) => query.expr);
}

describe("dashboardQueries", () => {
    it("finds the queries of panels, those in rows as well", () => {
        const query = { panel: "p", refId: "A", expr: "up", instant: true };
        expect(dashboardQueries(dashboard("up"))).toEqual([query, query]);
    });

    it("puts what All stands for where a variable is", () => {
        expect(expressions('up{tenant=~"$tenant",a=~"${tenant:regex}",pod=~"${pod}"}')[0]).toBe(
            'up{tenant=~".+",a=~".+",pod=~".*"}',
        );
        expect(expressions("rate(a[$__rate_interval])")[0]).toBe("rate(a[2m])");
    });

    it("takes other values, and leaves the dollar of a regex alone", () => {
        expect(expressions('up{tenant=~"$tenant",job=~"a$"}', { tenant: "acme" })[0]).toBe(
            'up{tenant=~"acme",job=~"a$"}',
        );
    });

    it("refuses a variable that the dashboard does not have", () => {
        expect(() => expressions('up{a="$customer"}')).toThrow(
            'd: the query "up{a="$customer"}" has the variable customer, the dashboard has none',
        );
    });
});
