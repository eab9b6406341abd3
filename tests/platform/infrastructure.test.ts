import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { fleetRuleGroups } from "../../alerts";
import { dashboardQueries, dashboards } from "../../dashboards";
import { baseMonitors, everyMonitor } from "../../local/simulation";
import { upstreamMetrics } from "../../metrics/catalogue";
import {
    exporterName,
    exporterSpec,
    infrastructureRelabelings,
    scrapesInfrastructure,
} from "../../platform/infrastructure";
import { parsePromql } from "../../promql/parse";
import { relabel } from "./relabel";

const openstack = {
    infrastructure: "testbed",
    kind: "openstack" as const,
    addresses: ["10.0.0.5:9180"],
    scheme: "https" as const,
};
const seconds = (duration: string) => Number(/^(\d+)s$/.exec(duration)?.[1]);

describe("an infrastructure's exporter", () => {
    it("is scraped at its addresses, and says whose it is", () => {
        expect(exporterSpec(openstack)).toMatchObject({
            scheme: "HTTPS",
            metricsPath: "/metrics",
            staticConfigs: [{ targets: ["10.0.0.5:9180"], labels: { infrastructure: "testbed" } }],
        });
    });

    it.each(["openstack", "ceph", "libvirt"] as const)(
        "of kind %s is given time, and is seen between two scrapes",
        (kind) => {
            const { scrapeInterval, scrapeTimeout } = exporterSpec({ ...openstack, kind });
            expect(seconds(scrapeTimeout)).toBeLessThan(seconds(scrapeInterval));
            // A sample is seen for five minutes.
            expect(2 * seconds(scrapeInterval)).toBeLessThan(300);
        },
    );

    it("is named by its kind and infrastructure", () => {
        expect(exporterName(openstack)).toBe("openstack-testbed");
        expect(exporterName({ ...openstack, kind: "ceph" })).not.toBe(exporterName(openstack));
    });
});

describe("what is written to the observer", () => {
    const scraped = { infrastructure: "testbed", cluster: "observer", prometheus_replica: "0", job: "ceph" };

    it("is what exporters say, under the infrastructure's name", () => {
        const metrics = Object.keys(upstreamMetrics).filter((metric) => /^(openstack|ceph|libvirt)_/.test(metric));
        expect(metrics.length).toBeGreaterThan(30);
        for (const __name__ of metrics) {
            expect(relabel(infrastructureRelabelings, { ...scraped, __name__ })).toEqual({
                __name__,
                cluster: "testbed",
                prometheus_replica: "0",
                job: "ceph",
            });
        }
    });

    it("is nothing else: no up of it, and nothing of the observer's own", () => {
        expect(relabel(infrastructureRelabelings, { ...scraped, __name__: "up" })).toBeUndefined();
        const { infrastructure: _, ...own } = scraped;
        expect(relabel(infrastructureRelabelings, { ...own, __name__: "ceph_health_status" })).toBeUndefined();
    });

    it("is written where there is an exporter, and only there", () => {
        expect(scrapesInfrastructure(baseMonitors)).toBe(false);
        expect(scrapesInfrastructure(everyMonitor)).toBe(false);
        const { iaas } = everyMonitor;
        expect(iaas).toBeDefined();
        expect(scrapesInfrastructure({ ...baseMonitors, iaas: iaas && { ...iaas, exporters: [openstack] } })).toBe(
            true,
        );
    });
});

test("rules and dashboards ask for infrastructures by name: the sidecar shows the same series once more, as the observer's", () => {
    const context = { observer: "observer", monitors: everyMonitor };
    const infrastructure = everyMonitor.iaas?.infrastructures.join("|") ?? "";
    const boards = dashboards(context);
    const expressions = [
        ...fleetRuleGroups(context, { runbookBase: "" }).flatMap(({ rules }) => rules.map(({ expr }) => expr)),
        ...boards.flatMap((board) => dashboardQueries(board, { infrastructure }).map(({ expr }) => expr)),
    ];
    const asked = expressions.flatMap((expr) => {
        const { metrics, selectors } = parsePromql(expr);
        return metrics.flatMap((metric, index) =>
            /^(openstack|ceph|libvirt)_/.test(metric) ? [{ metric, selector: selectors[index] ?? "" }] : [],
        );
    });
    expect(asked.length).toBeGreaterThan(30);
    expect(asked.filter(({ selector }) => !selector.includes(`cluster=~"${infrastructure}"`))).toEqual([]);
    // All is then a list, too, and no pattern that the observer's name fits.
    const variables = boards.flatMap(({ json }) =>
        ((JSON.parse(json) as Dashboard).templating?.list ?? []).filter(({ name }) => name === "infrastructure"),
    );
    expect(variables.length).toBeGreaterThan(2);
    expect(variables.filter(({ allValue }) => allValue !== undefined)).toEqual([]);
});
