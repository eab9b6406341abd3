import { load } from "../../config/load";
import { written } from "../../config/problems";
import { problemsFoundBy, raw, rightConfig } from "./fixture";

const acme = { name: "acme-1", tenant: "acme", context: "acme-1" };
const globex = { name: "globex-1", context: "globex-1" };
const target = { name: "www", url: "https://www.example.org/" };
const exporter = { infrastructure: "testbed", kind: "ceph", addresses: ["10.0.0.6:9283"] };

test.each([
    [
        "an endpoint of each kind",
        { endpoints: { targets: [target, { name: "a", url: "a.example.org:25", module: "tcp" }] } },
    ],
    [
        "exporters of two kinds",
        { iaas: { infrastructures: ["testbed"], exporters: [exporter, { ...exporter, kind: "openstack" }] } },
    ],
    ["Harbor on the observer", { harbor: { scrapeOn: "observer" } }],
    ["Harbor on a customer's cluster", { harbor: { scrapeOn: "globex-1" } }],
])("%s is right", (_, monitors) => {
    expect(() => load(raw({ ...rightConfig(), monitors }))).not.toThrow();
});

test.each([
    [
        "a URL for module tls",
        { endpoints: { targets: [{ ...target, module: "tls" }] } },
        "monitors.endpoints.targets[0].url",
        /is a URL, and module tls opens a connection/,
        /url' www.example.org:443/,
    ],
    [
        "an address for module http",
        { endpoints: { targets: [{ ...target, url: "www.example.org:443" }] } },
        "monitors.endpoints.targets[0].url",
        /is an address, and module http asks for a URL/,
        /url' https:\/\/www.example.org:443\//,
    ],
    [
        "an exporter of an infrastructure that nobody knows",
        { iaas: { infrastructures: ["testbed"], exporters: [{ ...exporter, infrastructure: "testbad" }] } },
        "monitors.iaas.exporters[0].infrastructure",
        /is not one of monitors.iaas.infrastructures/,
        /infrastructure' testbed/,
    ],
    [
        "an exporter of a kind that is off",
        { iaas: { infrastructures: ["testbed"], exporters: [{ ...exporter, kind: "libvirt" }] } },
        "monitors.iaas.exporters[0].kind",
        /is switched off by monitors.iaas.libvirt/,
        /monitors.iaas.libvirt' true/,
    ],
    [
        "an exporter of an infrastructure that is called as the observer is",
        { iaas: { infrastructures: ["observer"], exporters: [{ ...exporter, infrastructure: "observer" }] } },
        "monitors.iaas.exporters[0].infrastructure",
        /is the observer's own name/,
        /infrastructure' observer-cloud/,
    ],
    [
        "two exporters of one kind",
        { iaas: { infrastructures: ["testbed"], exporters: [exporter, exporter] } },
        "monitors.iaas.exporters[1]",
        /is of the same infrastructure and kind as exporters\[0\]/,
        /config rm --path 'fleet-observability:monitors.iaas.exporters\[1\]'/,
    ],
    [
        "Harbor on a cluster that nobody knows",
        { harbor: { scrapeOn: "globex-2" } },
        "monitors.harbor.scrapeOn",
        /is neither the observer nor a cluster/,
        /scrapeOn' globex-1/,
    ],
])("%s is one problem", (_, monitors, path, problem, paste) => {
    const found = problemsFoundBy(load, { ...rightConfig(), monitors });
    expect(found).toHaveLength(1);
    expect(written(found[0]?.path ?? [])).toBe(`fleet-observability:${path}`);
    expect(found[0]?.problem).toMatch(problem);
    expect(found[0]?.paste).toMatch(paste);
});

test("what is probed twice is one problem, whoever's it is", () => {
    const customers = [
        { ...acme, probes: { apiServer: "https://10.0.0.5:6443", ingressHosts: ["shop.example.org"] } },
        { ...globex, probes: { apiServer: "https://10.0.0.6:6443", ingressHosts: ["shop.example.org"] } },
    ];
    const found = problemsFoundBy(load, { ...rightConfig(), customers });
    expect(found).toEqual([
        expect.objectContaining({
            path: ["customers", 1, "probes", "ingressHosts", 0],
            problem: "is probed for fleet-observability:customers[0].probes.ingressHosts[0] already",
        }),
    ]);
});
