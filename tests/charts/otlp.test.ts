import { parse } from "yaml";
import type { Plan } from "../../automation/planStack";
import { collectorImage, opentelemetryCollector } from "../../charts/coordinates";
import { objects, otlpRelease } from "../../platform/names";
import { otlpArguments, otlpPermissions } from "../../platform/otlp";
import { textfileDirectory } from "../../platform/scrape";
import { planWith } from "../automation/planWith";
import { itWithCharts } from "./chartsDirectory";
import { rendered } from "./rendering";

jest.setTimeout(120_000);

interface Port {
    name: string;
    port?: number;
    containerPort?: number;
    nodePort?: number;
    hostPort?: number;
}

interface PodSpec {
    containers: {
        image: string;
        args?: string[];
        ports?: Port[];
        volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
        resources?: unknown;
    }[];
    volumes?: { name: string; hostPath?: { path: string; type: string }; secret?: { secretName: string } }[];
}

interface Manifest {
    kind: string;
    metadata: { name: string; labels?: Record<string, string> };
    data?: Record<string, string>;
    rules?: unknown;
    spec?: Record<string, unknown> & {
        type?: string;
        ports?: Port[];
        selector?: Record<string, unknown>;
        template?: { metadata: { labels: Record<string, string> }; spec: PodSpec };
    };
}

let plan: Plan;
beforeAll(async () => {
    const customers = [
        {
            name: "acme-1",
            context: "acme-1",
            profile: "full",
            otlp: { attributes: { domain: "edge" }, drop: ["a$"], nodePorts: { grpc: 30807, http: 30808 } },
            scrape: { targets: [{ name: "gateway", addresses: ["10.0.0.7:9100"] }] },
        },
        { name: "globex-1", context: "globex-1" },
    ];
    plan = await planWith({ customers });
});

function manifestsOf(release: string, directory: string): Manifest[] {
    return rendered(plan, directory, release)[release] as Manifest[];
}

function only(manifests: Manifest[], kind: string, name?: string): Manifest {
    const found = manifests.filter((each) => each.kind === kind && (name === undefined || each.metadata.name === name));
    expect(found).toHaveLength(1);
    return found[0] as Manifest;
}

describe("the gateway's chart", () => {
    itWithCharts("runs the collector with our configuration and no other, and the certificate", (directory) => {
        const manifests = manifestsOf(`acme-1-${otlpRelease}`, directory);
        const values = plan.resources.find(({ name }) => name === `acme-1-${otlpRelease}`)?.inputs.values as {
            alternateConfig: unknown;
        };
        expect(parse(only(manifests, "ConfigMap").data?.["relay"] ?? "")).toEqual(values.alternateConfig);

        const pod = only(manifests, "Deployment").spec?.template?.spec;
        const [container] = pod?.containers ?? [];
        expect(pod?.containers).toHaveLength(1);
        expect(container?.image).toBe(`${collectorImage}:${opentelemetryCollector.appVersion}`);
        expect(container?.args).toEqual(["--config=/conf/relay.yaml", ...otlpArguments]);
        expect(container?.resources).toEqual({
            requests: { cpu: "50m", memory: "512Mi" },
            limits: { memory: "512Mi" },
        });
        expect(pod?.volumes).toContainEqual(
            expect.objectContaining({
                secret: expect.objectContaining({ secretName: objects.remoteWriteTls }) as unknown,
            }),
        );
        expect(container?.volumeMounts).toContainEqual(
            expect.objectContaining({ mountPath: "/etc/remote-write", readOnly: true }),
        );
    });

    itWithCharts("opens the ports of OTLP and of its own metrics, and on nodes those of OTLP alone", (directory) => {
        const manifests = manifestsOf(`acme-1-${otlpRelease}`, directory);
        const ports = ({ spec }: Manifest) => Object.fromEntries((spec?.ports ?? []).map((each) => [each.name, each]));
        const service = only(manifests, "Service", otlpRelease);
        expect(service.spec?.type).toBe("ClusterIP");
        expect(Object.entries(ports(service)).map(([name, { port }]) => [name, port])).toEqual([
            ["metrics", 8888],
            ["otlp", 4317],
            ["otlp-http", 4318],
        ]);
        const nodes = only(manifests, "Service", `${otlpRelease}-nodes`);
        expect(Object.entries(ports(nodes)).map(([name, { port, nodePort }]) => [name, port, nodePort])).toEqual([
            ["otlp", 4317, 30807],
            ["otlp-http", 4318, 30808],
        ]);
        // It reaches the same pods, and no monitor takes it for the other.
        expect(nodes.spec?.selector).toEqual(service.spec?.selector);
        expect(only(manifests, "Deployment").spec?.template?.metadata.labels).toMatchObject(nodes.spec?.selector ?? {});
        const container = only(manifests, "Deployment").spec?.template?.spec.containers[0];
        expect(container?.ports?.filter(({ hostPort }) => hostPort !== undefined)).toEqual([]);
    });

    itWithCharts("is watched, survives a drain, and may read pods and nothing else", (directory) => {
        const manifests = manifestsOf(`acme-1-${otlpRelease}`, directory);
        const service = only(manifests, "Service", otlpRelease);
        const monitor = only(manifests, "ServiceMonitor").spec as {
            selector: { matchLabels: Record<string, string> };
            endpoints: { port: string }[];
        };
        expect(service.metadata.labels).toMatchObject(monitor.selector.matchLabels);
        expect(monitor.endpoints).toEqual([{ port: "metrics" }]);
        expect(only(manifests, "PodDisruptionBudget").spec).toMatchObject({ maxUnavailable: 1 });
        expect(only(manifests, "ClusterRole").rules).toEqual(otlpPermissions);
        expect(manifests.filter(({ kind }) => kind === "Secret")).toEqual([]);
    });
});

describe("the agents' chart", () => {
    const nodeExporter = (manifests: Manifest[]) =>
        only(manifests, "DaemonSet", "kps-prometheus-node-exporter").spec?.template?.spec;

    itWithCharts("reads files of nodes besides all that it does otherwise", (directory) => {
        const [withFiles, without] = ["acme-1-kps", "globex-1-kps"].map((release) => manifestsOf(release, directory));
        const args = (manifests: Manifest[] = []) => nodeExporter(manifests)?.containers[0]?.args ?? [];
        const textfiles = `--collector.textfile.directory=${textfileDirectory}`;
        expect(args(withFiles).filter((each) => each !== textfiles)).toEqual(args(without));
        expect(args(withFiles)).toContain(textfiles);
        expect(nodeExporter(withFiles ?? [])?.volumes).toContainEqual({
            name: "textfiles",
            hostPath: { path: textfileDirectory, type: "DirectoryOrCreate" },
        });
        expect(nodeExporter(withFiles ?? [])?.containers[0]?.volumeMounts).toContainEqual(
            expect.objectContaining({ name: "textfiles", mountPath: textfileDirectory, readOnly: true }),
        );
        const monitor = only(withFiles ?? [], "ServiceMonitor", "kps-prometheus-node-exporter").spec as {
            endpoints: { metricRelabelings: unknown[] }[];
        };
        expect(monitor.endpoints[0]?.metricRelabelings).toHaveLength(4);
    });

    itWithCharts("has the ScrapeConfigs as they were meant, which its agents select", (directory) => {
        const manifests = manifestsOf("acme-1-kps", directory);
        const values = plan.resources.find(({ name }) => name === "acme-1-kps")?.inputs.values as {
            extraManifests: Manifest[];
        };
        const scrapes = manifests.filter(({ kind }) => kind === "ScrapeConfig");
        expect(scrapes).toEqual(values.extraManifests.filter(({ kind }) => kind === "ScrapeConfig"));
        expect(scrapes.map(({ metadata }) => metadata.name)).toEqual(["kubernetes-pods", "gateway"]);
        expect(only(manifests, "PrometheusAgent").spec).toMatchObject({
            scrapeConfigSelector: {},
            scrapeConfigNamespaceSelector: {},
        });
    });
});
