import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";
import { customerOf } from "../../automation/fleet/resources";
import { oneLine, progressOf, rowsOf, stepOf, type Row, type Step } from "../../automation/fleet/results";
import { previewText, resultText } from "../../automation/fleet/text";

const urn = (type: string, name: string) =>
    `urn:pulumi:prod-eu::fleet-observability::fleet-observability:index:CustomerClusters$${type}::${name}`;
const release = (name: string) => urn("kubernetes:helm.sh/v3:Release", name);
const provider = (name: string) => `urn:pulumi:prod-eu::fleet-observability::pulumi:providers:kubernetes::${name}`;
const namespace = (name: string) => urn("kubernetes:core/v1:Namespace", `${name}-namespace`);
const root = "urn:pulumi:prod-eu::fleet-observability::pulumi:pulumi:Stack::fleet-observability-prod-eu";

const step = (of: string, operation: string, time = 0, phase: Step["phase"] = "done"): Step => ({
    urn: of,
    operation,
    phase,
    time,
});
const complaint = (of: string, text: string): Step => ({ urn: of, phase: "complaint", complaint: text, time: 0 });

function rows(steps: Step[], expected: string[] = [], failure?: string): Record<string, Row> {
    const all = rowsOf({ stack: "prod-eu", observer: "observer", rest: "inventory", expected }, steps, failure);
    return Object.fromEntries(all.map((row) => [row.name, row]));
}

test.each([
    [provider("acme"), "acme"],
    [provider("acme-kps"), "acme-kps"],
    [release("acme-kps"), "acme"],
    [release("acme-kps-kps"), "acme-kps"],
    [release("acme-kps-crds"), "acme-kps"],
    [namespace("acme-namespace"), "acme-namespace"],
    [urn("kubernetes:core/v1:Secret", "acme-credentials-credentials"), "acme-credentials"],
    [urn("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "customers-inventory"), undefined],
    [provider("observer"), undefined],
    [release("observer-kps"), undefined],
    [root, undefined],
])("%s belongs to %s", (of, customer) => {
    expect(customerOf(of, "observer")).toBe(customer);
});

describe("outcomes", () => {
    test.each<[string, Step[], Row["outcome"]]>([
        ["a new cluster", [step(provider("a"), "create"), step(namespace("a"), "create")], "onboarded"],
        ["an onboarding that goes on", [step(provider("a"), "same"), step(release("a-kps"), "create")], "onboarded"],
        ["a new certificate", [step(urn("kubernetes:core/v1:Secret", "a-credentials"), "update")], "updated"],
        ["a rotated kubeconfig", [step(provider("a"), "update")], "updated"],
        ["a replaced release", [step(release("a-kps"), "replace")], "updated"],
        ["nothing to do", [step(provider("a"), "same"), step(release("a-kps"), "same")], "unchanged"],
        ["a removed cluster", [step(release("a-kps"), "delete"), step(provider("a"), "delete")], "offboarded"],
        ["one that failed", [step(provider("a"), "create"), step(namespace("a"), "create", 0, "failed")], "failed"],
    ])("%s: %s", (_, steps, outcome) => {
        expect(rows(steps)["a"]?.outcome).toBe(outcome);
    });

    test("the first complaint is the reason, and a neighbour has none", () => {
        const { acme, globex } = rows([
            complaint(namespace("acme"), "no route to host"),
            complaint(release("acme-kps"), "later"),
            step(release("globex-kps"), "update"),
        ]);
        expect(acme).toMatchObject({ outcome: "failed", why: "no route to host" });
        expect(globex).toMatchObject({ outcome: "updated" });
        expect(globex?.why).toBeUndefined();
    });

    test("what the program says of a failed resource is not the inventory's fault", () => {
        const made = rows([
            step(namespace("acme"), "create", 0, "failed"),
            complaint(namespace("acme"), "refused"),
            complaint(root, "Error: resource acme-namespace failed to register"),
            complaint("", "update failed"),
        ]);
        expect(made["inventory"]?.outcome).toBe("unchanged");
        expect(made["acme"]?.why).toBe("refused");
    });

    test("a program that does not start: the stack fails, and nobody was reached", () => {
        const made = rows([complaint(root, "The config of stack prod-eu has 1 problem.")], ["acme"], "failed");
        expect(made["inventory"]).toMatchObject({
            outcome: "failed",
            why: "The config of stack prod-eu has 1 problem.",
        });
        expect(made["acme"]).toMatchObject({
            outcome: "not reached",
            why: "The config of stack prod-eu has 1 problem.",
        });
    });

    test("a run that nobody is to blame for, such as one that is locked out", () => {
        const made = rows([], ["acme"], "the stack is locked");
        expect(made["inventory"]).toMatchObject({ outcome: "failed", why: "the stack is locked" });
        expect(made["acme"]).toMatchObject({ outcome: "not reached", why: "the stack is locked" });
    });

    test("changes are counted without providers, and time from the first step to the last", () => {
        expect(
            rows([
                step(provider("a"), "create", 10),
                step(namespace("a"), "create", 12),
                step(release("a-kps"), "create", 10, "begun"),
                step(release("a-kps"), "create", 31),
            ])["a"],
        ).toMatchObject({ changes: { create: 2, update: 0, delete: 0, replace: 0 }, seconds: 21 });
    });
});

describe("events", () => {
    const event = (kind: string, content: object): EngineEvent => ({ sequence: 1, timestamp: 7, [kind]: content });
    const metadata = { op: "create" as OpType, urn: release("acme-kps"), new: { inputs: { token: "canary" } } };

    test("are reduced to steps, without states and debug messages, which hold secrets", () => {
        const steps = [
            event("resourcePreEvent", { metadata }),
            event("resOutputsEvent", { metadata }),
            event("resOpFailedEvent", { metadata }),
            event("diagnosticEvent", {
                urn: release("acme-kps"),
                severity: "error",
                message: "<{%fg 1%}>error:<{%reset%}> no\n",
            }),
            event("diagnosticEvent", { urn: release("acme-kps"), severity: "debug", message: "canary" }),
            event("diagnosticEvent", { severity: "warning", message: "careful" }),
            event("summaryEvent", {}),
        ].map(stepOf);
        expect(steps.map((one) => one?.phase)).toEqual([
            "begun",
            "done",
            "failed",
            "complaint",
            undefined,
            undefined,
            undefined,
        ]);
        expect(steps[3]?.complaint).toBe("no");
        expect(JSON.stringify(steps)).not.toContain("canary");
    });

    test("are told in words", () => {
        const told = (operation: string, phase: Step["phase"], of = release("acme-kps")) =>
            progressOf(step(of, operation, 0, phase), "observer");
        expect(told("create", "begun")).toBe("acme: creating Release acme-kps");
        expect(told("create", "failed")).toBe("acme: failed: Release acme-kps");
        expect(told("same", "begun")).toBeUndefined();
        expect(told("create", "done")).toBeUndefined();
        expect(told("delete", "begun", provider("observer"))).toBe("deleting provider observer");
    });
});

test.each([
    [
        'configured Kubernetes cluster is unreachable: unable to load schema: Get "https://10.0.0.1:6443/openapi/v2?timeout=32s": refused',
        "cluster unreachable: https://10.0.0.1:6443",
    ],
    [
        'resource "urn:pulumi:p::f::t::n" was not successfully created by the Kubernetes API server : namespaces "x" exists',
        'namespaces "x" exists',
    ],
    [
        'unable to delete resource "urn:pulumi:p::f::aws:s3/bucket:Bucket::storage-bucket"\nas it is currently marked for protection. To unprotect',
        'Bucket storage-bucket is protected; docs/operations.md says in "Destroy" how to let go of it',
    ],
    ["error: two\n  lines ", "two lines"],
    ["x".repeat(300), `${"x".repeat(159)}…`],
])("%j is told as %j", (message, line) => {
    expect(oneLine(message)).toBe(line);
});

test("the table names what failed, and folds what has not changed", () => {
    const made = rowsOf({ stack: "prod-eu", observer: "observer", rest: "inventory", expected: [] }, [
        ...["a", "b", "c", "d"].map((name) => step(provider(name), "same")),
        step(namespace("gone"), "create", 0, "failed"),
        complaint(namespace("gone"), "refused"),
        step(provider("new"), "create", 1),
        step(namespace("new"), "create", 5),
    ]);
    const text = resultText({ environment: "prod", rows: made });
    expect(text).toMatch(/^4 customers +prod-eu +unchanged$/m);
    expect(text).toMatch(/^gone +prod-eu +failed +refused$/m);
    expect(text).toMatch(/^new +prod-eu +onboarded +4$/m);
    expect(text).toContain("6 customers: 4 unchanged, 1 failed, 1 onboarded. Run it again when the cause is gone");
    expect(previewText({ environment: "prod", rows: made })).toMatch(/^new +prod-eu +1$/m);
});
