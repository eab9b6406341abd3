import { parse } from "yaml";
import type { Plan } from "../../automation/planStack";
import { planText } from "../../automation/planText";
import { fluxFiles } from "../../automation/flux";
import { renderedFiles } from "../../automation/rendering";
import { rightConfig } from "../config/fixture";
import { plantCanaries } from "./examples";
import { planSections } from "./planWith";

jest.setTimeout(120_000);

const certificate = "-----BEGIN CERTIFICATE-----\nof another\n-----END CERTIFICATE-----\n";

const portal = {
    name: "portal",
    namespace: "portal",
    services: [
        { name: "api", selector: { app: "api" }, port: "metrics" },
        { name: "worker", selector: { app: "worker" }, port: 9000 },
    ],
    gunicorn: true,
    postgres: { host: "db", database: "portal" },
};

/** A stack that uses everything that can be switched on together, and nothing of a cloud's. */
function everythingOn(): Record<string, unknown> {
    return {
        ...rightConfig(),
        observer: {
            context: "observer",
            size: "medium",
            peers: [
                {
                    name: "b",
                    receiveUrl: "https://receive.b.example.org/api/v1/receive",
                    serverCa: certificate,
                    tenantsUrl: "https://tenants.b.example.org",
                    queryUrl: "https://query.b.example.org",
                },
            ],
            trustedClientCas: [certificate],
            stores: [
                {
                    name: "testbed",
                    addresses: ["thanos.testbed.example.org:443"],
                    serverCa: certificate,
                    clientCertificate: certificate,
                },
            ],
            applications: [{ ...portal, name: "shop", namespace: "shop" }],
        },
        storage: { provider: "s3", endpoint: "s3.example.org", bucket: "fleet" },
        ingress: {
            kind: "gateway",
            className: "envoy",
            privateZone: "example.org",
            address: "10.0.0.1",
            receive: { address: "10.0.0.2" },
            tenants: { enabled: true, address: "10.0.0.3" },
        },
        alerting: {
            receivers: {
                oncall: { kind: "pagerduty" },
                team: { kind: "slackBot", channel: "#fleet" },
            },
            defaultReceiver: "oncall",
            deadMansSwitch: {},
        },
        auth: {
            oidc: {
                authorizationUrl: "https://login.example.org/auth",
                tokenUrl: "https://login.example.org/token",
                clientId: "grafana",
                groups: { "platform-team": "Admin" },
                tenants: { "acme-team": "acme", "globex-team": "globex" },
            },
        },
        logs: { enabled: true },
        customers: [
            {
                name: "acme-1",
                tenant: "acme",
                kubeconfig: "a kubeconfig",
                profile: "full",
                logs: { enabled: true, redact: [{ name: "patient-id", expression: "patient=(\\d+)" }] },
                otlp: { enabled: true, nodePorts: { grpc: 30807, http: 30808 } },
                scrape: {
                    annotations: true,
                    textfiles: true,
                    targets: [{ name: "gateway", addresses: ["10.0.0.7:9100"] }],
                },
                probes: { apiServer: "https://10.0.0.5:6443", ingressHosts: ["shop.example.org"] },
                applications: [portal],
            },
            { name: "globex-1", tenant: "globex", context: "globex-1", profile: "l0", logs: { enabled: true } },
            { name: "management", context: "management" },
        ],
        monitors: {
            tre: { clusters: ["acme-1"] },
            harbor: { scrapeOn: "observer" },
            argocd: {},
            vault: {},
            iaas: {
                infrastructures: ["testbed"],
                libvirt: true,
                storeEndpoints: ["10.0.0.5:10901"],
                exporters: ["openstack", "ceph", "libvirt"].map((kind, position) => ({
                    infrastructure: "testbed",
                    kind,
                    addresses: [`10.0.0.6:${9180 + position}`],
                })),
            },
            endpoints: {
                targets: [
                    { name: "registry", url: "https://registry.example.org/" },
                    { name: "ldap", url: "ldap.example.org:636", module: "tls" },
                    { name: "ssh", url: "ssh.example.org:22", module: "tcp" },
                ],
            },
            applications: [
                {
                    name: "portal",
                    namespace: "portal",
                    url: "https://portal.example.org/",
                    receiver: "team",
                    channel: "#portal",
                    gunicorn: true,
                    database: "portal",
                    jupyterhub: true,
                },
            ],
            events: { custom: [{ name: "token-revoked", namespace: "gafaelfawr", expression: "token revoked" }] },
            validations: [
                { name: "dns", schedule: "17 6 * * *", image: "docker.io/library/alpine:3.22", script: "true" },
            ],
            pushed: [{ metric: "cluster_temperature_C", title: "Temperature" }],
            clusterApi: { cluster: "management" },
        },
    };
}

/** Whether a text shows one of `secrets`, in clear or as Kubernetes encodes it. */
function shown(secrets: string[], text: string): string[] {
    return secrets.filter((secret) => text.includes(secret) || text.includes(encoded(secret)));
}

/** The part of a secret's base64 that stands there whatever comes after it. */
function encoded(secret: string): string {
    return Buffer.from(secret.slice(0, 3 * Math.floor(secret.length / 3))).toString("base64");
}

const sections = everythingOn();
const canaries = plantCanaries(sections);
let plan: Plan;

beforeAll(async () => {
    plan = await planSections(sections);
});

describe("a plan with everything switched on", () => {
    test("has a purpose for every resource", () => {
        expect(withoutPurpose(plan)).toEqual([]);
    });

    test("has every kind of thing that can be switched on", () => {
        const names = plan.resources.map(({ name }) => name);
        expect(names).toEqual(
            expect.arrayContaining([
                "observer.shop",
                "acme-1.portal",
                "acme-1-alloy-logs",
                "acme-1-alloy-events",
                "acme-1-otlp-gateway",
                "observer-loki",
                "observer-tenants",
                "observer-grafana-acme",
                "observer-secure-stores",
                "observer-oidc",
                "observer-web",
            ]),
        );
    });

    test("is put together from values that are there", () => {
        expect(JSON.stringify(plan)).not.toMatch(/undefined|\[object Object\]|Calling \[toString\]/);
    });

    test("shows no secret, neither to people nor to programs", () => {
        expect(canaries.length).toBeGreaterThan(10);
        expect(shown(canaries, planText(plan))).toEqual([]);
        expect(shown(canaries, JSON.stringify(plan))).toEqual([]);
    });

    test("is rendered in an order that an API server takes: who may call a Query before it runs, custom resources last", () => {
        const kinds = [...renderedFiles(plan)]
            .filter(([path]) => path.startsWith("observer/manifests/"))
            .sort(([one], [other]) => (one < other ? -1 : 1))
            .map(([, text]) => (parse(text) as { kind: string }).kind);
        expect([...new Set(kinds)]).toEqual([
            "Namespace",
            "Secret",
            "ConfigMap",
            "ServiceAccount",
            "Role",
            "RoleBinding",
            "NetworkPolicy",
            "Service",
            "PodDisruptionBudget",
            "Deployment",
            "CronJob",
            "Gateway",
            "HTTPRoute",
            "PrometheusRule",
            "ServiceMonitor",
            "PodMonitor",
            "Probe",
            "ScrapeConfig",
            "Prometheus",
        ]);
    });

    test("has no release that needs what comes after releases, where Flux would wait for ever", () => {
        const stage = (path: string) => path.split("/")[1];
        const applied = new Map<string, string | undefined>(
            [...fluxFiles(plan, ".")]
                .filter(([path]) => /\/(before|after)-releases\//.test(path))
                .map(([path, text]) => [text, stage(path)] as const)
                .flatMap(([text, at]) => {
                    const { kind, metadata } = parse(text) as { kind: string; metadata?: { name?: string } };
                    return metadata?.name === undefined
                        ? []
                        : [[`${kind} ${metadata.name}`, at] as [string, string | undefined]];
                }),
        );
        const byUrn = new Map(plan.resources.map((resource) => [resource.urn, resource]));
        const needed = plan.resources
            .filter(({ type }) => type === "kubernetes:helm.sh/v3:Release")
            .flatMap(({ dependsOn }) => dependsOn.map((urn) => byUrn.get(urn)))
            .map((resource) => resource?.inputs as { kind?: string; metadata?: { name: string } } | undefined)
            .map((object) => `${object?.kind} ${object?.metadata?.name}`)
            .filter((object) => applied.has(object));
        expect(needed).toEqual(expect.arrayContaining(["ConfigMap probe-authorities", "Namespace observability"]));
        expect(needed.filter((object) => applied.get(object) === "after-releases")).toEqual([]);
    });

    test.each([
        ["as manifests and values", () => renderedFiles(plan)],
        ["for Flux", () => fluxFiles(plan, ".")],
    ])("is rendered %s, without a secret", (_, render) => {
        const files = render();
        expect(files.size).toBeGreaterThan(plan.resources.length / 2);
        for (const [path, text] of files) {
            expect({ path, shown: shown(canaries, text) }).toEqual({ path, shown: [] });
        }
    });
});

const identity = { kind: "irsa", oidcProviderArn: "arn:aws:iam::123456789012:oidc-provider/oidc.example.org/id/E" };

test.each<[string, Record<string, unknown>]>([
    [
        "AWS and Ingress objects",
        {
            storage: { provider: "aws", bucket: "example-fleet", region: "eu-central-1", identity },
            ingress: {
                kind: "ingress",
                privateZone: "example.org",
                address: "10.0.0.1",
                receive: { address: "10.0.0.2" },
                tenants: { enabled: true, address: "10.0.0.3" },
                dns: { provider: "route53", zoneId: "Z1" },
            },
        },
    ],
    [
        "Azure",
        {
            storage: {
                provider: "azure",
                account: "examplefleetmetrics",
                resourceGroup: "observability",
                location: "westeurope",
                identity: { kind: "accountKey" },
            },
        },
    ],
    ["a volume", { storage: { provider: "filesystem" } }],
])("with everything on, %s too have a purpose for every resource", async (_, changes) => {
    expect(withoutPurpose(await planSections({ ...sections, ...changes }))).toEqual([]);
});

function withoutPurpose({ resources }: Plan): string[] {
    return resources.filter(({ purpose }) => purpose === undefined).map(({ urn }) => urn);
}
