import type { Plan, PlannedResource } from "../../../automation/planStack";
import { planWith } from "../../automation/planWith";
import { rightOidc } from "../../config/fixture";

jest.setTimeout(60_000);

const oidc = {
    ...rightOidc,
    tenants: { "acme-team": "acme", "acme-support": "acme", "globex-team": "globex-1" },
};

function planOf(changes: Record<string, unknown> = {}): Promise<Plan> {
    return planWith({
        ingress: { privateZone: "example.org", dnsPrefix: "p-", kind: "gateway", className: "envoy" },
        auth: { oidc },
        ...changes,
    });
}

function named(plan: Plan, name: string): PlannedResource {
    const found = plan.resources.filter(
        (resource) => resource.name === name && !resource.type.startsWith("fleet-observability:"),
    );
    expect(found.map(({ urn }) => urn)).toHaveLength(1);
    return found[0] as PlannedResource;
}

interface Values {
    fullnameOverride: string;
    "grafana.ini": Record<string, Record<string, unknown>>;
    datasources: unknown;
    dashboardsConfigMaps: Record<string, string>;
    extraSecretMounts: { secretName: string }[];
    podAnnotations: Record<string, string>;
}

function values(plan: Plan, tenant: string): Values {
    return named(plan, `observer-grafana-${tenant}`).inputs.values as Values;
}

describe("a tenant whose people sign in", () => {
    let plan: Plan;
    beforeAll(async () => {
        plan = await planOf({ logs: { enabled: true } });
    });

    test("has a Grafana of its own: a release, and a Secret with its certificate", () => {
        const own = plan.resources.filter(({ name }) => /grafana-(acme|globex)/.test(name));
        expect(own.map(({ type, name }) => `${type} ${name}`).sort()).toEqual([
            "kubernetes:core/v1:Secret observer-grafana-acme-tls",
            "kubernetes:core/v1:Secret observer-grafana-globex-1-tls",
            "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute observer-web-grafana-acme",
            "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute observer-web-grafana-globex-1",
            "kubernetes:helm.sh/v3:Release observer-grafana-acme",
            "kubernetes:helm.sh/v3:Release observer-grafana-globex-1",
        ]);
        expect(named(plan, "observer-grafana-acme-tls").inputs).toMatchObject({
            metadata: { name: "grafana-acme-tls", namespace: "observability" },
            stringData: { "tls.crt": "[secret]", "tls.key": "[secret]", "ca.crt": expect.anything() as unknown },
        });
        expect(named(plan, "observer-grafana-acme").dependsOn).toContain(named(plan, "observer-grafana-acme-tls").urn);
    });

    test("is let in by its groups, as a viewer who may explore, and nobody else is", () => {
        const ini = values(plan, "acme")["grafana.ini"];
        expect(ini["auth.generic_oauth"]).toMatchObject({
            role_attribute_path:
                "contains(groups[*], `\"acme-team\"`) && 'Viewer' || contains(groups[*], `\"acme-support\"`) && 'Viewer'",
            role_attribute_strict: true,
            auto_login: true,
        });
        expect(ini).toMatchObject({
            auth: { disable_login_form: true, login_maximum_lifetime_duration: "1d" },
            "auth.basic": { enabled: false },
            users: { viewers_can_edit: true },
            unified_alerting: { enabled: false },
            server: { root_url: "https://p-grafana-acme.example.org" },
        });
        expect(values(plan, "acme")).toMatchObject({
            env: { GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: "true" },
        });
    });

    test("has nothing in common with another but the dashboards, which name nobody, and the client", () => {
        const [acme, globex] = [values(plan, "acme"), values(plan, "globex-1")];
        expect(JSON.stringify(acme)).not.toMatch(/globex/);
        expect(JSON.stringify(globex)).not.toMatch(/acme/);
        expect(globex.fullnameOverride).not.toBe(acme.fullnameOverride);
        expect(globex["grafana.ini"].server).not.toEqual(acme["grafana.ini"].server);
        const secrets = ({ extraSecretMounts }: Values) => extraSecretMounts.map(({ secretName }) => secretName);
        expect(secrets(acme)).toEqual(["grafana-acme-tls", "grafana-oidc"]);
        expect(secrets(globex)).toEqual(["grafana-globex-1-tls", "grafana-oidc"]);
        expect(globex.podAnnotations).not.toEqual(acme.podAnnotations);
        expect(globex.dashboardsConfigMaps).toEqual(acme.dashboardsConfigMaps);
    });

    test("asks the tenant gateway alone, with no secret in the values", () => {
        const release = JSON.stringify(named(plan, "observer-grafana-acme").inputs.values);
        const hosts = [...release.matchAll(/https?:\/\/([-\w.]+\.svc\.cluster\.local)/g)].map(([, host]) => host);
        expect(new Set(hosts)).toEqual(new Set(["tenant-gateway.observability.svc.cluster.local"]));
        expect(hosts).toHaveLength(2);
        expect(release).not.toMatch(/\[secret\]|PRIVATE KEY|BEGIN CERTIFICATE|X-Scope-OrgID|THANOS-TENANT/i);
        expect(JSON.stringify(plan)).not.toContain("canary");
    });

    test("gets a new pod with a new certificate", () => {
        const [annotation] = Object.values(values(plan, "acme").podAnnotations);
        expect(annotation).toMatch(/^[0-9a-f]{64}$/);
    });

    test("has its host published like the others", () => {
        expect(named(plan, "observer-web-gateway").inputs).toMatchObject({
            spec: {
                listeners: [
                    ...["grafana", "prometheus", "alertmanager", "query"].map((name) => ({ name })),
                    { name: "grafana-acme", hostname: "p-grafana-acme.example.org" },
                    { name: "grafana-globex-1", hostname: "p-grafana-globex-1.example.org" },
                ],
            },
        });
        expect(named(plan, "observer-web-grafana-acme").inputs).toMatchObject({
            spec: { rules: [{ backendRefs: [{ name: "grafana-acme", port: 80 }] }] },
        });
        expect(named(plan, "observer-web-server-request").inputs.dnsNames).toEqual(
            expect.arrayContaining(["p-grafana-acme.example.org", "p-grafana-globex-1.example.org"]),
        );
    });

    test("has a DNS record where records are made", async () => {
        const withDns = await planOf({
            ingress: {
                privateZone: "example.org",
                kind: "ingress",
                address: "10.0.0.1",
                dns: { provider: "azurePrivate", resourceGroup: "dns" },
                receive: { address: "10.0.0.2" },
                tenants: { address: "10.0.0.3" },
            },
        });
        const records = withDns.resources
            .filter(({ type }) => /PrivateRecordSet|RecordSet/.test(type))
            .map(({ inputs }) => [inputs.relativeRecordSetName, inputs.aRecords]);
        expect(records).toEqual(
            expect.arrayContaining([
                ["grafana-acme", [{ ipv4Address: "10.0.0.1" }]],
                ["grafana-globex-1", [{ ipv4Address: "10.0.0.1" }]],
            ]),
        );
    });
});

test("a tenant called admin does not get the operators' Secret", async () => {
    const plan = await planOf({
        customers: [{ name: "c-1", tenant: "admin", context: "c-1" }],
        auth: { oidc: { ...oidc, tenants: { admins: "admin" } } },
    });
    const names = plan.resources
        .filter(({ type }) => type === "kubernetes:core/v1:Secret")
        .filter(({ cluster }) => cluster === "observer")
        .map(({ inputs }) => (inputs.metadata as { name: string }).name);
    expect(names).toEqual(expect.arrayContaining(["grafana-admin", "grafana-admin-tls"]));
    expect(names).toHaveLength(new Set(names).size);
});

test("without groups of tenants there is none of it", async () => {
    const plan = await planOf({ auth: { oidc: { ...oidc, tenants: {} } } });
    expect(plan.resources.filter(({ name }) => /tenant-dashboards|observer-grafana-(?!admin)/.test(name))).toEqual([]);
});
