import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { ConfigMap, Secret } from "@pulumi/kubernetes/core/v1";
import { Release } from "@pulumi/kubernetes/helm/v3";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { planStack } from "../../automation/planStack";

/** What the program does in a test. */
let program: () => pulumi.Inputs;

jest.mock("../../index", () => () => Promise.resolve(program()));

const named = { metadata: { name: "name" } };

test("a secret anywhere in a release's values fails the plan", async () => {
    program = () => {
        new Release("kps", { chart: "kps", values: { grafana: { adminPassword: pulumi.secret("canary") } } });
        return {};
    };
    const failed = planStack({ stack: "dev" });
    await expect(failed).rejects.toThrow("release kps hold a secret at grafana.adminPassword");
    await expect(failed).rejects.not.toThrow("canary");
});

test("of a map only the leaf that is secret is masked, and a Secret keeps its keys", async () => {
    program = () => {
        new ConfigMap("config", { ...named, data: { open: "open", hidden: pulumi.secret("canary") } });
        new Secret("secret", { ...named, stringData: { password: "canary", user: "canary" } });
        return { open: { nested: ["open", pulumi.secret("canary")] }, hidden: pulumi.secret({ password: "canary" }) };
    };
    const plan = await planStack({ stack: "dev" });
    const inputs = Object.fromEntries(plan.resources.map((resource) => [resource.name, resource.inputs]));
    expect(inputs["config"]).toMatchObject({ data: { open: "open", hidden: "[secret]" } });
    expect(inputs["secret"]).toMatchObject({ stringData: { password: "[secret]", user: "[secret]" } });
    expect(plan.outputs).toEqual({ open: { nested: ["open", "[secret]"] }, hidden: "[secret]" });
    expect(JSON.stringify(plan)).not.toContain("canary");
});

test("an output that a provider computes is a readable placeholder; one that nobody listed is unknown", async () => {
    program = () => {
        const key = new tls.PrivateKey("key", { algorithm: "ED25519" });
        const certificate = new tls.SelfSignedCert("cert", {
            privateKeyPem: key.privateKeyPem,
            allowedUses: [],
            validityPeriodHours: 1,
        });
        return { pem: certificate.certPem, key: key.privateKeyPem, fingerprint: key.publicKeyFingerprintMd5 };
    };
    const { outputs } = await planStack({ stack: "dev" });
    expect(outputs).toEqual({ pem: "<certPem of cert>", key: "[secret]", fingerprint: "<known after up>" });
});

test("a URN carries every type above the resource, as the engine's do", async () => {
    program = () => {
        const outer = new pulumi.ComponentResource("fleet:index:Outer", "outer");
        const inner = new pulumi.ComponentResource("fleet:index:Inner", "inner", {}, { parent: outer });
        new ConfigMap("config", named, { parent: inner });
        return {};
    };
    const { resources } = await planStack({ stack: "dev" });
    expect(resources.find(({ name }) => name === "config")?.urn).toBe(
        "urn:pulumi:dev::fleet-observability::fleet:index:Outer$fleet:index:Inner$kubernetes:core/v1:ConfigMap::config",
    );
});

test("what only shows once values are there is planned, however late", async () => {
    program = () => {
        const first = new ConfigMap("first", named);
        const late = pulumi.output(new Promise<string>((resolve) => setTimeout(() => resolve("late"), 50)));
        new ConfigMap("second", { data: { late, name: first.metadata.name } });
        return { late };
    };
    const { resources, outputs } = await planStack({ stack: "dev" });
    expect(resources.find(({ name }) => name === "second")?.inputs).toMatchObject({
        data: { late: "late", name: "name" },
    });
    expect(outputs).toEqual({ late: "late" });
});

test.each<[string, () => pulumi.Inputs, string]>([
    [
        "calls a function that nobody listed",
        () => ({ result: pulumi.runtime.invokeOutput("aws:index/getRegion:getRegion", {}) }),
        "no result for the function aws:index/getRegion:getRegion",
    ],
    [
        "makes two resources with one URN",
        () => {
            new ConfigMap("twin", named);
            new ConfigMap("twin", named);
            return {};
        },
        "two resources of the same type and name",
    ],
    [
        "logs an error",
        () => {
            void pulumi.log.error("this cannot be");
            return {};
        },
        "this cannot be",
    ],
])("a program that %s fails the plan", async (_what, wrong, message) => {
    program = wrong;
    await expect(planStack({ stack: "dev" })).rejects.toThrow(message);
});

test("a program that throws, at once or in an apply, fails the plan, and the process lives on", () => {
    // Jest answers rejections that nobody holds itself, so this takes a process of its own.
    const script = join(__dirname, "brokenPrograms.ts");
    const printed = execFileSync(process.execPath, ["--import", "tsx", script], { encoding: "utf8", stdio: "pipe" });
    expect(printed.split("\n")).toEqual([
        "at once: the program is wrong",
        expect.stringContaining('in an apply: error serializing property "data": the apply is wrong'),
        "",
    ]);
}, 60_000);

test("the program's warnings are part of the plan, and nothing is printed", async () => {
    const printed = ["log", "info", "warn", "error"].map((level) =>
        jest.spyOn(console, level as "log").mockImplementation(() => undefined),
    );
    program = () => {
        void pulumi.log.warn("look twice");
        void pulumi.log.info("by the way");
        return {};
    };
    const { warnings } = await planStack({ stack: "dev" });
    expect(warnings).toEqual(["look twice"]);
    for (const print of printed) {
        expect(print).not.toHaveBeenCalled();
        print.mockRestore();
    }
});
