import { parse } from "yaml";
import type { Plan, PlannedResource } from "../../../automation/planStack";
import { planWith } from "../../automation/planWith";
import { rightConfig, rightOidc as oidc } from "../../config/fixture";

jest.setTimeout(60_000);

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

describe("the operators' Grafana", () => {
    test("without single sign-on has its admin alone", async () => {
        const plan = await planWith({ ingress });
        expect(Object.keys(grafana(plan)["grafana.ini"]).sort()).toEqual(["analytics", "security", "server"]);
        expect(grafana(plan)).not.toHaveProperty("extraSecretMounts");
        expect(find(plan, "observer-oidc")).toBeUndefined();
    });

    test("with it lets the groups in, and keeps its admin for when the provider is down", async () => {
        const plan = await planWith({ ingress, auth: { oidc } });
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
        const plan = await planWith({ ingress, auth: { oidc } });
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
        const plan = await planWith({ ingress, auth: { oidc: { ...oidc, groups: {}, tenants: { team: "acme" } } } });
        expect(grafana(plan)["grafana.ini"]).not.toHaveProperty("auth.generic_oauth");
    });

    test("takes a public client", async () => {
        const { clientSecret: _, ...publicClient } = oidc;
        const plan = await planWith({ ingress, auth: { oidc: publicClient } });
        expect(find(plan, "observer-oidc")).toBeUndefined();
        expect(grafana(plan)).not.toHaveProperty("extraSecretMounts");
        expect(grafana(plan)["grafana.ini"]["auth.generic_oauth"]).not.toHaveProperty("client_secret");
    });

    test("shows every tenant's logs, by a datasource that a new customer changes alone", async () => {
        const plan = await planWith({ logs: { enabled: true } });
        expect(grafana(plan).additionalDataSources.map(({ uid }) => uid)).not.toContain("loki");
        const { data, metadata } = find(plan, "observer-datasource-loki")?.inputs as {
            data: Record<string, string>;
            metadata: { labels: Record<string, string> };
        };
        expect(metadata.labels).toMatchObject({ grafana_datasource: "1" });
        expect(parse(data["loki.yaml"] ?? "")).toMatchObject({
            datasources: [{ uid: "loki", secureJsonData: { httpHeaderValue1: "acme|globex-1" } }],
        });
        const more = await planWith({
            logs: { enabled: true },
            customers: [...(rightConfig().customers as object[]), { name: "initech-1", context: "initech-1" }],
        });
        expect(find(more, "observer-kps")).toEqual(find(plan, "observer-kps"));
        expect(find(more, "observer-datasource-loki")).not.toEqual(find(plan, "observer-datasource-loki"));
    });
});
