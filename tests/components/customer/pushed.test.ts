import type { Plan } from "../../../automation/planStack";
import { otlpRelease } from "../../../platform/names";
import { textfileDirectory } from "../../../platform/scrape";
import { planWith } from "../../automation/planWith";

jest.setTimeout(120_000);

const customers = [
    {
        name: "acme-1",
        context: "acme-1",
        profile: "full",
        externalLabels: { region: "eu" },
        otlp: { drop: ["container_.*"], nodePorts: { grpc: 30807, http: 30808 } },
        scrape: { targets: [{ name: "gateway", addresses: ["10.0.0.7:9100"] }] },
    },
    { name: "globex-1", context: "globex-1" },
    { name: "initech-1", context: "initech-1", profile: "l0", otlp: { enabled: true, replicas: 1 } },
];

let plan: Plan;
beforeAll(async () => {
    plan = await planWith({ customers });
});

interface Values {
    alternateConfig: { exporters: unknown };
    extraVolumes: unknown[];
    extraManifests: unknown[];
    "prometheus-node-exporter"?: { extraArgs?: string[]; extraHostVolumeMounts?: unknown[] };
}

/** The values of a release; undefined where there is none. */
function values(release: string): Values | undefined {
    return plan.resources.find(({ type, name }) => type === "kubernetes:helm.sh/v3:Release" && name === release)?.inputs
        .values as Values | undefined;
}

describe("the gateway", () => {
    it("is there where the profile or the customer says so, in as many collectors", () => {
        expect(values(`acme-1-${otlpRelease}`)).toMatchObject({
            replicaCount: 2,
            podDisruptionBudget: { enabled: true },
        });
        expect(values(`globex-1-${otlpRelease}`)).toBeUndefined();
        expect(values(`initech-1-${otlpRelease}`)).toMatchObject({
            replicaCount: 1,
            podDisruptionBudget: { enabled: false },
        });
    });

    it("writes to the observer as the cluster, with the Secret's files and no secret in its values", () => {
        const gateway = values(`acme-1-${otlpRelease}`);
        expect(gateway?.alternateConfig.exporters).toEqual({
            "prometheus_remote_write/observer": expect.objectContaining({
                external_labels: { region: "eu", cluster: "acme-1" },
                tls: expect.objectContaining({
                    ca_file: "/etc/remote-write/ca-observer.crt",
                    cert_file: "/etc/remote-write/tls.crt",
                }) as unknown,
            }) as unknown,
        });
        expect(gateway?.extraVolumes).toEqual([expect.objectContaining({ secret: expect.anything() as unknown })]);
        expect(JSON.stringify(gateway)).not.toMatch(/BEGIN|canary/);
    });

    it("opens ports on nodes only where config has them", () => {
        const services = (release: string) =>
            (values(release)?.extraManifests as { spec: { type: string; ports: { nodePort: number }[] } }[]).map(
                ({ spec }) => [spec.type, ...spec.ports.map(({ nodePort }) => nodePort)],
            );
        expect(services(`acme-1-${otlpRelease}`)).toEqual([["NodePort", 30807, 30808]]);
        expect(services(`initech-1-${otlpRelease}`)).toEqual([]);
    });
});

describe("the agents' cluster", () => {
    const scrapeConfigs = (customer: string) =>
        (values(`${customer}-kps`)?.extraManifests as { kind: string; metadata: { name: string } }[])
            .filter(({ kind }) => kind === "ScrapeConfig")
            .map(({ metadata }) => metadata.name);
    const nodeExporter = (customer: string) => values(`${customer}-kps`)?.["prometheus-node-exporter"];

    it("scrapes annotated pods and fixed addresses where profile or config says so", () => {
        expect(scrapeConfigs("acme-1")).toEqual(["kubernetes-pods", "gateway"]);
        expect(scrapeConfigs("globex-1")).toEqual([]);
    });

    it("reads files of nodes in the same places", () => {
        expect(nodeExporter("acme-1")?.extraArgs).toContain(`--collector.textfile.directory=${textfileDirectory}`);
        expect(nodeExporter("acme-1")?.extraHostVolumeMounts).toMatchObject([
            { hostPath: textfileDirectory, mountPath: textfileDirectory, readOnly: true },
        ]);
        expect(nodeExporter("globex-1")?.extraArgs).toBeUndefined();
    });
});
