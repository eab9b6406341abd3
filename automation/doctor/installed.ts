import { prometheusOperatorCrds } from "../../charts/coordinates";
import { clientTerms, serverTerms } from "../../platform/certificates";
import { crdsRelease, namespace, objects } from "../../platform/names";
import { apiOf, onCluster, type Reached } from "./access";
import { certificateFindings } from "./certificates";
import { Failure, ok, problem, skipped, warning, type Check, type Finding } from "./check";
import type { Cluster } from "./cluster";
import { agentEndpoint } from "./network";
import { upCommand, type Subject } from "./subject";

/** Milliseconds for which something that is not ready may just be starting. */
const startingTime = 10 * 60_000;

/** What is read of an object's metadata. */
interface Metadata {
    name: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    creationTimestamp?: string;
    deletionTimestamp?: string;
}

/** What of the platform stands in a cluster, and what is wrong with it. */
export function installedChecks(reached: Reached, subject: Subject): Check[] {
    const certificate =
        reached.place.tenant === undefined
            ? receiveCertificate(reached, subject)
            : remoteWriteCertificate(reached, subject, reached.place.tenant);
    return [
        namespaceState(reached, subject),
        customResourceDefinitions(reached, subject),
        helmReleases(reached, subject),
        pods(reached, subject),
        certificate,
    ];
}

/** The platform's namespace is there or can be made: not on its way out. */
function namespaceState(reached: Reached, subject: Subject): Check {
    return {
        title: "namespace",
        examine: async (signal) => {
            const found = await read<{
                metadata: Metadata;
                status?: { conditions?: { type: string; status: string; message?: string }[] };
            }>(apiOf(reached), `/api/v1/namespaces/${namespace}`, "all", signal);
            const lookedAt = `namespace ${namespace}`;
            if (found === undefined) {
                return { lookedAt, findings: [ok("not there yet")] };
            }
            if (found.metadata.deletionTimestamp === undefined) {
                return { lookedAt, findings: [ok("active")] };
            }
            const why = (found.status?.conditions ?? [])
                .filter(({ type, status }) => status === "True" && type !== "NamespaceDeletionContentFailure")
                .flatMap(({ message }) => message ?? []);
            return { lookedAt, findings: [problem(terminating(why), terminatingFix(why, reached, subject))] };
        },
    };
}

function terminating(why: string[]): string {
    return [`it is being deleted (Terminating), and nothing can be made in it`, ...why].join("; ");
}

function terminatingFix(why: string[], { place }: Reached, subject: Subject): string {
    // An API without a server behind it: nobody can say whether there is anything left of it.
    return onCluster(place, subject, ({ kubectl }) =>
        why.some((message) => message.includes("Discovery failed"))
            ? `${kubectl} get apiservices   # delete those that are not available, or mend what serves them`
            : `${kubectl} -n ${namespace} get $(${kubectl} api-resources --namespaced --verbs list -o name | paste -sd ,) --ignore-not-found   # what is left; remove its finalizers`,
    );
}

const crdSuffix = ".monitoring.coreos.com";
const versionAnnotation = "operator.prometheus.io/version";

/** The operator's CRDs are ours, and of the version that the charts are tested with. */
function customResourceDefinitions(reached: Reached, subject: Subject): Check {
    return {
        title: "CRDs",
        examine: async (signal) => {
            const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
            const list = await read<{ items: { metadata: Metadata }[] }>(apiOf(reached), path, "metadata", signal);
            const crds = (list?.items ?? [])
                .map(({ metadata }) => metadata)
                .filter(({ name }) => name.endsWith(crdSuffix));
            return {
                lookedAt: `*${crdSuffix}`,
                findings:
                    crds.length === 0
                        ? [ok("none yet")]
                        : [...versionFindings(crds, subject), ...ownerFindings(crds, reached, subject)],
            };
        },
    };
}

function versionFindings(crds: Metadata[], { written }: Subject): Finding[] {
    const pinned = prometheusOperatorCrds.appVersion.replace(/^v/, "");
    const versions = [...new Set(crds.map(({ annotations }) => annotations?.[versionAnnotation] ?? "unknown"))].sort();
    return versions.length === 1 && versions[0] === pinned
        ? [ok(`${crds.length} of version ${pinned}`)]
        : [
              warning(
                  `they are of version ${versions.join(", ")}; the charts are tested with ${pinned}`,
                  upCommand(written),
              ),
          ];
}

/** Helm takes over nothing that is not marked as its own: `up` would fail. */
function ownerFindings(crds: Metadata[], { place }: Reached, subject: Subject): Finding[] {
    const foreign = crds.filter(
        ({ annotations = {} }) =>
            annotations["meta.helm.sh/release-name"] !== crdsRelease ||
            annotations["meta.helm.sh/release-namespace"] !== namespace,
    );
    if (foreign.length === 0) {
        return [];
    }
    const owners = [
        ...new Set(foreign.map(({ annotations }) => annotations?.["meta.helm.sh/release-name"] ?? "nobody")),
    ];
    const names = foreign.map(({ name }) => `crd/${name}`).join(" ");
    return [
        problem(
            `${foreign.length} of them belong to ${owners.join(", ")} and not to the release ${crdsRelease}`,
            onCluster(
                place,
                subject,
                ({ kubectl }) =>
                    `${kubectl} annotate --overwrite ${names} meta.helm.sh/release-name=${crdsRelease} meta.helm.sh/release-namespace=${namespace} && ${kubectl} label --overwrite ${names} app.kubernetes.io/managed-by=Helm`,
            ),
        ),
    ];
}

/** No Helm release is left half done. Only the labels of Helm's Secrets are read. */
function helmReleases(reached: Reached, subject: Subject): Check {
    return {
        title: "Helm releases",
        examine: async (signal) => {
            const query = new URLSearchParams({
                labelSelector: "owner=helm",
                fieldSelector: "type=helm.sh/release.v1",
            });
            const path = `/api/v1/namespaces/${namespace}/secrets?${query.toString()}`;
            const list = await read<{ items: { metadata: Metadata }[] }>(apiOf(reached), path, "metadata", signal);
            const latest = new Map<string, { status: string; version: number; since: number }>();
            for (const { metadata } of list?.items ?? []) {
                const { name = "", status = "", version = "", modifiedAt } = metadata.labels ?? {};
                if (Number(version) > (latest.get(name)?.version ?? 0)) {
                    const since =
                        modifiedAt === undefined
                            ? Date.parse(metadata.creationTimestamp ?? "")
                            : Number(modifiedAt) * 1000;
                    latest.set(name, { status, version: Number(version), since });
                }
            }
            const stuck = [...latest].filter(([, { status }]) => status.startsWith("pending-") || status === "failed");
            return {
                lookedAt: `releases in namespace ${namespace}`,
                findings:
                    stuck.length === 0
                        ? [ok(latest.size === 0 ? "none yet" : [...latest.keys()].sort().join(", "))]
                        : stuck.map(([name, { status, version, since }]) => {
                              const fix = onCluster(reached.place, subject, ({ helm }) =>
                                  version > 1
                                      ? `${helm} rollback ${name} --namespace ${namespace}`
                                      : `${helm} uninstall ${name} --namespace ${namespace}   # its first revision: there is none to go back to`,
                              );
                              const recent = subject.surroundings.now() - since < startingTime;
                              return status !== "failed" && recent
                                  ? warning(`${name} is ${status}; an \`up\` may be at it right now`, fix)
                                  : problem(`${name} is stuck at ${status} (revision ${version})`, fix);
                          }),
            };
        },
    };
}

interface Pod {
    metadata: Metadata;
    status?: {
        phase?: string;
        conditions?: { type: string; status: string; message?: string }[];
        containerStatuses?: { ready: boolean; state?: { waiting?: { reason?: string } } }[];
    };
}

/** The agents' and the observer's pods are ready. */
function pods(reached: Reached, subject: Subject): Check {
    return {
        title: "pods",
        examine: async (signal) => {
            const path = `/api/v1/namespaces/${namespace}/pods?limit=500`;
            const list = await read<{ items: Pod[] }>(apiOf(reached), path, "all", signal);
            const running = (list?.items ?? []).filter(({ status }) => status?.phase !== "Succeeded");
            const unready = running.filter(({ status }) => condition(status, "Ready")?.status !== "True");
            return {
                lookedAt: `pods in namespace ${namespace}`,
                findings:
                    unready.length === 0
                        ? [ok(running.length === 0 ? "none yet" : `${running.length} ready`)]
                        : unready.map((pod) => {
                              const { name, creationTimestamp = "" } = pod.metadata;
                              const young = subject.surroundings.now() - Date.parse(creationTimestamp) < startingTime;
                              const fix = onCluster(
                                  reached.place,
                                  subject,
                                  ({ kubectl }) => `${kubectl} --namespace ${namespace} describe pod ${name}`,
                              );
                              return (young ? warning : problem)(`${name} is not ready: ${whyUnready(pod)}`, fix);
                          }),
            };
        },
    };
}

function condition(status: Pod["status"], wanted: string) {
    return status?.conditions?.find(({ type }) => type === wanted);
}

function whyUnready({ status }: Pod): string {
    const waiting = status?.containerStatuses?.flatMap(({ state }) => state?.waiting?.reason ?? []);
    const unscheduled = condition(status, "PodScheduled");
    return unscheduled?.status === "False"
        ? (unscheduled.message ?? "no node takes it")
        : (waiting?.[0] ?? status?.phase ?? "it has no status");
}

/** The agents' client certificate, which says who they are. */
function remoteWriteCertificate(reached: Reached, subject: Subject, tenant: string): Check {
    const { renewBeforeHours } = clientTerms(tenant);
    return secretCertificate(reached, subject, {
        title: "remote-write certificate",
        secret: objects.remoteWriteTls,
        what: "client certificate",
        warnDays: renewBeforeHours / 24,
        commonName: tenant,
    });
}

/** The receive routers' server certificate, which agents must believe. */
function receiveCertificate(reached: Reached, subject: Subject): Check {
    return secretCertificate(reached, subject, {
        title: "receive certificate",
        secret: objects.receiveTls,
        what: "server certificate",
        warnDays: serverTerms([]).renewBeforeHours / 24,
        hosts: [agentEndpoint(subject.settings).host],
    });
}

function secretCertificate(
    reached: Reached,
    subject: Subject,
    {
        title,
        secret,
        ...wishes
    }: { title: string; secret: string; what: string; warnDays: number; commonName?: string; hosts?: string[] },
): Check {
    return {
        title,
        examine: async (signal) => {
            const path = `/api/v1/namespaces/${namespace}/secrets/${secret}`;
            const found = await read<{ data?: Record<string, string> }>(apiOf(reached), path, "all", signal);
            const encoded = found?.data?.["tls.crt"];
            const lookedAt = `Secret ${secret}, key tls.crt`;
            const fix = upCommand(subject.written);
            if (encoded === undefined) {
                return {
                    lookedAt,
                    findings: [
                        found === undefined
                            ? skipped("not there yet")
                            : problem(`Secret ${secret} has no tls.crt`, fix),
                    ],
                };
            }
            const pem = Buffer.from(encoded, "base64").toString();
            return {
                lookedAt,
                findings: certificateFindings(pem, { ...wishes, now: subject.surroundings.now(), fix }),
            };
        },
    };
}

/** An object or a list; undefined where there is none. @throws Failure with what the API server says */
async function read<Body>(
    cluster: Cluster,
    path: string,
    content: "all" | "metadata",
    signal: AbortSignal,
): Promise<Body | undefined> {
    const { status, body } = await cluster.get(path, content, signal);
    if (status === 404) {
        return undefined;
    }
    if (status !== 200) {
        const message = (body as { message?: string } | undefined)?.message;
        throw new Failure(`the API server answered ${status}${message === undefined ? "" : `: ${message}`}`);
    }
    return body as Body;
}
