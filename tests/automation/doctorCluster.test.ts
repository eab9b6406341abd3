import { kubeconfigCheck, onCluster, type Place } from "../../automation/doctor/access";
import { apiServer, permissions } from "../../automation/doctor/apiServer";
import { Failure, type Check } from "../../automation/doctor/check";
import type { Kubeconfig, KubeconfigSource } from "../../automation/doctor/cluster";
import { installedChecks } from "../../automation/doctor/installed";
import type { Surroundings } from "../../automation/doctor/surroundings";
import { prometheusOperatorCrds } from "../../charts/coordinates";
import { createAuthority, issue } from "../../local/certificates";
import { authorityTerms, clientTerms, serverTerms } from "../../platform/certificates";
import { objects } from "../../platform/names";
import {
    connection,
    expectFinding,
    expectOk,
    failed,
    found,
    healthyCluster,
    look,
    now,
    printed,
    reached,
    subject,
    surroundings,
    type Asked,
    type Routes,
} from "./doctorSurroundings";

const namespacePath = "/api/v1/namespaces/observability";
const crdsPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** A certificate whose time begins a minute ago by this machine's clock. */
async function certificate(terms: ReturnType<typeof clientTerms>, days = 365): Promise<string> {
    const authority = await createAuthority(authorityTerms("dev"));
    return (await issue({ ...terms, validityHours: days * 24 }, authority)).certificate;
}

const day = 86_400_000;

describe("kubeconfig", () => {
    const check = (
        changes: Partial<Place>,
        around: Parameters<typeof surroundings>[0] = {},
        encrypted: string[] = [],
    ) => {
        const { place } = reached(healthyCluster(), changes);
        return kubeconfigCheck(
            { place },
            subject(
                surroundings(around),
                { customers: [{ name: "customer-1", kubeconfig: "canary-plain" }] },
                { encrypted: new Set(encrypted) },
            ),
        );
    };
    const given = (client: object = {}): Pick<Surroundings, "kubeconfig"> & { asked: KubeconfigSource[] } => {
        const asked: KubeconfigSource[] = [];
        const kubeconfig = (source: KubeconfigSource): Promise<Kubeconfig> => {
            asked.push(source);
            return Promise.resolve({
                contexts: ["kind-customer-1", "main"],
                currentContext: "main",
                connection: () => connection(healthyCluster(), client),
            });
        };
        return { kubeconfig, asked };
    };

    it("is content with a context that is there", async () => {
        await expectOk(check({ access: { context: "kind-customer-1" } }));
    });

    it("names the nearest context of one that is not, and sets it", async () => {
        const { blocks } = await look(check({ access: { context: "kind-custommer-1" } }));
        expect(blocks).toBe("there is no way to the cluster");
        await expectFinding(
            check({ access: { context: "kind-custommer-1" } }),
            "problem",
            "no context kind-custommer-1; did you mean kind-customer-1?",
            "pulumi config set --path 'fleet-observability:customers[0].context' kind-customer-1 --stack dev",
        );
        await expectFinding(
            check({ access: { context: "x" } }),
            "problem",
            "no context x",
            "kubectl config get-contexts",
        );
    });

    it("reads the output of another stack, a text or an object", async () => {
        const access = { stackReference: { stack: "org/clusters/acme", output: "kubeconfig" } };
        for (const kubeconfig of ["canary", { canary: true }]) {
            const { kubeconfig: read, asked } = given();
            const output = "stack output --json --show-secrets --stack org/clusters/acme";
            const answers = { [output]: printed({ kubeconfig }) };
            const { findings } = await look(check({ access }, { answers, kubeconfig: read }));
            expect(findings).toMatchObject([{ level: "ok" }]);
            expect(asked).toEqual([{ text: typeof kubeconfig === "string" ? "canary" : '{"canary":true}' }]);
        }
    });

    it("finds an output that is not there, and a stack that cannot be read", async () => {
        const access = { stackReference: { stack: "org/clusters/acme", output: "kubeconfg" } };
        const answers = { "stack output": printed({ kubeconfig: "canary" }) };
        await expect(look(check({ access }, { answers }))).rejects.toMatchObject({
            message: "stack org/clusters/acme has no output kubeconfg; did you mean kubeconfig?",
            fix: "pulumi stack output --stack org/clusters/acme",
        });
        const refused = { "stack output": failed("error: no stack named 'acme' found") };
        await expect(look(check({ access }, { answers: refused }))).rejects.toMatchObject({
            message: "no stack named 'acme' found",
            fix: "pulumi stack output --json --stack org/clusters/acme",
        });
    });

    it("reads one in the config, decrypted by pulumi where it is encrypted", async () => {
        const access = { kubeconfig: undefined };
        const plain = given();
        await look(check({ access }, { kubeconfig: plain.kubeconfig }));
        expect(plain.asked).toEqual([{ text: "canary-plain" }]);
        const secret = given();
        const key = "fleet-observability:customers";
        const answers = { [`config get ${key}`]: printed({ objectValue: [{ kubeconfig: "canary-decrypted" }] }) };
        await look(check({ access }, { answers, kubeconfig: secret.kubeconfig }, [key]));
        expect(secret.asked).toEqual([{ text: "canary-decrypted" }]);
    });

    it("finds one that is none, and quotes nothing of it", async () => {
        const kubeconfig = () => Promise.reject(new Failure("what is there is not a kubeconfig"));
        await expect(look(check({ access: {} }, { kubeconfig }))).rejects.toMatchObject({
            message: "what is there is not a kubeconfig",
            fix: expect.stringContaining("pulumi config set --secret --path") as string,
        });
    });

    it("finds a program for credentials that is not on PATH", async () => {
        const { kubeconfig } = given({ program: "kubelogin" });
        await expectFinding(
            check({}, { kubeconfig }),
            "problem",
            "kubelogin, which is not on PATH",
            "command -v kubelogin",
        );
        const onPath = (program: string) => [`/usr/bin/${program}`];
        await expectOk(check({}, { kubeconfig, onPath }));
    });

    it("finds a client certificate that has expired, or soon will", async () => {
        const { kubeconfig } = given({ clientCertificate: await certificate(clientTerms("admin"), 30) });
        const at = (days: number) => check({}, { kubeconfig, now: () => Date.now() + days * day });
        await expectOk(at(0));
        await expectFinding(at(25), "warning", "client certificate expires on", "kubeadm certs renew");
        await expectFinding(at(31), "problem", "client certificate expired on", "kubeadm certs renew");
        await expectFinding(at(-1), "problem", "not valid yet; a clock is wrong", "timedatectl");
    });
});

test("a fix goes to its cluster, with a kubeconfig of its own where it has no context", () => {
    const command = (changes: Partial<Place>) =>
        onCluster(
            reached(healthyCluster(), changes).place,
            subject(),
            ({ kubectl, helm }) => `${kubectl} a; ${helm} b`,
        );
    expect(command({ access: { context: "it's" } })).toBe(
        `kubectl --context 'it'\\''s' a; helm --kube-context 'it'\\''s' b`,
    );
    expect(command({ access: { stackReference: { stack: "o/p/s", output: "kubeconfig" } } })).toBe(
        "(umask 077; pulumi stack output --show-secrets --stack o/p/s kubeconfig > ~/.kube/customer-1) && " +
            "KUBECONFIG=~/.kube/customer-1 kubectl a; KUBECONFIG=~/.kube/customer-1 helm b",
    );
    expect(command({ access: {} })).toContain(
        "pulumi config get --path 'fleet-observability:customers[0].kubeconfig' --stack dev > ~/.kube/customer-1",
    );
});

describe("API server", () => {
    const check = (routes: Routes = {}) => apiServer(reached(healthyCluster(routes)), subject());
    const clock = (seconds: number) =>
        check({ "/version": found({ gitVersion: "v1.30.0" }, new Date(now + seconds * 1000).toUTCString()) });

    it("is content with one that answers, is new enough and has the time", async () => {
        await expectOk(check());
        await expectOk(clock(29));
    });

    it("finds an old one", async () => {
        const old = found({ gitVersion: "v1.29.8-eks-1" });
        await expectFinding(check({ "/version": old }), "problem", "v1.29.8-eks-1 is older than 1.30", "upgrade");
    });

    it("finds a clock that is off, before or behind", async () => {
        await expectFinding(clock(31), "warning", "31 s ahead", "timedatectl set-ntp true");
        await expectFinding(clock(-60), "warning", "60 s behind", "timedatectl set-ntp true");
        await expectFinding(clock(-121), "problem", "121 s behind", "timedatectl set-ntp true");
    });

    it("finds credentials that are refused, or nobody's, and goes no further", async () => {
        const refused = check({ "/version": { status: 401, body: {} } });
        await expectFinding(refused, "problem", "(401)", "kubectl --context kind-customer-1 auth whoami");
        expect((await look(refused)).blocks).toBeDefined();
        for (const answer of [
            { status: 401, body: {} },
            { status: 201, body: { status: { userInfo: { username: "system:anonymous" } } } },
        ]) {
            const nobody = check({ SelfSubjectReview: answer });
            await expectFinding(nobody, "problem", "nobody's", "kubectl --context kind-customer-1 auth whoami");
            expect((await look(nobody)).blocks).toBeDefined();
        }
    });

    it("finds something else in its place", async () => {
        const page = check({ "/version": { status: 502, body: undefined } });
        await expectFinding(page, "problem", "answered 502", "kubectl --context kind-customer-1 get --raw /version");
    });

    it("finds one that cannot be reached, and says nothing of unknown errors but their kind", async () => {
        const rejecting = (error: Error) => ({ ...healthyCluster(), get: () => Promise.reject(error) });
        const of = (error: Error) => look(apiServer(reached(rejecting(error)), subject()));
        await expect(of(Object.assign(new Error(), { code: "ECONNREFUSED" }))).rejects.toMatchObject({
            message: "connection refused (ECONNREFUSED)",
            fix: "kubectl --context kind-customer-1 get --raw /version",
        });
        await expect(of(new SyntaxError("canary"))).rejects.toMatchObject({ message: "unexpected SyntaxError" });
    });
});

describe("permissions", () => {
    it("is content when all is allowed", async () => {
        await expectOk(permissions(reached(healthyCluster()), subject()));
    });

    it("finds what is not", async () => {
        const review = (body: object) => {
            const { spec } = body as { spec: { resourceAttributes: { verb: string; resource: string } } };
            expect(spec.resourceAttributes.verb).toBe("create");
            return { status: 201, body: { status: { allowed: spec.resourceAttributes.resource !== "clusterroles" } } };
        };
        await expectFinding(
            permissions(reached(healthyCluster({ SelfSubjectAccessReview: review })), subject()),
            "problem",
            "may not create clusterroles",
            "kubectl --context kind-customer-1 create clusterrolebinding",
        );
    });
});

describe("what is installed", () => {
    const checkOf = (
        title: string,
        routes: Routes,
        changes: Partial<Place> = {},
        asked: Asked[] = [],
        at = now,
    ): Check => {
        const checks = installedChecks(
            reached(healthyCluster(routes, asked), changes),
            subject(surroundings({ now: () => at })),
        );
        const check = checks.find((one) => one.title === title);
        if (check === undefined) {
            throw new Error(`no check ${title} among ${checks.map((one) => one.title).join(", ")}`);
        }
        return check;
    };

    it("is content with an empty cluster", async () => {
        for (const title of ["namespace", "CRDs", "Helm releases", "pods"]) {
            await expectOk(checkOf(title, {}));
        }
        await expectFinding(checkOf("remote-write certificate", {}), "skipped", "not there yet");
    });

    it("tells what the API server refuses", async () => {
        const refused = { status: 403, body: { message: "pods is forbidden" } };
        await expect(look(checkOf("pods", { [`${namespacePath}/pods`]: refused }))).rejects.toThrow(
            "the API server answered 403: pods is forbidden",
        );
    });

    describe("namespace", () => {
        const state = (metadata: object, conditions: object[] = []) =>
            checkOf("namespace", { [namespacePath]: found({ metadata, status: { conditions } }) });
        const deletionTimestamp = "2026-06-01T00:00:00Z";

        it("is content with one that stays", async () => {
            await expectOk(state({ name: "observability" }));
        });

        it("finds one that cannot go, and why", async () => {
            const message =
                "Some content in the namespace has finalizers remaining: example.org/stay in 1 resource instances";
            const condition = { type: "NamespaceFinalizersRemaining", status: "True", message };
            await expectFinding(
                state({ deletionTimestamp }, [condition]),
                "problem",
                `(Terminating), and nothing can be made in it; ${message}`,
                "api-resources --namespaced --verbs list",
            );
            const discovery = {
                type: "NamespaceDeletionDiscoveryFailure",
                status: "True",
                message: "Discovery failed for some groups",
            };
            await expectFinding(state({ deletionTimestamp }, [discovery]), "problem", "Discovery", "get apiservices");
        });
    });

    describe("CRDs", () => {
        const pinned = prometheusOperatorCrds.appVersion.slice(1);
        const crd = (version: string, release?: string) => ({
            metadata: {
                name: "podmonitors.monitoring.coreos.com",
                annotations: {
                    "operator.prometheus.io/version": version,
                    "meta.helm.sh/release-name": release,
                    "meta.helm.sh/release-namespace": "observability",
                },
            },
        });
        const items = (...list: object[]): Routes => ({ [crdsPath]: found({ items: list }) });

        it("is content with ours, and reads their metadata alone", async () => {
            const asked: Asked[] = [];
            const other = { metadata: { name: "others.example.org" } };
            await expectOk(checkOf("CRDs", items(crd(pinned, "prometheus-operator-crds"), other), {}, asked));
            expect(asked).toEqual([{ path: crdsPath, content: "metadata" }]);
        });

        it("finds another version", async () => {
            const old = items(crd("0.80.0", "prometheus-operator-crds"));
            await expectFinding(
                checkOf("CRDs", old),
                "warning",
                `version 0.80.0; the charts are tested with ${pinned}`,
                "up dev",
            );
        });

        it("finds those of another release, which Helm would not touch", async () => {
            await expectFinding(
                checkOf("CRDs", items(crd(pinned, "monitoring"))),
                "problem",
                "belong to monitoring",
                "annotate --overwrite crd/podmonitors.monitoring.coreos.com meta.helm.sh/release-name=prometheus-operator-crds",
            );
        });
    });

    describe("Helm releases", () => {
        const revision = (version: number, status: string, minutesAgo = 60) => ({
            metadata: {
                name: `sh.helm.release.v1.kps.v${version}`,
                labels: {
                    owner: "helm",
                    name: "kps",
                    status,
                    version: String(version),
                    modifiedAt: String(now / 1000 - minutesAgo * 60),
                },
            },
            data: { release: "canary" },
        });
        const check = (asked: Asked[], ...items: object[]) =>
            checkOf("Helm releases", { [`${namespacePath}/secrets`]: found({ items }) }, {}, asked);

        it("is content when the latest revision is deployed, and asks for labels alone", async () => {
            const asked: Asked[] = [];
            await expectOk(check(asked, revision(9, "failed"), revision(10, "deployed")));
            expect(asked).toEqual([
                { path: expect.stringContaining("labelSelector=owner%3Dhelm") as string, content: "metadata" },
            ]);
        });

        it.each(["pending-upgrade", "pending-rollback", "failed"])("finds one at %s", async (status) => {
            await expectFinding(
                check([], revision(1, "deployed"), revision(2, status)),
                "problem",
                `kps is stuck at ${status} (revision 2)`,
                "helm --kube-context kind-customer-1 rollback kps --namespace observability",
            );
        });

        it("finds a first one, to which there is nothing to go back", async () => {
            await expectFinding(
                check([], revision(1, "pending-install")),
                "problem",
                "pending-install",
                "uninstall kps",
            );
        });

        it("takes one that has just begun for an `up` under way", async () => {
            await expectFinding(
                check([], revision(2, "pending-upgrade", 5)),
                "warning",
                "may be at it",
                "rollback kps",
            );
        });
    });

    describe("pods", () => {
        const pod = (ready: boolean, changes: object = {}, minutesAgo = 60) => ({
            metadata: {
                name: "prom-agent-kps-0",
                creationTimestamp: new Date(now - minutesAgo * 60_000).toISOString(),
            },
            status: {
                phase: "Running",
                conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
                ...changes,
            },
        });
        const check = (...items: object[]) => checkOf("pods", { [`${namespacePath}/pods`]: found({ items }) });

        it("is content when all are ready, or have done their work", async () => {
            await expectOk(check(pod(true), pod(false, { phase: "Succeeded" })));
        });

        it("finds one that is not, and why", async () => {
            const waiting = {
                containerStatuses: [{ ready: false, state: { waiting: { reason: "CrashLoopBackOff" } } }],
            };
            const fix = "kubectl --context kind-customer-1 --namespace observability describe pod prom-agent-kps-0";
            await expectFinding(check(pod(false, waiting)), "problem", "not ready: CrashLoopBackOff", fix);
            const conditions = [{ type: "PodScheduled", status: "False", message: "0/3 nodes are available" }];
            await expectFinding(check(pod(false, { conditions })), "problem", "0/3 nodes are available", fix);
            await expectFinding(check(pod(false, waiting, 5)), "warning", "CrashLoopBackOff", fix);
        });
    });

    describe("certificates", () => {
        const secret = (name: string, pem: string): Routes => ({
            [`${namespacePath}/secrets/${name}`]: found({
                data: { "tls.crt": Buffer.from(pem).toString("base64"), "tls.key": "canary" },
            }),
        });

        it("remote-write: is content, and finds its expiry and another tenant", async () => {
            const routes = secret(objects.remoteWriteTls, await certificate(clientTerms("acme")));
            const at = (days: number, tenant = "acme") =>
                checkOf("remote-write certificate", routes, { tenant }, [], Date.now() + days * day);
            await expectOk(at(0));
            expect(JSON.stringify(await look(at(0)))).not.toContain("canary");
            await expectFinding(at(310), "warning", "in 54 days", "npm run fleet -- up dev");
            await expectFinding(at(366), "problem", "expired on", "npm run fleet -- up dev");
            await expectFinding(
                at(0, "globex"),
                "problem",
                "is for acme and not for globex",
                "npm run fleet -- up dev",
            );
        });

        it("receive, on the observer: is content, and finds its expiry and a missing name", async () => {
            const at = async (days: number, host: string) => {
                const routes = secret(objects.receiveTls, await certificate(serverTerms([host])));
                return checkOf("receive certificate", routes, { tenant: undefined }, [], Date.now() + days * day);
            };
            await expectOk(await at(0, "172.18.0.2"));
            await expectFinding(await at(366, "172.18.0.2"), "problem", "expired on", "npm run fleet -- up dev");
            await expectFinding(
                await at(0, "other.example.org"),
                "problem",
                "not for 172.18.0.2",
                "npm run fleet -- up dev",
            );
        });

        it("finds a Secret without one", async () => {
            const empty = { [`${namespacePath}/secrets/${objects.remoteWriteTls}`]: found({ data: {} }) };
            await expectFinding(checkOf("remote-write certificate", empty), "problem", "has no tls.crt", "up dev");
        });
    });
});
