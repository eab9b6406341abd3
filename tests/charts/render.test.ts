import { parse } from "yaml";
import { planStack } from "../../automation/planStack";
import { localThanosArguments } from "../../local/observer";
import { customResourceState } from "../../platform/customResourceState";
import { blackboxConfig } from "../../platform/probes";
import type { Relabeling } from "../../platform/relabeling";
import { ruler, rulerLabels } from "../../platform/ruler";
import { planWith } from "../automation/planWith";
import { relabel } from "../platform/relabel";
import { itWithCharts } from "./chartsDirectory";
import { rendered, type Manifest } from "./rendering";

interface Schema {
    properties?: Record<string, Schema>;
    items?: Schema;
    enum?: string[];
}

interface Container {
    image?: string;
    args?: string[];
}

function kinds(manifests: Manifest[] | undefined): string[] {
    return [...new Set((manifests ?? []).map(({ kind }) => kind))].sort();
}

function only(manifests: Manifest[] | undefined, kind: string): Record<string, unknown> {
    const found = (manifests ?? []).filter((manifest) => manifest.kind === kind);
    expect(found.map(({ metadata }) => metadata.name)).toHaveLength(1);
    return found[0]?.spec ?? {};
}

/** Everything that would start in a pod of its own kind, wherever it stands in a manifest. */
function containers(value: unknown): Container[] {
    if (Array.isArray(value)) {
        return value.flatMap(containers);
    }
    if (typeof value !== "object" || value === null) {
        return [];
    }
    return Object.entries(value).flatMap(([key, inner]) =>
        /^(initC|c)ontainers$/.test(key) && Array.isArray(inner) ? (inner as Container[]) : containers(inner),
    );
}

describe("the example stacks' values, through the real charts", () => {
    itWithCharts("dev renders", async (directory) => {
        const manifests = rendered(await planStack({ stack: "dev" }), directory);
        expect(Object.keys(manifests).sort()).toEqual([
            "customer-1-kps",
            "observer-blackbox-exporter",
            "observer-kps",
            "observer-thanos",
        ]);
    });

    itWithCharts("prod's observer has what watches, stores, alerts and shows", async (directory) => {
        const manifests = rendered(
            await planStack({ stack: "prod" }),
            directory,
            "observer-a-kps",
            "observer-a-thanos",
        );
        const stack = manifests["observer-a-kps"];
        expect(kinds(stack)).toEqual(
            expect.arrayContaining(["Alertmanager", "DaemonSet", "Prometheus", "PrometheusRule", "ThanosRuler"]),
        );
        expect(kinds(stack)).not.toContain("CustomResourceDefinition");
        expect(only(stack, "Prometheus")).toMatchObject({
            replicas: 2,
            externalLabels: { cluster: "observer-a" },
            podMetadata: { labels: { "azure.workload.identity/use": "true" } },
            thanos: { objectStorageConfig: { name: "thanos-objstore", key: "objstore.yml" } },
            serviceMonitorSelector: {},
        });
        expect(only(stack, "Alertmanager")).toMatchObject({ replicas: 3, secrets: ["alert-receivers"] });
        expect(
            stack
                ?.map(({ metadata }) => metadata.name)
                .filter((name) => /kube-(scheduler|etcd|controller-manager|proxy)$/.test(name)),
        ).toEqual([]);
        expect(kinds(manifests["observer-a-thanos"])).toEqual([
            "ConfigMap",
            "Deployment",
            "PodDisruptionBudget",
            "Service",
            "ServiceAccount",
            "ServiceMonitor",
            "StatefulSet",
        ]);
    });

    itWithCharts("prod's customers have a pair of agents, and nothing that evaluates or shows", async (directory) => {
        const manifests = rendered(await planStack({ stack: "prod" }), directory, "acme-1-kps", "initech-edge-kps");
        for (const kind of ["Prometheus", "Alertmanager", "PrometheusRule", "ThanosRuler", "Job"]) {
            expect(kinds(manifests["acme-1-kps"])).not.toContain(kind);
        }
        expect(only(manifests["acme-1-kps"], "PrometheusAgent")).toMatchObject({
            replicas: 2,
            minReadySeconds: 60,
            terminationGracePeriodSeconds: 300,
            scrapeInterval: "15s",
            externalLabels: { cluster: "acme-1", region: "westeurope" },
            serviceMonitorSelector: {},
            podMonitorSelector: {},
            probeSelector: {},
            scrapeConfigSelector: {},
            storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: "10Gi" } } } } },
            remoteWrite: [
                {
                    name: "observer-a",
                    url: "https://prod-receive.internal.example.org/api/v1/receive",
                    messageVersion: "V1.0",
                },
                {
                    name: "observer-b",
                    url: "https://prod-receive-b.internal.example.org/api/v1/receive",
                    messageVersion: "V1.0",
                },
            ],
        });
        expect(only(manifests["acme-1-kps"], "PodDisruptionBudget")).toMatchObject({ minAvailable: 1 });
        expect(only(manifests["initech-edge-kps"], "PrometheusAgent")).toMatchObject({
            replicas: 1,
            scrapeInterval: "60s",
        });
        expect(kinds(manifests["initech-edge-kps"])).not.toContain("PodDisruptionBudget");
    });

    itWithCharts("every CRD is kept when its release goes", async (directory) => {
        const manifests =
            rendered(await planStack({ stack: "dev" }), directory, "observer-crds")["observer-crds"] ?? [];
        expect(manifests.length).toBeGreaterThanOrEqual(10);
        for (const crd of manifests) {
            expect(crd).toMatchObject({
                kind: "CustomResourceDefinition",
                metadata: { annotations: { "helm.sh/resource-policy": "keep" } },
            });
        }
    });
});

describe("what is watched, through the real charts", () => {
    itWithCharts("prod's probes are made by an exporter whose Service they name", async (directory) => {
        const plan = await planStack({ stack: "prod" });
        const manifests = rendered(plan, directory, "observer-a-blackbox-exporter")["observer-a-blackbox-exporter"];
        const service = manifests?.find(({ kind }) => kind === "Service");
        expect(service).toMatchObject({ spec: { ports: [{ port: 9115 }] } });
        const probes = plan.resources.filter(({ type }) => type.endsWith(":Probe"));
        expect(probes.map(({ inputs }) => inputs.spec)).toEqual(
            probes.map(
                () =>
                    expect.objectContaining({
                        prober: { url: `${service?.metadata.name}.observability.svc.cluster.local:9115` },
                    }) as unknown,
            ),
        );
        const config = manifests?.find(({ kind }) => kind === "ConfigMap") as unknown as {
            data: Record<string, string>;
        };
        expect(parse(config.data["blackbox.yaml"] ?? "")).toEqual(blackboxConfig);
        // A probe by HTTP needs no right at all.
        expect(only(manifests, "Deployment")).toMatchObject({
            template: {
                spec: {
                    containers: [
                        {
                            securityContext: {
                                runAsNonRoot: true,
                                allowPrivilegeEscalation: false,
                                readOnlyRootFilesystem: true,
                                capabilities: { drop: ["ALL"] },
                            },
                            resources: { limits: { memory: "128Mi" } },
                        },
                    ],
                },
            },
        });
    });

    itWithCharts("a customer's kube-state-metrics has the custom resources, and may list them", async (directory) => {
        const plan = await planWith({ monitors: { tre: {}, clusterApi: { cluster: "acme-1" } } });
        const manifests = rendered(plan, directory, "acme-1-kps")["acme-1-kps"] ?? [];
        const exporter = manifests.filter(({ metadata }) => metadata.name.endsWith("-kube-state-metrics"));
        const state = customResourceState(
            {
                tre: {
                    clusters: [],
                    preset: "lscsde",
                    satreVersion: "1.1",
                    pseudonymiseUsers: true,
                    resources: [],
                },
                clusterApi: { cluster: "acme-1", tenantLabel: "fleet-observability/tenant" },
            },
            "acme-1",
        );

        const file = manifests.find(
            ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.includes("customresourcestate"),
        ) as unknown as { data: Record<string, string> };
        expect(parse(Object.values(file.data)[0] ?? "")).toEqual(state?.config);
        const [container] = containers(exporter.filter(({ kind }) => kind === "Deployment"));
        expect(container?.args).toEqual(
            expect.arrayContaining([
                expect.stringMatching(
                    new RegExp(`^--custom-resource-state-config-file=.*/${Object.keys(file.data)[0] ?? ""}$`),
                ),
                `--metric-labels-allowlist=${state?.labels.join(",")}`,
                `--metric-annotations-allowlist=${state?.annotations.join(",")}`,
            ]),
        );
        const role = exporter.find(({ kind }) => kind === "ClusterRole") as unknown as {
            rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
        };
        expect(role.rules).toEqual(expect.arrayContaining(state?.rules ?? []));
        expect(role.rules.filter(({ apiGroups, resources }) => [...apiGroups, ...resources].includes("*"))).toEqual([]);
        expect(role.rules.flatMap(({ verbs }) => verbs).filter((verb) => !/^(list|watch)$/.test(verb))).toEqual([]);
    });

    itWithCharts("a customer's agents drop and pseudonymise before they send", async (directory) => {
        const plan = await planWith({ monitors: { tre: {} } });
        const manifests = rendered(plan, directory, "acme-1-kps")["acme-1-kps"];
        const planned = plan.resources.find(({ name }) => name === "acme-1-kps")?.inputs.values as {
            prometheus: { prometheusSpec: { remoteWrite: { writeRelabelConfigs: Relabeling[] }[] } };
        };
        const { remoteWrite } = only(manifests, "PrometheusAgent") as {
            remoteWrite: { writeRelabelConfigs: Relabeling[] }[];
        };
        expect(remoteWrite).toEqual(planned.prometheus.prometheusSpec.remoteWrite);
        const steps = remoteWrite[0]?.writeRelabelConfigs ?? [];
        const needed = { __name__: "kube_pod_status_phase", job: "kube-state-metrics", pod: "jupyter-ada" };
        expect(relabel(steps, needed)?.pod).toMatch(/^jupyter-\d+$/);
        expect(relabel(steps, { ...needed, __name__: "kube_pod_tolerations" })).toBeUndefined();
    });

    itWithCharts("what agents do to a series is what the operator's CRD takes", async (directory) => {
        const plan = await planWith({ monitors: { tre: {} } });
        const crds = rendered(plan, directory, "acme-1-crds")["acme-1-crds"] ?? [];
        const { versions } = crds.find(({ metadata }) => metadata.name.startsWith("prometheusagents."))
            ?.spec as unknown as { versions: { schema: { openAPIV3Schema: Schema } }[] };
        const step = ["spec", "remoteWrite", "[]", "writeRelabelConfigs", "[]"].reduce<Schema | undefined>(
            (schema, key) => (key === "[]" ? schema?.items : schema?.properties?.[key]),
            versions[0]?.schema.openAPIV3Schema,
        );
        const values = plan.resources.find(({ name }) => name === "acme-1-kps")?.inputs.values as {
            prometheus: { prometheusSpec: { remoteWrite: { writeRelabelConfigs: Relabeling[] }[] } };
        };
        const steps = values.prometheus.prometheusSpec.remoteWrite[0]?.writeRelabelConfigs ?? [];
        expect(steps.length).toBeGreaterThan(4);
        for (const each of steps) {
            expect(Object.keys(step?.properties ?? {})).toEqual(expect.arrayContaining(Object.keys(each)));
            expect(step?.properties?.["action"]?.enum).toContain(each.action ?? "replace");
        }
    });
});

itWithCharts("readiness skip leaves nothing that needs a pod to run before `up` ends", async (directory) => {
    const plan = await planWith({ readiness: "skip", storage: { provider: "filesystem" } });
    const manifests = Object.values(rendered(plan, directory)).flat();
    expect(kinds(manifests).filter((kind) => /Job|Webhook|VerticalPodAutoscaler/.test(kind))).toEqual([]);
    expect(JSON.stringify(manifests)).not.toContain("helm.sh/hook");
});

itWithCharts("mirror.imageRegistry replaces every image's registry", async (directory) => {
    const plan = await planWith({ mirror: { imageRegistry: "registry.example.org" } });
    const manifests = Object.values(rendered(plan, directory)).flat();
    const images = [
        ...containers(manifests).map(({ image }) => image),
        ...manifests.flatMap(({ spec }) => (typeof spec?.image === "string" ? [spec.image] : [])),
    ];
    expect(images.length).toBeGreaterThan(15);
    expect(images.filter((image) => image?.startsWith("registry.example.org/") !== true)).toEqual([]);
});

describe("what Thanos runs with in a cluster and on one machine", () => {
    /** Flags whose values are addresses, paths, and the name of a replica. */
    const places = [
        /^(http|grpc)-address$/,
        /^remote-write\.(address|server-tls-.*)$/,
        /^receive\.(capnproto-address|hashrings-file|limits-config-file)$/,
        /^label$/,
        /^objstore\.config-file$/,
        /^tsdb\.path$/,
        /^data-dir$/,
        /^endpoint$/,
        /^query-frontend\.downstream-url$/,
        /^query-range\.response-cache-config-file$/,
    ];
    const comparable = (args: string[]) =>
        [
            ...new Set(
                args.map((arg) => {
                    const [flag, ...value] = arg.split("=");
                    const name = flag?.replace(/^--/, "") ?? "";
                    return places.some((place) => place.test(name)) ? name : [name, ...value].join("=");
                }),
            ),
        ].sort();

    const components = [
        ["thanos-receive-router", Object.values(localThanosArguments().receiveRouter)[0] ?? []],
        ["thanos-receive-ingester", Object.values(localThanosArguments().receiveIngestor)[0] ?? []],
        ["thanos-query", localThanosArguments().query],
        ["thanos-query-frontend", localThanosArguments().queryFrontend],
        ["thanos-storegateway", localThanosArguments().store],
        ["thanos-compactor", localThanosArguments().compactor],
        ["thanos-bucketweb", localThanosArguments().bucketWeb],
    ] as const;

    test("the local fleet has arguments to compare for every component", () => {
        expect(components.map(([, args]) => args.length > 3)).toEqual(components.map(() => true));
    });

    itWithCharts("is the same, apart from addresses and paths", async (directory) => {
        const manifests = rendered(await planWith(), directory, "observer-thanos")["observer-thanos"] ?? [];
        const inCluster = manifests
            .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
            .map(({ metadata, spec }) => [metadata.name, comparable(containers(spec)[0]?.args ?? [])] as const);
        expect(Object.fromEntries(inCluster)).toEqual(
            Object.fromEntries(components.map(([name, args]) => [name, comparable(args)])),
        );
    });

    itWithCharts("is the same for the ruler, as far as its object says it", async (directory) => {
        const manifests = rendered(await planWith(), directory, "observer-kps")["observer-kps"];
        expect(only(manifests, "ThanosRuler")).toMatchObject({
            evaluationInterval: ruler.evaluationInterval,
            retention: ruler.retention,
            labels: rulerLabels("observer"),
            alertDropLabels: [...ruler.alertLabelsDropped],
            queryEndpoints: ["http://thanos-query.observability.svc.cluster.local:9090"],
        });
    });
});
