import fc from "fast-check";
import { inHours } from "../../platform/duration";
import { hosts, ingestorAddress, webUrls } from "../../platform/names";
import { preset, presets } from "../../platform/sizes";
import { serverTerms, clientTerms } from "../../platform/certificates";
import { tenantLimits, tenantPattern } from "../../platform/tenancy";

test.each([
    [
        { dnsPrefix: "dev-", dnsSuffix: "", privateZone: "xlscsde.nhs.uk" },
        "dev-grafana.xlscsde.nhs.uk",
        "dev-receive.xlscsde.nhs.uk",
    ],
    [
        { dnsPrefix: "", dnsSuffix: "-eu", privateZone: "example.org" },
        "grafana-eu.example.org",
        "receive-eu.example.org",
    ],
    [{ dnsPrefix: "", dnsSuffix: "", privateZone: "z" }, "grafana.z", "receive.z"],
])("hosts of %j", (ingress, grafana, receive) => {
    expect(hosts(ingress)).toMatchObject({ grafana, receive });
});

test("all six hosts differ, whatever stands around them", () => {
    const part = fc.stringMatching(/^[a-z0-9-]{0,10}$/);
    fc.assert(
        fc.property(part, part, (dnsPrefix, dnsSuffix) => {
            const all = Object.values(hosts({ dnsPrefix, dnsSuffix, privateZone: "example.org" }));
            expect(new Set(all).size).toBe(6);
        }),
    );
});

test("a web application is found under its host, or inside the cluster where nothing is published", () => {
    const all = hosts({ dnsPrefix: "p-", dnsSuffix: "", privateZone: "example.org" });
    expect(webUrls(all, true).grafana).toBe("https://p-grafana.example.org");
    expect(webUrls(all, false)).toEqual({
        grafana: "http://kps-grafana.observability.svc.cluster.local:80",
        prometheus: "http://kps-prometheus.observability.svc.cluster.local:9090",
        alertmanager: "http://kps-alertmanager.observability.svc.cluster.local:9093",
        query: "http://thanos-query-frontend.observability.svc.cluster.local:9090",
    });
});

test("an ingestor is addressed by its pod's stable name", () => {
    expect(ingestorAddress(2)).toBe(
        "thanos-receive-ingester-2.thanos-receive-ingester-headless.observability.svc.cluster.local:10901",
    );
});

test.each([
    ["40h", 40],
    ["30d", 720],
    ["2w", 336],
    ["1y", 8760],
    ["0d", Infinity],
])("%s is %d hours", (duration, hours) => {
    expect(inHours(duration)).toBe(hours);
});

test("a preset never asks for more copies than ingestors, and has one compactor", () => {
    for (const each of Object.values(presets)) {
        expect(each.replicationFactor).toBeLessThanOrEqual(each.receiveIngestor.replicas);
        expect(each.compactor.replicas).toBe(1);
    }
    expect(preset({ size: "small", ingestors: 5, replicationFactor: 3 })).toMatchObject({
        replicationFactor: 3,
        receiveIngestor: { replicas: 5, volume: "50Gi" },
    });
});

test.each(["..", ".", "", "a/b", "A", "-a", "a-", "a".repeat(64), "ä", "a\n", "default_tenant"])(
    "%j is no tenant",
    (name) => {
        expect(tenantPattern.test(name)).toBe(false);
    },
);

test("a tenant's limits count once, however many clusters it has", () => {
    const limits = { activeSeries: 10, samplesPerRequest: 0 };
    expect(
        tenantLimits([{ tenant: "b", limits }, { tenant: "a" }, { tenant: "b", limits }, { tenant: "a", limits }]),
    ).toEqual([
        { tenant: "a", ...limits },
        { tenant: "b", ...limits },
    ]);
});

test("a server's certificate tells names from addresses, a client's names only its tenant", () => {
    expect(serverTerms(["receive.example.org", "10.0.0.1", "fd00::1"])).toMatchObject({
        commonName: "receive.example.org",
        dnsNames: ["receive.example.org"],
        ipAddresses: ["10.0.0.1", "fd00::1"],
    });
    expect(clientTerms("acme")).toMatchObject({ commonName: "acme", usages: ["digital_signature", "client_auth"] });
});
