import type { Plan, PlannedResource } from "../../../automation/planStack";
import { planWith } from "../../automation/planWith";

jest.setTimeout(60_000);

function named(plan: Plan, type: string, name: string): PlannedResource {
    const found = plan.resources.filter((resource) => resource.type.endsWith(`:${type}`) && resource.name === name);
    expect(found).toHaveLength(1);
    return found[0] as PlannedResource;
}

/** Type and name of what is made for tenants. */
function forTenants({ resources }: Plan): string[] {
    return resources
        .filter(({ name }) => /^observer-(tenants|thanos-query-)/.test(name))
        .map(({ type, name }) => `${type.split(":").at(-1)} ${name}`)
        .sort();
}

interface PodTemplate {
    spec: { template: { metadata: Record<string, unknown>; spec: { containers: Record<string, unknown>[] } } };
}

function container(plan: Plan, deployment: string): Record<string, unknown> {
    const { spec } = named(plan, "Deployment", deployment).inputs as unknown as PodTemplate;
    return spec.template.spec.containers[0] ?? {};
}

const ingress = { privateZone: "example.org", tenants: { enabled: true } };

test("nothing is there for tenants where nobody asks for it", async () => {
    const plan = await planWith({});
    expect(forTenants(plan)).toEqual([]);
    expect(plan.outputs.tenantsUrl).toBe("");
    expect(JSON.stringify(plan.resources)).not.toMatch(/tenants\.example\.org|caddy|secure-stores|sd-config/);
});

describe("the tenant gateway", () => {
    const planned = planWith({ ingress });

    test("is exactly these resources", async () => {
        expect(forTenants(await planned)).toEqual([
            "CertRequest observer-tenants-server-request",
            "ConfigMap observer-tenants-config",
            "Deployment observer-tenants",
            "Deployment observer-thanos-query-tenants",
            "LocallySignedCert observer-tenants-server-certificate",
            "NetworkPolicy observer-thanos-query-tenants-callers",
            "PodDisruptionBudget observer-tenants-disruption",
            "PodDisruptionBudget observer-thanos-query-tenants-disruption",
            "PrivateKey observer-tenants-server-key",
            "Secret observer-tenants-tls",
            "Service observer-tenants-metrics",
            "Service observer-tenants-service",
            "Service observer-thanos-query-tenants-service",
            "ServiceMonitor observer-tenants-monitor",
            "ServiceMonitor observer-thanos-query-tenants-monitor",
            "TenantGateway observer-tenants",
        ]);
    });

    test("has a certificate for its host and its Service, whose key is in a Secret and nowhere else", async () => {
        const plan = await planned;
        expect(named(plan, "CertRequest", "observer-tenants-server-request").inputs).toMatchObject({
            dnsNames: ["tenants.example.org", "tenant-gateway.observability.svc.cluster.local"],
        });
        expect(named(plan, "Secret", "observer-tenants-tls").inputs).toMatchObject({
            metadata: { name: "tenant-gateway-tls" },
            stringData: { "tls.key": "[secret]" },
        });
        expect(JSON.stringify(plan)).not.toMatch(/PRIVATE KEY|canary/);
    });

    test("runs without privileges, as often as Query and at most twice", async () => {
        const { spec } = named(await planned, "Deployment", "observer-tenants").inputs as unknown as PodTemplate;
        expect(spec).toMatchObject({
            replicas: 2,
            template: {
                spec: {
                    automountServiceAccountToken: false,
                    securityContext: { runAsNonRoot: true },
                    containers: [
                        {
                            securityContext: {
                                allowPrivilegeEscalation: false,
                                readOnlyRootFilesystem: true,
                                capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] },
                            },
                        },
                    ],
                },
            },
        });
    });

    test("runs anew when another authority's clients are let in", async () => {
        const annotations = (plan: Plan) =>
            (
                named(plan, "Deployment", "observer-tenants").inputs as unknown as {
                    spec: { template: { metadata: { annotations: Record<string, string> } } };
                }
            ).spec.template.metadata.annotations;
        const pem = "-----BEGIN CERTIFICATE-----\nfurther";
        const observer = { context: "observer", size: "medium" };
        const before = annotations(await planned);
        const after = annotations(await planWith({ ingress, observer: { ...observer, trustedClientCas: [pem] } }));
        expect(after["fleet-observability/config"]).toBe(before["fleet-observability/config"]);
        expect(after["fleet-observability/certificate"]).toMatch(/^[0-9a-f]{16}$/);
        expect(after["fleet-observability/certificate"]).not.toBe(before["fleet-observability/certificate"]);
    });

    test("is published like the receive routers, at layer 4", async () => {
        const tenants = { enabled: true, serviceType: "NodePort", port: 30444, address: "172.18.0.2" };
        const plan = await planWith({ ingress: { ...ingress, tenants } });
        expect(named(plan, "Service", "observer-tenants-service").inputs).toMatchObject({
            metadata: { name: "tenant-gateway" },
            spec: {
                type: "NodePort",
                selector: { "app.kubernetes.io/name": "tenant-gateway" },
                ports: [{ port: 8443, targetPort: "https", nodePort: 30444 }],
            },
        });
        expect(named(plan, "CertRequest", "observer-tenants-server-request").inputs).toMatchObject({
            ipAddresses: ["172.18.0.2"],
        });
        expect(plan.outputs.tenantsUrl).toBe("https://172.18.0.2:30444");
    });

    test("has its host in DNS", async () => {
        const dns = { provider: "route53", zoneId: "Z1" };
        const addresses = {
            receive: { address: "10.0.0.2" },
            tenants: { enabled: true, address: "10.0.0.3" },
        };
        const plan = await planWith({ ingress: { ...ingress, ...addresses, dns } });
        const records = plan.resources.filter(({ type }) => type === "aws:route53/record:Record");
        expect(records.map(({ inputs }) => [inputs.name, inputs.records])).toEqual([
            ["receive.example.org", ["10.0.0.2"]],
            ["tenants.example.org", ["10.0.0.3"]],
        ]);
        const external = await planWith({ ingress: { ...ingress, dns: { provider: "externalDns" } } });
        expect(named(external, "Service", "observer-tenants-service").inputs).toMatchObject({
            metadata: { annotations: { "external-dns.alpha.kubernetes.io/hostname": "tenants.example.org" } },
        });
    });

    test("takes its image from the mirror", async () => {
        const plan = await planWith({ ingress, mirror: { imageRegistry: "mirror.example.org" } });
        expect(container(plan, "observer-tenants").image).toMatch(/^mirror\.example\.org\/library\/caddy:2\./);
        expect(container(plan, "observer-thanos-query-tenants").image).toMatch(
            /^mirror\.example\.org\/thanos\/thanos:v/,
        );
    });

    test("waits for nothing with readiness skip", async () => {
        const plan = await planWith({ ingress, readiness: "skip" });
        const waited = plan.resources.filter(
            ({ type, name }) => /:(Deployment|Service)$/.test(type) && /^observer-(tenants|thanos-query)/.test(name),
        );
        expect(waited).toHaveLength(5);
        for (const { inputs } of waited) {
            expect(inputs).toMatchObject({ metadata: { annotations: { "pulumi.com/skipAwait": "true" } } });
        }
    });
});

describe("a scoped Query", () => {
    test("asks neither ruler nor sidecar, and lets nobody at its gRPC", async () => {
        const { args } = container(await planWith({ ingress }), "observer-thanos-query-tenants") as { args: string[] };
        expect(args.filter((flag) => flag.startsWith("--endpoint"))).toEqual([
            "--endpoint=dnssrv+_grpc._tcp.thanos-receive-ingester-headless.observability.svc.cluster.local",
            "--endpoint=dnssrv+_grpc._tcp.thanos-storegateway.observability.svc.cluster.local",
        ]);
        expect(args).toContain("--grpc-address=127.0.0.1:10901");
        expect(args).toContain("--query.enforce-tenancy");
        expect(args).toContain("--query.tenant-label-name=tenant");
    });

    test("is called by the gateway and scraped by Prometheus, and by nobody else", async () => {
        const plan = await planWith({ ingress });
        expect(named(plan, "NetworkPolicy", "observer-thanos-query-tenants-callers").inputs.spec).toEqual({
            podSelector: { matchLabels: { "app.kubernetes.io/name": "thanos-query-tenants" } },
            policyTypes: ["Ingress"],
            ingress: [
                {
                    from: [
                        { podSelector: { matchLabels: { "app.kubernetes.io/name": "tenant-gateway" } } },
                        { podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } } },
                    ],
                    ports: [{ port: 9090 }],
                },
            ],
        });
    });
});

describe("stores elsewhere, over TLS", () => {
    const pem = "-----BEGIN CERTIFICATE-----\nMII";
    const testbed = {
        name: "testbed",
        addresses: ["a.example.org:443", "b.example.org:443"],
        serverName: "stores.example.org",
        serverCa: pem,
        clientCertificate: pem,
        clientKey: "canary-key",
    };
    const planned = (stores: unknown[]) => planWith({ observer: { context: "observer", stores } });
    const query = (plan: Plan) =>
        (
            named(plan, "Release", "observer-thanos").inputs as unknown as {
                values: { query: { extraArgs: string[]; extraVolumes: unknown[] } };
            }
        ).values.query;
    const endpoints = (plan: Plan) =>
        JSON.parse(
            query(plan)
                .extraArgs.find((arg) => arg.startsWith("--endpoint.sd-config="))
                ?.replace(/^[^=]*=/, "") ?? "{}",
        ) as unknown;

    test("are endpoints of Query itself, each with its own TLS", async () => {
        const plan = await planned([testbed, { name: "public", addresses: ["c.example.org:443"] }]);
        const directory = "/etc/thanos-secure-stores/testbed";
        const own = {
            tls_config: {
                enabled: true,
                min_version: "1.2",
                ca_file: `${directory}-ca.crt`,
                cert_file: `${directory}-tls.crt`,
                key_file: `${directory}-tls.key`,
            },
            server_name: "stores.example.org",
        };
        expect(endpoints(plan)).toEqual({
            endpoints: [
                { address: "a.example.org:443", client_config: own },
                { address: "b.example.org:443", client_config: own },
                { address: "c.example.org:443", client_config: { tls_config: { enabled: true, min_version: "1.2" } } },
            ],
        });
        expect(query(plan).extraVolumes).toEqual([
            { name: "secure-stores", secret: { secretName: "thanos-secure-stores" } },
        ]);
    });

    test("are shown a certificate whose key is in a Secret and nowhere else", async () => {
        const plan = await planned([testbed]);
        const secret = named(plan, "Secret", "observer-secure-stores");
        expect(secret.inputs).toMatchObject({
            metadata: { name: "thanos-secure-stores" },
            stringData: {
                "testbed-ca.crt": expect.anything() as unknown,
                "testbed-tls.crt": expect.anything() as unknown,
                "testbed-tls.key": "[secret]",
            },
        });
        expect(named(plan, "Release", "observer-thanos").dependsOn).toContain(secret.urn);
        expect(JSON.stringify(plan)).not.toContain("canary-key");
    });

    test("need no Secret where everybody knows them", async () => {
        const plan = await planned([{ name: "public", addresses: ["c.example.org:443"] }]);
        expect(plan.resources.filter(({ name }) => name === "observer-secure-stores")).toEqual([]);
        expect(query(plan).extraVolumes).toEqual([]);
    });
});
