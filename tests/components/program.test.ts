import { parse } from "yaml";
import { planStack, type Plan, type PlannedResource } from "../../automation/planStack";
import { planWith } from "../automation/planWith";

jest.setTimeout(60_000);

function named(plan: Plan, name: string): PlannedResource {
    const found = plan.resources.filter(
        (resource) => resource.name === name && !resource.type.startsWith("fleet-observability:"),
    );
    expect(found).toHaveLength(1);
    return found[0] as PlannedResource;
}

function values(plan: Plan, release: string): Record<string, Record<string, never>> {
    return named(plan, release).inputs.values as Record<string, Record<string, never>>;
}

/** Type and name of everything below a component, the component left out. */
function below(plan: Plan, component: string): string[] {
    const root = plan.resources.find(({ name, type }) => name === component && type.startsWith("fleet-observability:"));
    const children = plan.resources.filter(({ parent }) => parent === root?.urn);
    return children.map(({ type, name }) => `${type} ${name}`).sort();
}

describe("a customer", () => {
    test("is exactly these five resources", async () => {
        const plan = await planWith();
        const own = plan.resources.filter(({ name }) => name === "acme-1" || name.startsWith("acme-1-"));
        expect(own.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
            "kubernetes:core/v1:Namespace acme-1-namespace",
            "kubernetes:core/v1:Secret acme-1-credentials",
            "kubernetes:helm.sh/v3:Release acme-1-crds",
            "kubernetes:helm.sh/v3:Release acme-1-kps",
            "pulumi:providers:kubernetes acme-1",
        ]);
    });

    test("is known by its certificate, whose issuer the environment's authority has signed", async () => {
        const plan = await planWith();
        expect(named(plan, "authority-agents-certificate").inputs).toMatchObject({
            caPrivateKeyPem: "[secret]",
            caCertPem: "<certPem of authority-certificate>",
            isCaCertificate: true,
            allowedUses: ["cert_signing", "digital_signature"],
        });
    });

    test("keeps its key in a Secret and nowhere else", async () => {
        const plan = await planWith();
        expect(named(plan, "acme-1-credentials").inputs).toMatchObject({
            metadata: { name: "remote-write-tls", namespace: "observability" },
            stringData: { "tls.key": "[secret]" },
        });
        expect(JSON.stringify(values(plan, "acme-1-kps"))).not.toMatch(/secret\]|PRIVATE KEY|privateKeyPem/);
    });

    test("is reached through a provider of its own, with an identity that no kubeconfig changes", async () => {
        const plan = await planWith();
        const providers = plan.resources.filter(({ type }) => type === "pulumi:providers:kubernetes");
        expect(providers.map(({ name, inputs }) => [name, inputs.clusterIdentifier])).toEqual([
            ["acme-1", "fleet-observability/test/acme-1"],
            ["globex-1", "fleet-observability/test/globex-1"],
            ["observer", "fleet-observability/test/observer"],
        ]);
        expect(named(plan, "globex-1").inputs.kubeconfig).toBe("[secret]");
        const own = plan.resources.filter(({ name }) => /^acme-1-(namespace|credentials|crds|kps)$/.test(name));
        expect(own.map(({ provider }) => provider?.split("::").at(-1))).toEqual([
            "acme-1",
            "acme-1",
            "acme-1",
            "acme-1",
        ]);
    });

    test("is in the inventory, which waits for no customer", async () => {
        const plan = await planWith();
        const inventory = named(plan, "customers-inventory");
        expect(inventory.provider?.split("::").at(-1)).toBe("observer");
        expect(inventory.dependsOn.map((urn) => urn.split("::").at(-1))).toEqual(["observer-crds"]);
        expect(plan.resources.filter(({ dependsOn }) => dependsOn.includes(inventory.urn))).toEqual([]);
        expect(inventory.inputs).toMatchObject({
            metadata: { name: "inventory", labels: { "fleet-observability/evaluator": "thanos-ruler" } },
            spec: {
                groups: [
                    {
                        rules: [
                            {
                                record: "fleet_cluster_info",
                                expr: "vector(1)",
                                labels: { cluster: "acme-1", tenant: "acme" },
                            },
                            {
                                record: "cluster:credential_expiry_timestamp_seconds:max",
                                expr: expect.stringMatching(/^vector\(\d{10}\)$/) as unknown,
                                labels: { cluster: "acme-1", tenant: "acme" },
                            },
                            { record: "fleet_cluster_info", labels: { cluster: "globex-1", tenant: "globex-1" } },
                            { labels: { cluster: "globex-1", tenant: "globex-1" } },
                        ],
                    },
                ],
            },
        });
    });

    test("writes to the observer's peers as well, each known by its own authority", async () => {
        const pem = "-----BEGIN CERTIFICATE-----\npeer";
        const observer = {
            context: "observer",
            peers: [{ name: "b", receiveUrl: "https://b.example.org/api/v1/receive", serverCa: pem }],
        };
        const plan = await planWith({ observer });
        expect(named(plan, "acme-1-credentials").inputs).toMatchObject({
            stringData: { "ca-b.crt": expect.anything() as unknown },
        });
        expect(values(plan, "acme-1-kps").prometheus?.prometheusSpec).toMatchObject({
            remoteWrite: [
                {
                    name: "observer",
                    url: "https://receive.example.org/api/v1/receive",
                    tlsConfig: { ca: { secret: { key: "ca-observer.crt" } } },
                },
                {
                    name: "b",
                    url: "https://b.example.org/api/v1/receive",
                    tlsConfig: { ca: { secret: { key: "ca-b.crt" } } },
                },
            ],
        });
    });

    test("that a peer's environment enrols is expected and limited, and nothing is made in it", async () => {
        const pem = "-----BEGIN CERTIFICATE-----\npeer";
        const plan = await planWith({
            observer: {
                context: "observer",
                peers: [{ name: "b", receiveUrl: "https://b.example.org/api/v1/receive", serverCa: pem }],
            },
            customers: [{ name: "acme-1", tenant: "acme", enrolledBy: "b", limits: { activeSeries: 1000 } }],
        });
        expect(plan.resources.filter(({ cluster, name }) => cluster === "acme-1" || name.startsWith("acme-1"))).toEqual(
            [],
        );
        expect(JSON.stringify(named(plan, "customers-inventory").inputs)).toContain('"cluster":"acme-1"');
        expect(JSON.stringify(named(plan, "observer-receive-limits").inputs)).toContain("acme");
        expect(plan.outputs.customers).toEqual({});
        // And the peer is told how this observer fares.
        expect(named(plan, "observer-peer-credentials").inputs).toMatchObject({
            metadata: { name: "peer-write-tls" },
            stringData: { "tls.crt": "[secret]", "tls.key": "[secret]", "ca-b.crt": expect.anything() as unknown },
        });
    });

    test("that is added touches nothing that was there; removed, it takes only its own", async () => {
        const one = await planWith({ customers: [{ name: "acme-1", tenant: "acme", context: "acme-1" }] });
        const two = await planWith();
        const before = new Map(one.resources.map((resource) => [resource.urn, resource]));
        const added = two.resources.filter(({ urn }) => !before.has(urn));
        // The inventory alone is updated.
        for (const resource of two.resources.filter(
            ({ urn, name }) => before.has(urn) && name !== "customers-inventory",
        )) {
            expect(resource).toEqual(before.get(resource.urn));
        }
        expect(new Set(added.map(({ name }) => name.replace(/^(globex-1).*$/, "$1")))).toEqual(new Set(["globex-1"]));
        expect(added).toHaveLength(5);
    });

    test("that is gone is forgotten without a call to it", async () => {
        const plan = await planWith({ customers: [{ name: "acme-1", context: "acme-1", decommissioned: true }] });
        expect(named(plan, "acme-1").inputs).toMatchObject({
            deleteUnreachable: "true",
            skipUpdateUnreachable: "true",
        });
        // Nobody is expected, which an `up` says before it deletes anything.
        expect(named(plan, "customers-inventory").inputs).toMatchObject({ spec: { groups: [] } });
        expect(named(plan, "observer").inputs).not.toHaveProperty("deleteUnreachable");
        expect(plan.outputs.customers).toMatchObject({ "acme-1": { status: "decommissioned" } });
    });

    test("can overlay the chart's values, and its overlay wins", async () => {
        const overlay = { prometheus: { prometheusSpec: { replicas: 3 } } };
        const plan = await planWith({ customers: [{ name: "acme-1", context: "acme-1", values: overlay }] });
        expect(values(plan, "acme-1-kps").prometheus?.prometheusSpec).toMatchObject({
            replicas: 3,
            scrapeInterval: "30s",
        });
    });
});

test("every customer is an output at once, and when its certificate expires", async () => {
    const plan = await planWith();
    const soon = expect.stringMatching(/^20\d\d-.*Z$/) as unknown;
    expect(plan.outputs.customers).toEqual({
        "acme-1": { tenant: "acme", status: "enrolled", credentialExpires: soon },
        "globex-1": { tenant: "globex-1", status: "enrolled", credentialExpires: soon },
    });
});

describe("the observer", () => {
    test("is exactly these resources", async () => {
        const plan = await planWith();
        expect(below(plan, "observer").filter((each) => !/-(rules|dashboard)-/.test(each))).toEqual([
            "fleet-observability:index:ReceiveEndpoint observer-receive",
            "kubernetes:core/v1:ConfigMap observer-probe-authorities",
            "kubernetes:core/v1:Secret observer-alert-receivers",
            "kubernetes:core/v1:Secret observer-grafana-admin",
            "kubernetes:core/v1:Secret observer-objstore",
            "kubernetes:helm.sh/v3:Release observer-blackbox-exporter",
            "kubernetes:helm.sh/v3:Release observer-kps",
            "kubernetes:helm.sh/v3:Release observer-thanos",
            "kubernetes:monitoring.coreos.com/v1alpha1:ScrapeConfig observer-probe-receive",
            "tls:index/privateKey:PrivateKey observer-grafana-admin-seed",
        ]);
        expect(below(plan, "observer-receive")).toEqual([
            "kubernetes:core/v1:ConfigMap observer-receive-limits",
            "kubernetes:core/v1:Secret observer-receive-tls",
            "kubernetes:core/v1:Service observer-receive-service",
            "tls:index/certRequest:CertRequest observer-receive-server-request",
            "tls:index/locallySignedCert:LocallySignedCert observer-receive-server-certificate",
            "tls:index/privateKey:PrivateKey observer-receive-server-key",
        ]);
    });

    test("has its CRDs before its releases, and every release skips them", async () => {
        const plan = await planWith();
        const crds = named(plan, "observer-crds");
        expect(crds.inputs.values).toEqual({ crds: { annotations: { "helm.sh/resource-policy": "keep" } } });
        for (const release of ["observer-kps", "observer-thanos"]) {
            expect(named(plan, release).dependsOn).toContain(crds.urn);
            expect(named(plan, release).inputs).toMatchObject({ skipCrds: true, maxHistory: 5, cleanupOnFail: true });
        }
        expect(values(plan, "observer-kps").crds).toEqual({ enabled: false });
    });

    test("keeps its namespace, and with it every volume; a customer's goes", async () => {
        const plan = await planWith();
        expect(named(plan, "observer-namespace").retainOnDelete).toBe(true);
        expect(named(plan, "acme-1-namespace").retainOnDelete).toBe(false);
    });

    test("keeps a password from config, and does not make one then", async () => {
        const plan = await planWith({ observer: { context: "observer", grafanaAdminPassword: "canary-password" } });
        expect(plan.resources.filter(({ name }) => name === "observer-grafana-admin-seed")).toEqual([]);
        expect(named(plan, "observer-grafana-admin").inputs).toMatchObject({
            stringData: { "admin-password": "[secret]" },
        });
        expect(plan.outputs.grafanaAdminPassword).toBe("[secret]");
        expect(JSON.stringify(plan)).not.toContain("canary");
    });

    test("hands Alertmanager its receivers' secrets as files", async () => {
        const plan = await planWith();
        expect(named(plan, "observer-alert-receivers").inputs.stringData).toEqual({
            "dead-mans-switch": "[secret]",
            oncall: "[secret]",
        });
        const alertmanager = JSON.stringify(values(plan, "observer-kps").alertmanager);
        expect(alertmanager).toContain("/etc/alertmanager/secrets/alert-receivers/oncall");
        expect(alertmanager).not.toContain("[secret]");
    });

    test("publishes nothing by itself", async () => {
        const plan = await planWith();
        expect(plan.resources.filter(({ type }) => /Ingress|Gateway|HTTPRoute|dns|route53/i.test(type))).toEqual([]);
    });

    test.each([
        ["gateway", ["Gateway", "HTTPRoute", "HTTPRoute", "HTTPRoute", "HTTPRoute"]],
        ["ingress", ["Ingress"]],
    ])("publishes its web hosts as %s, signed by the environment", async (kind, kinds) => {
        const plan = await planWith({ ingress: { privateZone: "example.org", kind, className: "c" } });
        const web = plan.resources.filter(({ parent }) => parent?.endsWith("WebIngress::observer-web") === true);
        expect(
            web.filter(({ type }) => /gateway|networking/.test(type)).map(({ type }) => type.split(":").at(-1)),
        ).toEqual(kinds);
        expect(named(plan, "observer-web-server-request").inputs).toMatchObject({
            dnsNames: [
                "grafana.example.org",
                "prometheus.example.org",
                "alertmanager.example.org",
                "query.example.org",
            ],
        });
    });

    test.each([
        ["an issuer", { issuer: "letsencrypt" }],
        ["an existing Secret", { secretName: "wildcard" }],
    ])("leaves the web certificate to %s", async (_, tls) => {
        const plan = await planWith({ ingress: { privateZone: "example.org", kind: "gateway", className: "c", tls } });
        expect(plan.resources.filter(({ name }) => /^observer-web-(server|tls)/.test(name))).toEqual([]);
    });

    test("says its receive host to external-dns", async () => {
        const plan = await planWith({ ingress: { privateZone: "example.org", dns: { provider: "externalDns" } } });
        expect(named(plan, "observer-receive-service").inputs).toMatchObject({
            metadata: { annotations: { "external-dns.alpha.kubernetes.io/hostname": "receive.example.org" } },
            spec: { type: "LoadBalancer", ports: [{ port: 443, targetPort: "remote-write" }] },
        });
    });

    test("can be reached by a node port, whose address is in the certificate and in the agents' URL", async () => {
        const receive = { serviceType: "NodePort", port: 30443, address: "172.18.0.2" };
        const plan = await planWith({ ingress: { privateZone: "example.org", receive } });
        expect(named(plan, "observer-receive-service").inputs).toMatchObject({
            spec: { ports: [{ port: 10908, nodePort: 30443 }] },
        });
        expect(named(plan, "observer-receive-server-request").inputs).toMatchObject({ ipAddresses: ["172.18.0.2"] });
        expect(plan.outputs.remoteWriteUrl).toBe("https://172.18.0.2:30443/api/v1/receive");
    });

    test("counts a tenant's limit once however often it is stored", async () => {
        const limits = { activeSeries: 1000 };
        const plan = await planWith({ customers: [{ name: "acme-1", tenant: "acme", context: "acme-1", limits }] });
        const { data } = named(plan, "observer-receive-limits").inputs as { data: Record<string, string> };
        expect(parse(data["limits.yaml"] ?? "")).toMatchObject({
            write: { tenants: { acme: { head_series_limit: 3000 } } },
        });
    });
});

describe("DNS records", () => {
    const web = {
        privateZone: "example.org",
        kind: "gateway",
        className: "c",
        address: "10.0.0.1",
        dnsPrefix: "prod-",
    };

    test("in Route 53, one per host, an A record for an address", async () => {
        const dns = { provider: "route53", zoneId: "Z1" };
        const plan = await planWith({ ingress: { ...web, dns, receive: { address: "lb.example.com" } } });
        const records = plan.resources.filter(({ type }) => type === "aws:route53/record:Record");
        expect(records.map(({ inputs }) => [inputs.name, inputs.type, inputs.records])).toEqual([
            ["prod-alertmanager.example.org", "A", ["10.0.0.1"]],
            ["prod-grafana.example.org", "A", ["10.0.0.1"]],
            ["prod-prometheus.example.org", "A", ["10.0.0.1"]],
            ["prod-query.example.org", "A", ["10.0.0.1"]],
            ["prod-receive.example.org", "CNAME", ["lb.example.com"]],
        ]);
    });

    test("in an Azure private zone, likewise", async () => {
        const dns = { provider: "azurePrivate", resourceGroup: "dns" };
        const plan = await planWith({ ingress: { ...web, dns, receive: { address: "10.0.0.2" } } });
        const records = plan.resources.filter(({ type }) => type === "azure-native:privatedns:PrivateRecordSet");
        expect(records.map(({ inputs }) => [inputs.relativeRecordSetName, inputs.recordType, inputs.aRecords])).toEqual(
            [
                ["prod-alertmanager", "A", [{ ipv4Address: "10.0.0.1" }]],
                ["prod-grafana", "A", [{ ipv4Address: "10.0.0.1" }]],
                ["prod-prometheus", "A", [{ ipv4Address: "10.0.0.1" }]],
                ["prod-query", "A", [{ ipv4Address: "10.0.0.1" }]],
                ["prod-receive", "A", [{ ipv4Address: "10.0.0.2" }]],
            ],
        );
    });
});

describe("readiness skip", () => {
    test("waits for nothing and asks for no webhook", async () => {
        const plan = await planWith({ readiness: "skip", storage: { provider: "filesystem" } });
        const releases = plan.resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
        expect(releases.map(({ inputs }) => inputs.skipAwait)).toEqual(releases.map(() => true));
        expect(values(plan, "observer-kps").prometheusOperator).toMatchObject({
            admissionWebhooks: { enabled: false },
            tls: { enabled: false },
        });
        for (const name of ["observer-receive-service", "observer-namespace", "acme-1-namespace"]) {
            expect(named(plan, name).inputs).toMatchObject({
                metadata: { annotations: { "pulumi.com/skipAwait": "true" } },
            });
        }
    });

    test("is not the default", async () => {
        const plan = await planWith();
        const releases = plan.resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
        expect(releases.map(({ inputs }) => inputs.skipAwait)).toEqual(releases.map(() => false));
        expect(values(plan, "observer-kps").prometheusOperator).toMatchObject({ admissionWebhooks: { enabled: true } });
    });
});

test.each(["dev", "prod"])(
    "an update of %s makes what its preview promised, with the same parents, providers and order",
    async (stack) => {
        const essentials = ({ resources }: Plan) =>
            resources.map(({ urn, parent, provider, protect, retainOnDelete, dependsOn }) => ({
                urn,
                parent,
                provider,
                protect,
                retainOnDelete,
                dependsOn,
            }));
        expect(essentials(await planStack({ stack, mode: "update" }))).toEqual(essentials(await planStack({ stack })));
    },
);

test("no delete waits for a garbage collector", async () => {
    const plan = await planWith({ ingress: { privateZone: "example.org", kind: "gateway", className: "c" } });
    const objects = plan.resources.filter(({ type }) => /^kubernetes:(?!helm)/.test(type));
    expect(objects.length).toBeGreaterThan(15);
    for (const { inputs } of objects) {
        expect(inputs).toMatchObject({
            metadata: { annotations: { "pulumi.com/deletionPropagationPolicy": "background" } },
        });
    }
});

test("a mirror's repository is where every chart comes from", async () => {
    const plan = await planWith({
        mirror: { chartRepository: "oci://registry.example.org/charts", imageRegistry: "registry.example.org" },
    });
    const releases = plan.resources.filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
    expect(new Set(releases.map(({ inputs }) => inputs.chart))).toEqual(
        new Set(
            ["kube-prometheus-stack", "prometheus-blackbox-exporter", "prometheus-operator-crds", "thanos"].map(
                (name) => `oci://registry.example.org/charts/${name}`,
            ),
        ),
    );
    expect(values(plan, "acme-1-kps").global).toEqual({ imageRegistry: "registry.example.org" });
    expect(values(plan, "observer-thanos").global).toMatchObject({ image: { registry: "registry.example.org" } });
});

test("a wrong config makes nothing", async () => {
    await expect(planWith({ environment: "PROD" })).rejects.toThrow("Nothing was created");
});
