import type { Plan } from "../../../automation/planStack";
import { planWith } from "../../automation/planWith";
import { at } from "../../charts/at";

jest.setTimeout(120_000);

const customers = [
    { name: "acme-1", tenant: "acme", context: "acme-1", externalLabels: { region: "eu" } },
    { name: "globex-1", context: "globex-1", logs: { sources: ["events"] } },
    { name: "initech-1", context: "initech-1", logs: { sources: ["nodes"], personalData: [] } },
    { name: "umbrella-1", context: "umbrella-1", profile: "l0" },
];

let plan: Plan;
let without: Plan;
beforeAll(async () => {
    plan = await planWith({ customers, logs: { enabled: true } });
    without = await planWith({ customers });
});

function releases(of: Plan): string[] {
    return of.resources
        .filter(({ type, name }) => type === "kubernetes:helm.sh/v3:Release" && name.includes("-alloy-"))
        .map(({ name }) => name)
        .sort();
}

/** The values of a release. */
function values(release: string, ...path: string[]): unknown {
    const found = plan.resources.find(({ type, name }) => type === "kubernetes:helm.sh/v3:Release" && name === release);
    return at(found?.inputs.values, ...path);
}

it("runs where the profile or the customer says so, for what is asked for", () => {
    expect(releases(plan)).toEqual([
        "acme-1-alloy-events",
        "acme-1-alloy-logs",
        "globex-1-alloy-events",
        "initech-1-alloy-logs",
    ]);
});

it("runs nowhere where no observer keeps logs", () => {
    expect(releases(without)).toEqual([]);
});

it("waits for the cluster's certificate", () => {
    const release = plan.resources.find(({ name }) => name === "acme-1-alloy-logs");
    expect(release?.dependsOn.map((urn) => urn.split("::").at(-1)).sort()).toEqual([
        "acme-1-crds",
        "acme-1-credentials",
    ]);
});

it("sends to the observer as the cluster, with the Secret's files and no secret in its values", () => {
    for (const release of releases(plan)) {
        const content = values(release, "alloy", "configMap", "content");
        expect(content).toContain('ca_file = "/etc/fleet-observability/ca-observer.crt"');
        expect(content).toContain('cert_file = "/etc/fleet-observability/tls.crt"');
        expect(content).toMatch(/url = "https:\/\/tenants\.example\.org(:\d+)?\/loki\/api\/v1\/push"/);
        expect(values(release, "controller", "volumes", "extra")).toContainEqual({
            name: "credentials",
            secret: { secretName: "remote-write-tls", defaultMode: 0o440 },
        });
        expect(JSON.stringify(values(release))).not.toMatch(/-----BEGIN [A-Z ]+-----\\n|canary|\[secret\]/);
        expect(values(release, "alloy", "enableReporting")).toBe(false);
    }
    expect(values("acme-1-alloy-logs", "alloy", "configMap", "content")).toContain(
        'external_labels = {"region" = "eu", "cluster" = "acme-1"}',
    );
});

it("may do no more than it has to", () => {
    expect(values("acme-1-alloy-logs", "rbac")).toEqual({
        create: true,
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }],
        clusterRules: [{ apiGroups: [""], resources: ["pods"], verbs: ["watch"] }],
    });
    expect(values("initech-1-alloy-logs", "rbac")).toEqual({ create: false });
    expect(values("globex-1-alloy-events", "alloy", "securityContext")).toMatchObject({ runAsNonRoot: true });
});
