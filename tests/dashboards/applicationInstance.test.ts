import type { Dashboard, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import { applicationDashboards, dashboardQueries } from "../../dashboards";
import { upstreamMetrics } from "../../metrics/catalogue";
import { parsePromql } from "../../promql/parse";
import { typeErrors } from "../promql/typeCheck";

const application = {
    name: "portal",
    namespace: "portal",
    retention: "7d",
    volumeSize: "10Gi",
    services: [],
    gunicorn: true,
    postgres: { host: "db", port: 5432, database: "portal", user: "watcher", sslMode: "require" as const },
};
const boards = applicationDashboards({ cluster: "acme-1", application });

/** What Prometheus itself says of every scrape and rule. */
const ofPrometheus = [
    "ALERTS",
    "scrape_duration_seconds",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
    "up",
];

test("there is an overview, and one for each server that there is", () => {
    expect(boards.map(({ title, folder }) => [folder, title])).toEqual([
        ["portal on acme-1", "portal on acme-1"],
        ["portal on acme-1", "portal on acme-1: Gunicorn"],
        ["portal on acme-1", "portal on acme-1: PostgreSQL"],
    ]);
    const plain = { ...application, gunicorn: false, postgres: undefined };
    expect(applicationDashboards({ cluster: "acme-1", application: plain })).toHaveLength(1);
});

describe.each(boards)("$title", (dashboard) => {
    const model = JSON.parse(dashboard.json) as Dashboard;

    test("asks one datasource, with nothing to choose", () => {
        expect(model.templating?.list).toEqual([]);
        expect(dashboard.json).not.toContain("${datasource}");
    });

    test("asks in PromQL for what is there, of the application's namespace alone", () => {
        for (const { expr } of dashboardQueries(dashboard)) {
            const { errors, metrics } = parsePromql(expr);
            expect({ expr, errors, types: typeErrors(expr) }).toEqual({ expr, errors: [], types: [] });
            expect(metrics.filter((metric) => !ofPrometheus.includes(metric) && !(metric in upstreamMetrics))).toEqual(
                [],
            );
            expect(expr).toContain('namespace="portal"');
            expect(expr).not.toMatch(/\b(tenant|cluster)\b/);
        }
    });

    test("fills its rows, and puts no panel over another", () => {
        const cells = (model.panels as Panel[]).flatMap(({ gridPos }) => {
            const { x = 0, y = 0, w = 0, h = 0 } = gridPos ?? {};
            return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`);
        });
        expect(new Set(cells).size).toBe(cells.length);
    });

    test("links to its own dashboards", () => {
        for (const { url } of model.links ?? []) {
            expect(boards.map(({ uid }) => `/d/${uid}`)).toContain(url);
        }
    });
});
