import { RE2JS } from "re2js";
import { alloyText } from "../../platform/alloy";
import { countedEvents, countingBlock, type InterestingEvent } from "../../platform/interestingEvents";
import { redactions } from "../../platform/redaction";
import { redact } from "./redact";

const custom = [{ name: "token-revoked", namespace: "gafaelfawr", expression: "token (revoked|deleted)" }];
const events = countedEvents({ vault: true, adminActions: true, rollouts: true, custom });
const kept = redactions({ personalData: ["emails"], redact: [] });

/** Whether LogQL would take a line, as far as these selectors go: `=` and `=~` of labels, and filters of the line. */
function counts(selector: string, labels: Record<string, string>, line: string): boolean {
    const [, matchers = "", filters = ""] = /^\{(.*?)\}(.*)$/s.exec(selector) ?? [];
    const string = '("(?:[^"\\\\]|\\\\.)*")';
    const text = (quoted: string | undefined) => JSON.parse(quoted ?? '""') as string;
    const labelled = [...matchers.matchAll(new RegExp(`(\\w+)(=~?)${string}`, "g"))].every(
        ([, label = "", operator, value]) =>
            operator === "=" ? labels[label] === text(value) : RE2JS.compile(text(value)).matches(labels[label] ?? ""),
    );
    return (
        labelled &&
        [...filters.matchAll(new RegExp(`(\\|=|!=|\\|~|!~) ${string}`, "g"))].every(([, operator = "", value]) => {
            const found = operator.endsWith("=")
                ? line.includes(text(value))
                : RE2JS.compile(text(value)).matcher(line).find();
            return found === operator.startsWith("|");
        })
    );
}

function counted(labels: Record<string, string>, line: string): string[] {
    return events
        .filter((event: InterestingEvent) => counts(event.selector, labels, redact(kept, line)))
        .map(({ name }) => name);
}

const vault = { namespace: "vault", app: "vault", job: "pods" };
const audit = (type: string, operation: string, mount: string, path: string, error = "") =>
    JSON.stringify({
        time: "2026-10-10T13:55:36Z",
        type,
        auth: { client_token: "hmac-sha256:0a1b", display_name: "oidc-jane@example.org", token_type: "service" },
        request: {
            id: "1",
            operation,
            mount_point: `${mount}/`,
            mount_type: mount,
            client_token: "hmac-sha256:0a1b",
            path,
        },
        ...(error === "" ? {} : { error }),
    });
const kubernetesEvent = (fields: string, message: string) =>
    `name=web kind=Deployment ${fields} type=Normal count=1 msg="${message}" `;
const scaled = "sourcecomponent=deployment-controller reason=ScalingReplicaSet";
const asked = "sourcecomponent=argocd-server reason=OperationStarted";
const ofEvents = { namespace: "portal", job: "events" };
const apiServer = { namespace: "kube-system", component: "kube-apiserver", job: "control-plane" };
const apiAudit = (stage: string, verb: string, resource: string, username = "kubernetes-admin") =>
    `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","stage":"${stage}","verb":"${verb}","user":{"username":"${username}"},"objectRef":{"resource":"${resource}","name":"x"}}`;

test.each<[string, Record<string, string>, string, string[]]>([
    [
        "a secret that is written",
        vault,
        audit("response", "update", "kv", "secret/data/portal"),
        ["vault-secret-changed"],
    ],
    [
        "a secret that is deleted",
        vault,
        audit("response", "delete", "kv", "secret/data/portal"),
        ["vault-secret-changed"],
    ],
    ["its request", vault, audit("request", "update", "kv", "secret/data/portal"), []],
    ["a secret that is read", vault, audit("response", "read", "kv", "secret/data/portal"), []],
    ["a login", vault, audit("response", "update", "approle", "auth/approle/login"), []],
    ["Vault's own", vault, audit("response", "update", "system", "sys/leases/renew"), []],
    [
        "a write that is refused",
        vault,
        audit("response", "update", "kv", "secret/data/portal", "permission denied"),
        [],
    ],
    ["the same line of another pod", { ...vault, app: "web" }, audit("response", "update", "kv", "secret/data/x"), []],
    [
        "a sync that a person asked for",
        ofEvents,
        kubernetesEvent(asked, "admin initiated sync to HEAD (8a1cb4a)"),
        ["argocd-sync"],
    ],
    ["a part of one", ofEvents, kubernetesEvent(asked, "admin initiated partial sync to HEAD"), ["argocd-sync"]],
    [
        "a sync of Argo CD's own",
        ofEvents,
        kubernetesEvent(
            "sourcecomponent=argocd-application-controller reason=OperationStarted",
            "Initiated automated sync to 'x'",
        ),
        [],
    ],
    ["a binding", apiServer, apiAudit("ResponseComplete", "create", "clusterrolebindings"), ["permissions-changed"]],
    ["a role", apiServer, apiAudit("ResponseComplete", "patch", "roles"), ["permissions-changed"]],
    ["its first stage", apiServer, apiAudit("RequestReceived", "create", "clusterrolebindings"), []],
    ["a role that is read", apiServer, apiAudit("ResponseComplete", "get", "roles"), []],
    ["the API server's own", apiServer, apiAudit("ResponseComplete", "update", "clusterroles", "system:apiserver"), []],
    [
        "a rollout",
        ofEvents,
        kubernetesEvent(scaled, "Scaled up replica set web-7d4b9c from 0 to 1"),
        ["deployment-rolled-out"],
    ],
    [
        "a rollout, of Kubernetes before",
        ofEvents,
        kubernetesEvent(scaled, "Scaled up replica set web-7d4b9c to 1 from 0"),
        ["deployment-rolled-out"],
    ],
    [
        "a rollout, of Kubernetes long before",
        ofEvents,
        kubernetesEvent(scaled, "Scaled up replica set web-7d4b9c to 3"),
        ["deployment-rolled-out"],
    ],
    ["more of the same", ofEvents, kubernetesEvent(scaled, "Scaled up replica set web-7d4b9c from 1 to 3"), []],
    [
        "more of the same, of Kubernetes before",
        ofEvents,
        kubernetesEvent(scaled, "Scaled up replica set web-7d4b9c to 3 from 1"),
        [],
    ],
    ["fewer", ofEvents, kubernetesEvent(scaled, "Scaled down replica set web-7d4b9c from 3 to 0"), []],
    ["an event of one's own", { namespace: "gafaelfawr", job: "pods" }, "token revoked by jane", ["token-revoked"]],
    ["the same elsewhere", { namespace: "portal", job: "pods" }, "token revoked by jane", []],
])("%s", (_, labels, line, expected) => {
    expect(counted(labels, line)).toEqual(expected);
});

test("nothing is counted that is switched off", () => {
    expect(countedEvents({ vault: false, adminActions: false, rollouts: false, custom: [] })).toEqual([]);
});

test("what is counted has the labels event and namespace, and goes nowhere", () => {
    const text = alloyText(events.map(countingBlock));
    expect(text.match(/forward_to = \[\]/g)).toHaveLength(events.length);
    expect(text).toContain('values = ["namespace"]');
    expect(text).toContain('values = {"event" = "token-revoked"}');
    expect(text).toContain('prefix = "interesting_"');
    expect(text).toContain('name = "events_total"');
});
