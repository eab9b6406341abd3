import { parse } from "yaml";
import { planWith } from "../automation/planWith";
import { itWithCharts } from "./chartsDirectory";
import { rendered, type Manifest } from "./rendering";

/** What the right config of the config tests, with logs and `changes`, makes of the Loki release. */
async function loki(directory: string, changes: Record<string, unknown> = {}): Promise<Manifest[]> {
    const plan = await planWith({ logs: { enabled: true }, ...changes });
    return rendered(plan, directory, "observer-loki")["observer-loki"] ?? [];
}

function only(manifests: Manifest[], kind: string, name?: string): Manifest {
    const found = manifests.filter((each) => each.kind === kind && [undefined, each.metadata.name].includes(name));
    expect(found).toHaveLength(1);
    return found[0] as Manifest;
}

describe("the store of logs, through the real chart", () => {
    itWithCharts("is Loki and nothing else", async (directory) => {
        const manifests = await loki(directory);
        expect(manifests.map(({ kind, metadata: { name } }) => `${kind} ${name}`).sort()).toEqual([
            "ConfigMap loki-runtime",
            "PodDisruptionBudget loki-single-binary",
            "Service loki",
            "Service loki-headless",
            "Service loki-memberlist",
            "ServiceAccount loki",
            "ServiceMonitor loki",
            "StatefulSet loki",
        ]);
    });

    itWithCharts("runs with the Secret's configuration as it stands", async (directory) => {
        const manifests = await loki(directory);
        expect(only(manifests, "StatefulSet").spec).toMatchObject({
            replicas: 3,
            template: {
                metadata: {
                    annotations: { "fleet-observability/config": expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
                },
                spec: {
                    serviceAccountName: "loki",
                    automountServiceAccountToken: false,
                    terminationGracePeriodSeconds: 120,
                    volumes: expect.arrayContaining([
                        { name: "config", secret: { secretName: "loki-config" } },
                        { name: "runtime-config", configMap: { name: "loki-runtime" } },
                    ]) as unknown,
                    containers: [
                        {
                            args: [
                                "-config.file=/etc/loki/config/config.yaml",
                                "-config.expand-env=true",
                                "-memberlist.advertise-addr=$(POD_IP)",
                                "-target=all",
                                // The last one counts: a key that holds ${…} is a key.
                                "-config.expand-env=false",
                            ],
                            ports: [
                                { name: "http-metrics", containerPort: 3100 },
                                { name: "grpc", containerPort: 9095 },
                                { name: "http-memberlist", containerPort: 7946 },
                            ],
                            resources: { requests: { cpu: "500m", memory: "6Gi" }, limits: { memory: "6Gi" } },
                            securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
                            volumeMounts: expect.arrayContaining([
                                { name: "config", mountPath: "/etc/loki/config" },
                                { name: "runtime-config", mountPath: "/etc/loki/runtime-config" },
                                { name: "storage", mountPath: "/var/loki" },
                            ]) as unknown,
                        },
                    ],
                },
            },
        });
        expect(only(manifests, "Service", "loki").spec).toMatchObject({
            ports: expect.arrayContaining([expect.objectContaining({ name: "http-metrics", port: 3100 })]) as unknown,
        });
    });

    itWithCharts("keeps a volume for each replica, and never stops two at once", async (directory) => {
        const manifests = await loki(directory, {
            observer: { context: "o", size: "medium", storageClass: "fast" },
        });
        const { spec } = only(manifests, "StatefulSet");
        expect(spec).toMatchObject({
            persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
            volumeClaimTemplates: [
                {
                    metadata: { name: "storage" },
                    spec: { storageClassName: "fast", resources: { requests: { storage: "50Gi" } } },
                },
            ],
            template: {
                spec: {
                    topologySpreadConstraints: [
                        { topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" },
                    ],
                },
            },
        });
        expect(spec).not.toHaveProperty("template.spec.affinity");
        expect(only(manifests, "PodDisruptionBudget").spec).toMatchObject({ maxUnavailable: 1 });
    });

    itWithCharts("spreads and guards exactly its own pods", async (directory) => {
        const manifests = await loki(directory);
        const { template } = only(manifests, "StatefulSet").spec as {
            template: {
                metadata: { labels: Record<string, string> };
                spec: { topologySpreadConstraints: { labelSelector: { matchLabels: Record<string, string> } }[] };
            };
        };
        const selector = template.spec.topologySpreadConstraints[0]?.labelSelector.matchLabels ?? {};
        expect(Object.keys(selector)).not.toEqual([]);
        expect(template.metadata.labels).toMatchObject(selector);
        const { selector: guarded } = only(manifests, "PodDisruptionBudget").spec as {
            selector: { matchLabels: Record<string, string> };
        };
        expect(template.metadata.labels).toMatchObject(guarded.matchLabels);
    });

    itWithCharts("lets replicas find each other before they are ready", async (directory) => {
        expect(only(await loki(directory), "Service", "loki-memberlist").spec).toMatchObject({
            clusterIP: "None",
            publishNotReadyAddresses: true,
            ports: [{ port: 7946 }],
        });
    });

    itWithCharts("is scraped under its Service's name", async (directory) => {
        const { endpoints } = only(await loki(directory), "ServiceMonitor").spec as {
            endpoints: { port: string; relabelings: { targetLabel: string }[] }[];
        };
        expect(endpoints.map(({ port }) => port)).toEqual(["http-metrics"]);
        expect(endpoints[0]?.relabelings.map(({ targetLabel }) => targetLabel)).not.toContain("job");
    });

    itWithCharts("has the limits of tenants where it reads them while it runs", async (directory) => {
        const customers = [
            { name: "acme-1", tenant: "acme", context: "acme-1", logs: { retention: "90d" } },
            { name: "acme-2", tenant: "acme", context: "acme-2" },
        ];
        const { data } = only(await loki(directory, { customers }), "ConfigMap") as unknown as {
            data: Record<string, string>;
        };
        expect(parse(data["runtime-config.yaml"] ?? "")).toEqual({ overrides: { acme: { retention_period: "90d" } } });
    });

    itWithCharts("is one pod without a budget where it is small", async (directory) => {
        const manifests = await loki(directory, { observer: { context: "observer", size: "small" } });
        expect(only(manifests, "StatefulSet").spec).toMatchObject({ replicas: 1 });
        expect(manifests.map(({ kind }) => kind)).not.toContain("PodDisruptionBudget");
    });

    itWithCharts("mounts the volume of a filesystem store, and can write to it as Thanos does", async (directory) => {
        const manifests = await loki(directory, { storage: { provider: "filesystem" } });
        expect(only(manifests, "StatefulSet").spec).toMatchObject({
            replicas: 3,
            template: {
                spec: {
                    securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 2000 },
                    volumes: expect.arrayContaining([
                        { name: "bucket", persistentVolumeClaim: { claimName: "thanos-objstore" } },
                    ]) as unknown,
                    containers: [
                        {
                            volumeMounts: expect.arrayContaining([
                                { name: "bucket", mountPath: "/var/thanos/bucket" },
                            ]) as unknown,
                        },
                    ],
                },
            },
        });
    });

    itWithCharts("can come from a registry of its own", async (directory) => {
        const manifests = await loki(directory, { mirror: { imageRegistry: "registry.example.org" } });
        expect(only(manifests, "StatefulSet").spec).toMatchObject({
            template: {
                spec: {
                    containers: [
                        { image: expect.stringMatching(/^registry\.example\.org\/grafana\/loki:3\.7/) as unknown },
                    ],
                },
            },
        });
    });
});
