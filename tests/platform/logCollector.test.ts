import { alloyText, block, component, Expression } from "../../platform/alloy";
import {
    eventCollectorConfig,
    fileCollectorConfig,
    nodeCollectorConfig,
    type LogCollection,
    type LogPipeline,
} from "../../platform/logCollector";
import { secrets } from "../../platform/redaction";
import { itWithAlloy, validate } from "./alloyProgram";

const collection: LogCollection = {
    sources: ["pods", "nodes", "events"],
    excludeNamespaces: ["payroll", "hr"],
    personalData: ["emails"],
    redact: [{ name: "patient", expression: 'patient="(\\d+)"' }],
};
const destination = { name: "observer", tenantsUrl: "https://tenants.example.org:8443", caFile: "/tls/ca.crt" };
const pipeline: LogPipeline = {
    cluster: "acme-1",
    externalLabels: { region: "eu", cluster: "not-this" },
    collection,
    events: { vault: true, adminActions: true, rollouts: true, custom: [] },
    destinations: [destination],
    files: { certificate: "/tls/tls.crt", key: "/tls/tls.key" },
};
const peer = { ...destination, name: "observer-b", tenantsUrl: "https://tenants.b.example.org" };
const local = { glob: "/tmp/logs/*.log", labels: { job: "pods", namespace: "portal" } };

/** The text of a component, by what it begins with. */
function part(config: string, header: string): string {
    const start = config.indexOf(`${header} {`);
    expect(start).toBeGreaterThanOrEqual(0);
    return config.slice(start, config.indexOf("\n}\n", start));
}

describe("the writer", () => {
    test("quotes strings, nests blocks and leaves expressions as they are", () => {
        expect(
            alloyText([
                component(
                    "a.b",
                    "c",
                    { text: 'say "\\d"\n', list: ["x", 1, true], ref: new Expression("d.e.f"), map: { k: "v" } },
                    block("inner", {}),
                ),
            ]),
        ).toBe(
            'a.b "c" {\n\ttext = "say \\"\\\\d\\"\\n"\n\tlist = ["x", 1, true]\n\tref = d.e.f\n\tmap = {"k" = "v"}\n\tinner { }\n}\n',
        );
    });
});

describe.each([
    ["nodes", nodeCollectorConfig(pipeline)],
    ["events", eventCollectorConfig(pipeline)],
    ["files of a machine", fileCollectorConfig(pipeline, local)],
    ["nodes, for two observers", nodeCollectorConfig({ ...pipeline, destinations: [destination, peer] })],
])("the collector of %s", (_, config) => {
    const sources = config.split("\n\n").filter((text) => /^loki\.source/.test(text));

    test("sends nothing past what takes secrets out", () => {
        const forwarding = config
            .split(/\n(?=\S.* \{)/)
            .filter((text) => text.includes("loki.write.observers.receiver"));
        expect(forwarding.map((text) => text.split("\n")[0])).toEqual(['loki.process "redact" {']);
        expect(part(config, 'loki.process "redact"').match(/stage\.replace/g)).toHaveLength(secrets.length + 2);
        expect(sources.filter((text) => /forward_to = \[loki\.write/.test(text))).toEqual([]);
    });

    test("sends with the cluster's certificate and labels, and names no tenant", () => {
        const write = part(config, 'loki.write "observers"');
        expect(write).toContain('url = "https://tenants.example.org:8443/loki/api/v1/push"');
        expect(write).toContain('cert_file = "/tls/tls.crt"');
        expect(write).toContain('key_file = "/tls/tls.key"');
        expect(write).toContain('external_labels = {"region" = "eu", "cluster" = "acme-1"}');
        expect(config).not.toContain("tenant_id");
    });

    itWithAlloy("is accepted by alloy", () => {
        expect(validate(config)).toBe("");
    });
});

describe("destinations", () => {
    test("one is waited for, of two none waits for the other", () => {
        expect(nodeCollectorConfig(pipeline)).toContain("block_on_overflow = true");
        const two = nodeCollectorConfig({ ...pipeline, destinations: [destination, peer] });
        expect(two.match(/block_on_overflow = false/g)).toHaveLength(2);
        expect(two).not.toContain("block_on_overflow = true");
    });
});

describe("the collector of nodes", () => {
    const config = nodeCollectorConfig(pipeline);

    test("leaves namespaces out that are not to be collected", () => {
        expect(part(config, 'discovery.relabel "pods"')).toContain('regex = "payroll|hr"\n\t\taction = "drop"');
        expect(
            nodeCollectorConfig({ ...pipeline, collection: { ...collection, excludeNamespaces: [] } }),
        ).not.toContain('action = "drop"');
    });

    test("looks at its own node only", () => {
        expect(part(config, 'discovery.kubernetes "pods"')).toContain('"spec.nodeName=" + sys.env("K8S_NODE_NAME")');
    });

    test("finds a static pod under its manifest's hash", () => {
        expect(part(config, 'discovery.relabel "pods"')).toContain('replacement = "/var/log/pods/*$1/$2/*.log"');
    });

    test("reads what it was told to", () => {
        const only = (sources: LogCollection["sources"]) =>
            nodeCollectorConfig({ ...pipeline, collection: { ...collection, sources } });
        expect(only(["pods"])).not.toContain("loki.source.journal");
        expect(only(["nodes"])).not.toContain("discovery.kubernetes");
        expect(config).toContain('path = "/var/log/journal"');
        expect(config).toContain('path = "/run/log/journal"');
    });

    test("keeps labels that have many values out of streams", () => {
        expect(part(config, 'loki.process "containers"')).toContain('values = {"pod" = "", "stream" = ""}');
        expect(part(config, 'loki.process "redact"')).toContain('values = ["filename", "instance"]');
    });
});
