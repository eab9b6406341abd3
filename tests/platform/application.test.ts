import fc from "fast-check";
import {
    applicationDatasource,
    applicationInstance,
    applicationObjects,
    applicationRelabelings,
    applicationUid,
    retentionSize,
    serviceMonitorName,
} from "../../platform/application";
import { relabel } from "./relabel";
import { monitoringRole, postgresExporter, postgresExporterEnvironment } from "../../platform/postgres";

/** Names as config takes them, also those that end like what is made of others, and those that are long. */
const endings = ["", "-app", "-prometheus", "-postgres-exporter", "-statsd-exporter", "-remote-write-tls"];
const name = fc.oneof(
    fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,58}[a-z0-9])?$/),
    fc
        .tuple(fc.constantFrom("a", "a-b", "portal", "a--b", "x".repeat(40)), fc.constantFrom(...endings))
        .map(([start, end]) => `${start}${end}`),
    fc.constantFrom("1", "2").map((last) => `${"long".repeat(14)}-app${last}`),
);

/** Two that differ. */
const two = fc.tuple(name, name).filter(([a, b]) => a !== b);

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

test("two applications of one namespace share no object's name", () => {
    fc.assert(
        fc.property(two, ([a, b]) => {
            const all = [a, b].flatMap((each) => [
                ...Object.values(applicationObjects(each)),
                serviceMonitorName(each, "b"),
            ]);
            expect(new Set(all).size).toBe(all.length);
        }),
        { numRuns: 1000 },
    );
});

test("nor does what the operator makes for one have the name of what it makes for the other", () => {
    const ofOperator = ["", "-web-config", "-tls-assets-0", "-rulefiles-0"];
    const generated = (application: string) =>
        ofOperator.map((ending) => `prometheus-${applicationObjects(application).prometheus}${ending}`);
    fc.assert(
        fc.property(two, fc.constantFrom(...ofOperator), ([a, b], ending) => {
            expect(generated(`${a}${ending}`).some((each) => generated(b).includes(each))).toBe(`${a}${ending}` === b);
        }),
        { numRuns: 1000 },
    );
});

test("every name is one that Kubernetes takes", () => {
    fc.assert(
        fc.property(name, (application) => {
            const { prometheus, ...rest } = applicationObjects(application);
            Object.values(rest).forEach((each) => expect(each).toMatch(dnsLabel));
            // The StatefulSet's name with the hash of its revision is a label of its pods.
            expect(`prometheus-${prometheus}-1234567890`).toMatch(dnsLabel);
        }),
    );
});

test("an instance is no other: neither by its name nor by its uid", () => {
    fc.assert(
        fc.property(fc.tuple(name, name), fc.tuple(name, name), (one, other) => {
            const same = one[0] === other[0] && one[1] === other[1];
            expect(applicationInstance(...one) === applicationInstance(...other)).toBe(same);
            expect(applicationUid(...one) === applicationUid(...other)).toBe(same);
        }),
        { numRuns: 1000 },
    );
    // Where neither name tells where it ends.
    expect(applicationUid("a", "b-c")).not.toBe(applicationUid("a-b", "c"));
});

test("a uid is one that Grafana takes, with room for the endings of the dashboards", () => {
    fc.assert(
        fc.property(name, name, (cluster, application) => {
            const uid = applicationUid(cluster, application);
            expect(uid).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
            expect(`${uid}-gunicorn`.length).toBeLessThanOrEqual(40);
            expect(applicationUid(cluster, application)).toBe(uid);
        }),
    );
});

test("a datasource asks the scoped Query in the name of its application", () => {
    expect(applicationDatasource("acme-1", "portal")).toMatchObject({
        name: "acme-1.portal",
        url: "http://thanos-query-applications.observability.svc.cluster.local:9090",
        jsonData: { httpHeaderName1: "THANOS-TENANT" },
        secureJsonData: { httpHeaderValue1: "acme-1.portal" },
    });
});

test.each([
    ["10Gi", "8192MB"],
    ["500Mi", "400MB"],
    ["1Ti", "838860MB"],
])("of a volume of %s, %s are samples", (volume, size) => {
    expect(retentionSize(volume)).toBe(size);
});

test("a team's alert cannot pass for one of the fleet's, and nothing else is touched", () => {
    const alert = { __name__: "ALERTS", alertname: "PortalQuiet" };
    expect(relabel(applicationRelabelings("portal-prometheus"), { ...alert, layer: "kaas" })).toEqual(alert);
    const series = { __name__: "portal_requests_total", layer: "web" };
    expect(relabel(applicationRelabelings("portal-prometheus"), series)).toEqual(series);
});

test("what its Prometheus has about itself stays there, but for whether it sends", () => {
    const sent = (labels: Record<string, string>) => relabel(applicationRelabelings("portal-prometheus"), labels);
    const job = "portal-prometheus";
    expect(sent({ __name__: "prometheus_tsdb_head_series", job })).toBeUndefined();
    expect(sent({ __name__: "go_goroutines", job })).toBeUndefined();
    for (const kept of [
        { __name__: "up", job },
        { __name__: "scrape_samples_scraped", job },
        { __name__: "go_goroutines", job: "portal" },
        { __name__: "prometheus_build_info", job: "another-portal-prometheus" },
    ]) {
        expect(sent(kept)).toEqual(kept);
    }
});

describe("the role of postgres_exporter", () => {
    const database = { host: "db", port: 5432, database: "my-db", user: "watcher", sslMode: "require" as const };

    test("may connect and read statistics, and its password is in no text", () => {
        const sql = monitoringRole(database);
        expect(sql.match(/^GRANT .*$/gm)).toEqual([
            'GRANT CONNECT ON DATABASE "my-db" TO "watcher";',
            'GRANT pg_read_all_stats TO "watcher";',
        ]);
        expect(sql).toMatch(/NOSUPERUSER/);
        expect(sql).not.toMatch(/SELECT|pg_monitor|PASSWORD '/);
    });

    test("is not asked for what it may not read", () => {
        expect(postgresExporter({ http: ":9187" })).toEqual(
            expect.arrayContaining(["--web.listen-address=:9187", "--no-collector.wal"]),
        );
        expect(postgresExporterEnvironment(database, "/password")).toMatchObject({
            DATA_SOURCE_URI: "db:5432/my-db?sslmode=require",
        });
    });
});
