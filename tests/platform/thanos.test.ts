import fc from "fast-check";
import { parse } from "yaml";
import * as thanos from "../../platform/thanos";

const listens = {
    http: "0.0.0.0:10902",
    grpc: "0.0.0.0:10901",
    capnproto: "0.0.0.0:19391",
    remoteWrite: "0.0.0.0:10908",
};
const routerPlaces: thanos.RouterPlaces = {
    ...listens,
    replica: "router-0",
    hashringsFile: "/h.json",
    limitsFile: "/l.yaml",
    serverCertificate: "/tls.crt",
    serverKey: "/tls.key",
    clientCa: "/ca.crt",
};

describe("a receive router", () => {
    const args = thanos.receiveRouter(routerPlaces, { replicationFactor: 3 });

    test("takes the tenant from the client's certificate and from nowhere else", () => {
        expect(args).toContain("--receive.tenant-certificate-field=commonName");
        expect(args).toContain("--remote-write.server-tls-client-ca=/ca.crt");
        expect(args.filter((arg) => /tenant-header|split-tenant|default-tenant/.test(arg))).toEqual([]);
    });

    test("stores nothing itself: with a local endpoint or a bucket it would be an ingestor as well", () => {
        expect(args.filter((arg) => /local-endpoint|objstore|tsdb\./.test(arg))).toEqual([]);
    });

    test("renames a label called tenant, so that nobody can look like another tenant", () => {
        const config = args.find((arg) => arg.startsWith("--receive.relabel-config="))?.replace(/^[^=]*=/, "") ?? "";
        expect(parse(config)).toEqual([
            { action: "labelmap", regex: "tenant", replacement: "exported_tenant" },
            { action: "labeldrop", regex: "tenant" },
        ]);
    });
});

test("an ingestor takes late samples for as long as an agent keeps them, and the compactor can merge the result", () => {
    const ingestor = thanos.receiveIngestor({
        ...listens,
        replica: "i-0",
        dataDirectory: "/d",
        objstoreFile: "/o.yml",
    });
    expect(ingestor).toContain("--tsdb.out-of-order.time-window=4h");
    const compactor = thanos.compactor(
        { ...listens, dataDirectory: "/d", objstoreFile: "/o.yml" },
        { raw: "30d", fiveMinutes: "0d", oneHour: "0d" },
    );
    expect(compactor).toContain("--compact.enable-vertical-compaction");
    expect(compactor).toContain("--deduplication.replica-label=receive_replica");
    expect(compactor).toContain("--retention.resolution-raw=30d");
});

test("Query hides every replica label that the platform sets", () => {
    const args = thanos.query({ ...listens, endpoints: ["a:1", "b:2"] });
    expect(args.filter((arg) => arg.startsWith("--query.replica-label="))).toEqual([
        "--query.replica-label=prometheus_replica",
        "--query.replica-label=receive_replica",
        "--query.replica-label=thanos_ruler_replica",
    ]);
    expect(args.filter((arg) => arg.startsWith("--endpoint="))).toEqual(["--endpoint=a:1", "--endpoint=b:2"]);
});

test("no component is given one flag twice, but for those that repeat", () => {
    const repeats = ["endpoint", "query.replica-label", "label"];
    const all = [
        thanos.receiveRouter(routerPlaces, { replicationFactor: 1 }),
        thanos.receiveIngestor({ ...listens, replica: "i", dataDirectory: "/d", objstoreFile: "/o" }),
        thanos.query({ ...listens, endpoints: [] }),
        thanos.queryFrontend({ ...listens, downstream: "http://q", cacheFile: "/c" }),
        thanos.store({ ...listens, dataDirectory: "/d", objstoreFile: "/o" }),
        thanos.compactor(
            { ...listens, dataDirectory: "/d", objstoreFile: "/o" },
            { raw: "2d", fiveMinutes: "10d", oneHour: "1y" },
        ),
        thanos.bucketWeb({ ...listens, objstoreFile: "/o" }),
    ];
    for (const args of all) {
        const names = args.filter((arg) => arg.startsWith("--")).map((arg) => arg.replace(/^--([^=]*).*$/s, "$1"));
        const once = names.filter((name) => !repeats.includes(name));
        expect(new Set(once).size).toBe(once.length);
    }
});

describe("limits", () => {
    const parsed = (text: string) =>
        parse(text) as { write: { global: Record<string, unknown>; tenants: Record<string, Record<string, unknown>> } };

    test("count each series once however often it is stored, and name whom to ask", () => {
        const limits = parsed(
            thanos.receiveLimits([{ tenant: "acme", activeSeries: 1000, samplesPerRequest: 9000 }], 3, "http://p:9090"),
        );
        expect(limits.write.tenants).toEqual({ acme: { request: { samples_limit: 9000 }, head_series_limit: 3000 } });
        expect(limits.write.global.meta_monitoring_url).toBe("http://p:9090");
    });

    test("are never all 0: a router that starts without a limit never enforces one", () => {
        const { write } = parse(thanos.receiveLimits([], 1, "http://p")) as {
            write: { default: { head_series_limit: number } };
        };
        expect(write.default.head_series_limit).toBeGreaterThan(1e9);
    });

    test("keep every tenant, whatever it is called", () => {
        const tenant = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
        fc.assert(
            fc.property(fc.uniqueArray(tenant), (tenants) => {
                const entries = tenants.map((name) => ({ tenant: name, activeSeries: 1, samplesPerRequest: 0 }));
                const { write } = parsed(thanos.receiveLimits(entries, 1, "http://p"));
                expect(Object.keys(write.tenants).sort()).toEqual([...tenants].sort());
            }),
        );
    });
});
