import type { Plan, PlannedResource } from "../../../automation/planStack";
import { datasourceOf, madeBy, objectsOf, planApplications, portal, theOnly } from "./plannedApplications";

jest.setTimeout(120_000);

const password = "canary-password";

let plan: Plan;
let made: PlannedResource[];
let spec: Record<string, unknown>;

beforeAll(async () => {
    const { passwordSecret: _, ...database } = portal.postgres;
    plan = await planApplications(
        [portal, { ...portal, name: "test", gunicorn: false, services: [], postgres: { ...database, password } }],
        { mirror: { imageRegistry: "mirror.example.org" } },
    );
    made = madeBy(plan, "acme-1.portal");
    spec = theOnly(made, "Prometheus").spec;
});

describe("an application's Prometheus", () => {
    test("stands in the application's namespace, which is not made here", () => {
        expect(theOnly(made, "Prometheus").metadata).toMatchObject({ name: "portal-app", namespace: "portal" });
        expect(
            plan.resources.flatMap(({ type, inputs }) =>
                type.includes("Namespace") ? [(inputs as { metadata: { name: string } }).metadata.name] : [],
            ),
        ).not.toContain("portal");
        const elsewhere = made.filter(({ inputs }) => {
            const { namespace } = (inputs as { metadata: { namespace: string } }).metadata;
            return namespace !== "portal";
        });
        expect(new Set(elsewhere.map(({ type }) => type))).toEqual(
            new Set(["kubernetes:core/v1:ConfigMap", "kubernetes:monitoring.coreos.com/v1:PrometheusRule"]),
        );
        expect(new Set(elsewhere.map(({ provider }) => provider?.split("::")[3]))).toEqual(new Set(["observer"]));
    });

    test("may find targets in its namespace and do nothing else", () => {
        const verbs = ["get", "list", "watch"];
        expect(theOnly(made, "Role")).toMatchObject({
            metadata: { namespace: "portal" },
            rules: [
                { apiGroups: [""], resources: ["services", "endpoints", "pods"], verbs },
                { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs },
            ],
        });
        expect(made.filter(({ type }) => /Cluster/.test(type.split(":").at(-1) ?? ""))).toEqual([]);
        expect(spec).toMatchObject({ serviceAccountName: "portal-prometheus" });
    });

    test("takes what has the application's label in its namespace, and lets nothing reach or claim more", () => {
        for (const kind of ["serviceMonitor", "podMonitor", "probe", "scrapeConfig", "rule"]) {
            expect(spec[`${kind}Selector`]).toEqual({ matchLabels: { "fleet-observability/application": "portal" } });
            expect(spec[`${kind}NamespaceSelector`]).toEqual({
                matchLabels: { "kubernetes.io/metadata.name": "portal" },
            });
        }
        expect(spec).toMatchObject({
            ignoreNamespaceSelectors: true,
            enforcedNamespaceLabel: "namespace",
            arbitraryFSAccessThroughSMs: { deny: true },
        });
        for (const kind of ["ServiceMonitor", "PodMonitor"]) {
            for (const { metadata } of objectsOf(made, kind)) {
                expect(metadata.labels).toMatchObject({ "fleet-observability/application": "portal" });
            }
        }
    });

    test("is not served by the cluster's own", () => {
        for (const release of ["acme-1-kps", "observer-kps"]) {
            const { inputs } = plan.resources.find(({ name }) => name === release) as PlannedResource;
            const { prometheus } = inputs["values"] as {
                prometheus: { prometheusSpec: Record<string, { matchExpressions?: object[] } | boolean> };
            };
            for (const kind of ["serviceMonitor", "podMonitor", "probe", "scrapeConfig", "rule"]) {
                expect(prometheus.prometheusSpec[`${kind}Selector`]).toMatchObject({
                    matchExpressions: expect.arrayContaining([
                        { key: "fleet-observability/application", operator: "DoesNotExist" },
                    ]) as unknown,
                });
            }
        }
    });

    test("keeps its volume, and does not fill it", () => {
        expect(spec).toMatchObject({
            replicas: 1,
            retention: "7d",
            retentionSize: "8192MB",
            persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
            storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: "10Gi" } } } } },
        });
    });

    test("writes all it has to the observer, as the cluster's tenant with a certificate of its own", () => {
        expect(spec).toMatchObject({
            externalLabels: { cluster: "acme-1", application_instance: "acme-1.portal" },
            remoteWrite: [
                {
                    name: "observer",
                    url: "https://receive.example.org/api/v1/receive",
                    writeRelabelConfigs: [
                        { sourceLabels: ["__name__"], regex: "ALERTS.*", targetLabel: "layer" },
                        { action: "drop", regex: expect.stringMatching(/^portal-prometheus;/) as unknown },
                    ],
                    tlsConfig: { keySecret: { name: "portal-remote-write-tls", key: "tls.key" } },
                },
            ],
        });
        expect(theOnly(made, "Secret")).toMatchObject({
            metadata: { name: "portal-remote-write-tls", namespace: "portal" },
            stringData: { "tls.crt": "[secret]", "tls.key": "[secret]" },
        });
    });

    test("comes from the mirror, as does everything beside it", () => {
        expect(spec["image"]).toMatch(/^mirror\.example\.org\/prometheus\/prometheus:/);
        expect(JSON.stringify(theOnly(made, "Deployment"))).toContain(
            "mirror.example.org/prometheuscommunity/postgres-exporter:",
        );
    });

    test("runs as nobody in particular", () => {
        expect(spec["securityContext"]).toMatchObject({
            runAsNonRoot: true,
            seccompProfile: { type: "RuntimeDefault" },
        });
    });

    test("has a Service that selects its pods alone, and that its StatefulSet is governed by", () => {
        const [service] = objectsOf(made, "Service").filter(({ metadata }) => metadata.name === "portal-prometheus");
        expect(service?.spec).toMatchObject({
            clusterIP: "None",
            selector: { "operator.prometheus.io/name": "portal-app" },
        });
        expect(spec["serviceName"]).toBe("portal-prometheus");
    });
});

describe("whether it sends", () => {
    test("is said by its own scrape of itself, by a Service that no other monitor takes", () => {
        const [monitor] = objectsOf(made, "ServiceMonitor").filter(
            ({ metadata }) => metadata.name === "portal-prometheus",
        );
        const { selector, endpoints } = monitor?.spec as { selector: { matchLabels: Record<string, string> } } & {
            endpoints: object[];
        };
        expect(endpoints).toEqual([{ port: "http-web" }]);
        const taken = objectsOf(made, "Service").filter(({ metadata: { labels } }) =>
            Object.entries(selector.matchLabels).every(([name, value]) => labels[name] === value),
        );
        expect(taken.map(({ metadata }) => metadata.name)).toEqual(["portal-prometheus"]);
    });

    test("is expected by the observer's ruler", () => {
        const rule = theOnly(made, "PrometheusRule");
        expect(rule.metadata).toMatchObject({ name: "inventory-acme-1.portal", namespace: "observability" });
        expect(rule.spec).toEqual({
            groups: [
                {
                    name: "inventory-acme-1.portal",
                    rules: [
                        {
                            record: "fleet_application_info",
                            expr: "vector(1)",
                            labels: {
                                cluster: "acme-1",
                                tenant: "acme",
                                application: "portal",
                                application_instance: "acme-1.portal",
                            },
                        },
                    ],
                },
            ],
        });
    });
});

test("an application of a cluster that is decommissioned is not expected", async () => {
    const customers = [{ name: "acme-1", context: "acme-1", decommissioned: true, applications: [portal] }];
    expect(objectsOf(madeBy(await planApplications([], { customers }), "acme-1.portal"), "PrometheusRule")).toEqual([]);
});

describe("an application's exporters", () => {
    test("are what config asks for", () => {
        const other = madeBy(plan, "acme-1.test");
        expect(objectsOf(other, "PodMonitor")).toEqual([]);
        expect(objectsOf(other, "ServiceMonitor").map(({ metadata }) => metadata.name)).toEqual([
            "test-postgres-exporter",
            "test-prometheus",
        ]);
        const [api] = objectsOf(made, "ServiceMonitor").filter(({ metadata }) => metadata.name === "portal.api");
        expect(api).toMatchObject({
            spec: { selector: { matchLabels: { app: "api" } }, endpoints: [{ port: "metrics", path: "/metrics" }] },
        });
    });

    test("know the database's password through a Secret alone", () => {
        const text = JSON.stringify(plan.resources);
        expect(text).not.toContain(password);
        const [own] = objectsOf(madeBy(plan, "acme-1.test"), "Secret").filter(
            ({ metadata }) => metadata.name === "test-postgres-exporter",
        );
        expect(own?.stringData).toEqual({ password: "[secret]" });
        expect(JSON.stringify(theOnly(made, "Deployment").spec)).toContain('"secretName":"db-monitoring"');
    });

    test("run where PodSecurity enforces restricted", () => {
        expect(theOnly(made, "Deployment").spec).toMatchObject({
            template: {
                spec: {
                    automountServiceAccountToken: false,
                    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
                    containers: [
                        {
                            securityContext: {
                                allowPrivilegeEscalation: false,
                                readOnlyRootFilesystem: true,
                                capabilities: { drop: ["ALL"] },
                            },
                        },
                    ],
                },
            },
        });
    });
});

test("Grafana's sidecar finds the datasource", () => {
    const { uid, file, labels } = datasourceOf(made);
    expect(labels).toMatchObject({ grafana_datasource: "1" });
    expect(file).toBe(`${uid}.yaml`);
});

test("an application of the observer's writes as the tenant of the observer's name", async () => {
    const own = madeBy(
        await planApplications([], { observer: { context: "observer", size: "medium", applications: [portal] } }),
        "observer.portal",
    );
    expect(theOnly(own, "Prometheus").spec).toMatchObject({
        externalLabels: { cluster: "observer", application_instance: "observer.portal" },
    });
});
