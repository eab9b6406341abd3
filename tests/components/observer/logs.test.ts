import type { Plan, PlannedResource } from "../../../automation/planStack";
import { planWith } from "../../automation/planWith";
import { rightConfig } from "../../config/fixture";

jest.setTimeout(60_000);

function named(plan: Plan, name: string): PlannedResource {
    const found = plan.resources.filter((resource) => resource.name === name);
    expect(found).toHaveLength(1);
    return found[0] as PlannedResource;
}

interface Values {
    serviceAccount: { name: string; annotations: Record<string, string> };
    singleBinary: {
        podLabels: Record<string, string>;
        podAnnotations: Record<string, string>;
        extraVolumes: { name: string }[];
    };
}

function values(plan: Plan): Values {
    return named(plan, "observer-loki").inputs.values as Values;
}

const logs = { enabled: true };

describe("the store of logs", () => {
    test("is not there where no logs are kept", async () => {
        const plan = await planWith({});
        expect(plan.resources.map(({ name }) => name).filter((name) => name.includes("loki"))).toEqual([]);
    });

    test("has its whole configuration in one Secret, and no key in its values", async () => {
        const plan = await planWith({ logs });
        expect(named(plan, "observer-loki-config").inputs).toMatchObject({
            metadata: { name: "loki-config", namespace: "observability" },
            type: "Opaque",
            stringData: { "config.yaml": "[secret]" },
        });
        expect(JSON.stringify(named(plan, "observer-loki").inputs)).not.toMatch(/secret\]|canary/);
    });

    test("waits for its configuration and for the bucket's Secret", async () => {
        const plan = await planWith({ logs });
        const before = named(plan, "observer-loki").dependsOn.map((urn) => urn.split("::").at(-1));
        expect(before).toEqual(expect.arrayContaining(["observer-loki-config", "observer-objstore", "observer-crds"]));
    });

    test("restarts when its configuration changes, and not when a tenant's limits do", async () => {
        const digest = async (changes: Record<string, unknown>) =>
            values(await planWith(changes)).singleBinary.podAnnotations["fleet-observability/config"];
        const first = await digest({ logs });
        expect(first).toMatch(/^[0-9a-f]{64}$/);
        expect(await digest({ logs: { ...logs, retention: "90d" } })).not.toBe(first);
        const acme = { name: "acme-1", tenant: "acme", context: "acme-1", logs: { retention: "90d" } };
        expect(await digest({ logs, customers: [acme] })).toBe(first);
    });

    test("mounts the certificate authority of a private endpoint", async () => {
        const storage = {
            ...(rightConfig()["storage"] as object),
            caCertificate: "-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----",
        };
        const { singleBinary } = values(await planWith({ logs, storage }));
        expect(singleBinary.extraVolumes).toEqual([
            {
                name: "objstore-ca",
                secret: { secretName: "thanos-objstore", items: [{ key: "ca.crt", path: "ca.crt" }] },
            },
        ]);
    });

    test("is known to a cloud by its service account and its pods' labels, as Thanos is", async () => {
        const storage = {
            provider: "azure",
            account: "examplefleet",
            resourceGroup: "observability",
            location: "westeurope",
            identity: { kind: "workloadIdentity", oidcIssuerUrl: "https://oidc.example.org/" },
        };
        const plan = await planWith({ logs, storage });
        const { serviceAccount, singleBinary } = values(plan);
        const thanos = named(plan, "observer-thanos").inputs.values as {
            global: { serviceAccount: { annotations: Record<string, string> } };
        };
        expect(serviceAccount.name).toBe("loki");
        expect(serviceAccount.annotations).toEqual(thanos.global.serviceAccount.annotations);
        expect(Object.keys(serviceAccount.annotations)).not.toEqual([]);
        expect(singleBinary.podLabels).toEqual({ "azure.workload.identity/use": "true" });
    });
});
