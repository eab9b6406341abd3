import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { stringify } from "yaml";
import { otlpArguments, otlpGatewayConfig, otlpPorts, type OtlpGateway, type OtlpPlaces } from "../../platform/otlp";
import { backlog, maxSamplesPerSend, reservedLabels } from "../../platform/remoteWrite";
import { itWith, upstreamProgram } from "../upstreamProgram";

const gateway: OtlpGateway = {
    replicas: 2,
    memory: "1Gi",
    attributes: { domain: "edge" },
    resourceAttributes: ["device.id"],
    drop: ["container_.*", 'a\\.b|"c"$'],
};
const places: OtlpPlaces = {
    cluster: { name: "acme-1", externalLabels: { region: "eu", cluster: "not-this-one" } },
    host: "127.0.0.1",
    ports: otlpPorts,
    files: { certificate: "/certificates/tls.crt", key: "/certificates/tls.key" },
    destinations: [
        { name: "observer-a", url: "https://receive.a.example.org/api/v1/receive", ca: "/certificates/ca-a.crt" },
        { name: "observer-b", url: "https://receive.b.example.org/api/v1/receive", ca: "/certificates/ca-b.crt" },
    ],
    kubernetes: true,
};

const config = otlpGatewayConfig(gateway, places);
const plain = otlpGatewayConfig({ ...gateway, drop: [] }, { ...places, kubernetes: false });
const { metrics } = config.service.pipelines;

const otelcol = upstreamProgram("otelcol");
const itWithCollector = itWith("otelcol");

/** What `otelcol validate` says of a configuration; "" is right. */
function complaints(of: object): string {
    const directory = mkdtempSync(join(tmpdir(), "otelcol-"));
    try {
        const file = join(directory, "config.yaml");
        writeFileSync(file, stringify(of));
        const { status, stderr } = spawnSync(otelcol ?? "otelcol", ["validate", `--config=${file}`, ...otlpArguments], {
            encoding: "utf8",
        });
        return status === 0 ? "" : stderr;
    } finally {
        rmSync(directory, { recursive: true });
    }
}

describe("the pipeline", () => {
    it("refuses first, knows the sender before its labels are made, and batches last", () => {
        expect(metrics.processors).toEqual(["memory_limiter", "k8s_attributes", "filter", "transform", "batch"]);
    });

    it("has no step without a purpose, and asks no Kubernetes API where there is none", () => {
        expect(plain.service.pipelines.metrics.processors).toEqual(["memory_limiter", "transform", "batch"]);
        expect(Object.keys(plain.processors)).toEqual(plain.service.pipelines.metrics.processors);
    });

    it("has only what is there", () => {
        expect(Object.keys(config.processors)).toEqual(metrics.processors);
        expect(Object.keys(config.exporters)).toEqual(metrics.exporters);
        expect(Object.keys(config.receivers)).toEqual(metrics.receivers);
        expect(Object.keys(config.extensions)).toEqual(config.service.extensions);
    });

    it.each([
        ["512Mi", 409, 128],
        ["1Gi", 819, 256],
        ["1Ti", 838860, 262144],
    ])("of %s of memory uses 80 %% at most, and 25 %% more between two looks", (memory, limit, spike) => {
        expect(otlpGatewayConfig({ ...gateway, memory }, places).processors.memory_limiter).toMatchObject({
            limit_mib: limit,
            spike_limit_mib: spike,
        });
    });
});

describe("remote-write", () => {
    const exporter = config.exporters["prometheus_remote_write/observer-a"];

    it("goes to every observer with the cluster's certificate and labels, each in a queue of its own", () => {
        expect(Object.values(config.exporters).map(({ endpoint, tls }) => [endpoint, tls.ca_file])).toEqual(
            places.destinations.map(({ url, ca }) => [url, ca]),
        );
        expect(exporter).toMatchObject({
            tls: { cert_file: "/certificates/tls.crt", key_file: "/certificates/tls.key" },
            external_labels: { region: "eu", cluster: "acme-1" },
        });
    });

    it("speaks the version that receivers take, and is as patient as an agent", () => {
        expect(exporter).toMatchObject({
            protobuf_message: "prometheus.WriteRequest",
            timeout: backlog,
            retry_on_failure: { enabled: true, max_elapsed_time: backlog },
        });
        expect(otlpArguments.join()).toContain("RetryOn429");
    });

    it("sends no more at once than an agent", () => {
        expect(config.processors.batch.send_batch_max_size).toBe(maxSamplesPerSend);
        // The smallest series there can be: a name of ten letters, the cluster, and one sample.
        const smallest = ["__name__", "x".repeat(10), "cluster", "c", "instance", "i"].join("").length + 3 * 6 + 20;
        expect(exporter!.max_batch_size_bytes / smallest).toBeLessThan(maxSamplesPerSend);
    });
});

describe("the labels of a point", () => {
    const statements = config.processors.transform.metric_statements;
    const renaming = statements.findIndex((statement) => statement.startsWith("replace_all_patterns"));
    const pattern = (of: typeof config) => {
        const [, expression = ""] =
            /^replace_all_patterns\(datapoint\.attributes, "key", ("[^"]+"), /.exec(
                of.processors.transform.metric_statements[renaming] ?? "",
            ) ?? [];
        return new RegExp((JSON.parse(expression) as string).replaceAll("$$", "$"));
    };

    it("cannot be taken for ours: every spelling that ends as one of them is renamed", () => {
        const ours = [...reservedLabels, "region"];
        // Whatever no label name may have becomes an underscore, and several become one.
        const label = (spelled: string) => spelled.replaceAll(/[^a-zA-Z0-9]+/g, "_");
        const separator = fc.stringMatching(/^[._ /-]{1,3}$/);
        fc.assert(
            fc.property(fc.constantFrom(...ours), separator, (name, between) => {
                const spelled = name.replaceAll("_", between);
                expect(label(spelled)).toBe(name);
                expect(spelled).toMatch(pattern(config));
            }),
        );
        for (const other of ["clusters", "my.cluster", "prometheus.replicas", "rack_id", "device.id"]) {
            expect(other).not.toMatch(pattern(config));
        }
        expect(statements[renaming]).toContain('"exported_$${1}"');
    });

    it("are renamed after whatever a sender or config can set, and before where it runs is set", () => {
        const before = statements.slice(0, renaming).join("\n");
        const after = statements.slice(renaming + 1).join("\n");
        expect(before).toContain('datapoint.attributes["device.id"]');
        expect(before).toContain('set(datapoint.attributes["domain"], "edge")');
        for (const label of ["namespace", "pod", "node", "workload"]) {
            expect(after).toContain(`set(datapoint.attributes["${label}"], resource.attributes["k8s.`);
            expect(after).toContain(`set(datapoint.attributes["exported_${label}"]`);
        }
    });
});

it("nothing pushed is taken for an agent's target: `up` gets another name, however it is spelled", () => {
    const [, name, expression = ""] =
        /^set\(metric\.name, "(\w+)"\) where IsMatch\(metric\.name, (".+")\)$/.exec(
            config.processors.transform.metric_statements.at(-1) ?? "",
        ) ?? [];
    const pattern = new RegExp((JSON.parse(expression) as string).replaceAll("$$", "$"));
    expect(name).toBe("pushed_up");
    for (const spelled of ["up", ".up", "up.", "_up_", "- up"]) {
        expect(spelled).toMatch(pattern);
    }
    for (const other of ["upstream", "startup", "cluster.up", "cluster:up", "up.time", name]) {
        expect(other).not.toMatch(pattern);
    }
});

it("no text of config is taken for a variable", () => {
    const text = "${env:HOME} $HOME";
    const cluster = { name: "acme-1", externalLabels: { text } };
    const written = JSON.stringify(
        otlpGatewayConfig({ ...gateway, attributes: { text }, drop: ["a$"] }, { ...places, cluster }),
    );
    expect(written.replaceAll("$$", "")).not.toContain("$");
});

describe("the collector", () => {
    itWithCollector("accepts the configuration, with Kubernetes and without", () => {
        expect(complaints(config)).toBe("");
        expect(complaints(plain)).toBe("");
    });

    itWithCollector("accepts whatever text config has, as it stands", () => {
        const strange = 'a "quoted" $HOME ${env:HOME} \\ back';
        const odd = { ...gateway, attributes: { strange }, resourceAttributes: ['a"b'], drop: ["\\d+$", '"'] };
        const cluster = { name: "acme-1", externalLabels: { strange } };
        expect(complaints(otlpGatewayConfig(odd, { ...places, cluster }))).toBe("");
    });

    itWithCollector("would say what is wrong", () => {
        expect(complaints(otlpGatewayConfig({ ...gateway, drop: ["("] }, places))).toContain("filter");
        expect(complaints({ ...config, receivers: {} })).toContain("receiver");
    });
});
