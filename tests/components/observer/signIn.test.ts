import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { planStack, type Plan, type PlannedResource } from "../../../automation/planStack";
import { rightConfig } from "../../config/fixture";

jest.setTimeout(60_000);

const scratch = mkdtempSync(join(tmpdir(), "fleet-sign-in-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let files = 0;

function planOf(changes: Record<string, unknown>): Promise<Plan> {
    const config = join(scratch, `${files++}.yaml`);
    const sections = Object.entries({ ...rightConfig(), ...changes });
    writeFileSync(
        config,
        stringify({
            config: Object.fromEntries(sections.map(([section, value]) => [`fleet-observability:${section}`, value])),
        }),
    );
    return planStack({ stack: "test", config });
}

function find(plan: Plan, name: string): PlannedResource | undefined {
    return plan.resources.find((each) => each.name === name && !each.type.startsWith("fleet-observability:"));
}

interface Grafana {
    "grafana.ini": Record<string, Record<string, unknown>>;
    extraSecretMounts?: { secretName: string; mountPath: string }[];
    additionalDataSources: { uid: string }[];
}

function grafana(plan: Plan): Grafana {
    return (find(plan, "observer-kps")?.inputs.values as { grafana: Grafana }).grafana;
}

const ingress = { privateZone: "example.org", kind: "gateway", className: "envoy" };
const oidc = {
    authorizationUrl: "https://login.example.org/auth",
    tokenUrl: "https://login.example.org/token",
    clientId: "grafana",
    clientSecret: "canary-client",
    groups: { "platform-team": "Admin" },
};

describe("the operators' Grafana", () => {
    test("without single sign-on has its admin alone", async () => {
        const plan = await planOf({ ingress });
        expect(Object.keys(grafana(plan)["grafana.ini"]).sort()).toEqual(["analytics", "security", "server"]);
        expect(grafana(plan)).not.toHaveProperty("extraSecretMounts");
        expect(find(plan, "observer-oidc")).toBeUndefined();
    });

    test("with it lets the groups in, and keeps its admin for when the provider is down", async () => {
        const plan = await planOf({ ingress, auth: { oidc } });
        const ini = grafana(plan)["grafana.ini"];
        expect(ini["auth.generic_oauth"]).toMatchObject({
            enabled: true,
            client_id: "grafana",
            auth_url: "https://login.example.org/auth",
            token_url: "https://login.example.org/token",
            scopes: "openid profile email groups",
            role_attribute_path: "contains(groups[*], `\"platform-team\"`) && 'Admin'",
            role_attribute_strict: true,
        });
        expect(ini.server).toEqual({ root_url: "https://grafana.example.org" });
        expect(ini.auth).not.toHaveProperty("disable_login_form");
        expect(grafana(plan)).toMatchObject({ admin: { existingSecret: "grafana-admin" } });
    });

    test("has the client's secret in a Secret, as a file, and nowhere else", async () => {
        const plan = await planOf({ ingress, auth: { oidc } });
        expect(find(plan, "observer-oidc")?.inputs).toMatchObject({
            metadata: { name: "grafana-oidc" },
            stringData: { "client-secret": "[secret]" },
        });
        const { extraSecretMounts, ...values } = grafana(plan);
        expect(extraSecretMounts).toMatchObject([{ secretName: "grafana-oidc", mountPath: "/etc/secrets/oidc" }]);
        expect(values["grafana.ini"]["auth.generic_oauth"]?.client_secret).toBe(
            "$__file{/etc/secrets/oidc/client-secret}",
        );
        expect(JSON.stringify(plan)).not.toContain("canary");
        expect(JSON.stringify(find(plan, "observer-kps")?.inputs.values)).not.toContain("[secret]");
        expect(find(plan, "observer-kps")?.dependsOn).toContain(find(plan, "observer-oidc")?.urn);
    });

    test("offers nothing to sign in with where only tenants' groups are named", async () => {
        const plan = await planOf({ ingress, auth: { oidc: { ...oidc, groups: {}, tenants: { team: "acme" } } } });
        expect(grafana(plan)["grafana.ini"]).not.toHaveProperty("auth.generic_oauth");
    });

    test("takes a public client", async () => {
        const { clientSecret: _, ...publicClient } = oidc;
        const plan = await planOf({ ingress, auth: { oidc: publicClient } });
        expect(find(plan, "observer-oidc")).toBeUndefined();
        expect(grafana(plan)).not.toHaveProperty("extraSecretMounts");
        expect(grafana(plan)["grafana.ini"]["auth.generic_oauth"]).not.toHaveProperty("client_secret");
    });

    test("shows every tenant's logs, by a datasource that a new customer changes alone", async () => {
        const plan = await planOf({ logs: { enabled: true } });
        expect(grafana(plan).additionalDataSources.map(({ uid }) => uid)).not.toContain("loki");
        const { data, metadata } = find(plan, "observer-datasource-loki")?.inputs as {
            data: Record<string, string>;
            metadata: { labels: Record<string, string> };
        };
        expect(metadata.labels).toMatchObject({ grafana_datasource: "1" });
        expect(parse(data["loki.yaml"] ?? "")).toMatchObject({
            datasources: [{ uid: "loki", secureJsonData: { httpHeaderValue1: "acme|globex-1" } }],
        });
        const more = await planOf({
            logs: { enabled: true },
            customers: [...(rightConfig().customers as object[]), { name: "initech-1", context: "initech-1" }],
        });
        expect(find(more, "observer-kps")).toEqual(find(plan, "observer-kps"));
        expect(find(more, "observer-datasource-loki")).not.toEqual(find(plan, "observer-datasource-loki"));
    });
});
