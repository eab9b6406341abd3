import { namespace } from "../../platform/names";
import { apiOf, onCluster, type Reached } from "./access";
import { Failure, ok, problem, reason, warning, type Check, type Examined, type Finding } from "./check";
import type { Answer, Cluster } from "./cluster";
import type { Subject } from "./subject";

/** The oldest Kubernetes that the platform runs on: major and minor. */
const oldestKubernetes = [1, 30] as const;

/** Seconds between two clocks from which certificates and samples suffer. */
const skew = { warning: 30, problem: 120 };

/** The API server answers, is new enough, has the right time and knows who asks. */
export function apiServer(reached: Reached, subject: Subject): Check {
    const ask = onCluster(reached.place, subject, ({ kubectl }) => `${kubectl} get --raw /version`);
    const signIn = onCluster(reached.place, subject, ({ kubectl }) => `${kubectl} auth whoami`);
    return {
        title: "API server",
        whenLate: `${ask}   # a firewall or a missing VPN drops packets without a word; for a slow one: --timeout`,
        examine: async (signal): Promise<Examined> => {
            const cluster = apiOf(reached);
            const lookedAt = reached.connection?.server ?? "";
            const begun = subject.surroundings.now();
            const version = await cluster.get("/version", "all", signal).catch((error: unknown) => {
                throw withFix(error, ask);
            });
            const clock = clockFindings(version, (begun + subject.surroundings.now()) / 2);
            if (version.status === 401) {
                const text = "the API server does not know whom the kubeconfig's credentials are for (401)";
                return {
                    lookedAt,
                    findings: [problem(text, `${signIn}   # then sign in again, or renew the token`), ...clock],
                    blocks: "the API server refuses the credentials",
                };
            }
            if (version.status !== 200) {
                return {
                    lookedAt,
                    findings: [problem(`the API server answered ${version.status}`, ask), ...clock],
                    blocks: "the API server does not answer as one",
                };
            }
            const user = await whoAmI(cluster, signal);
            return user === undefined
                ? {
                      lookedAt,
                      findings: [
                          problem(
                              "the API server takes the kubeconfig's credentials for nobody's",
                              `${signIn}   # then sign in again, or renew the token`,
                          ),
                          ...clock,
                      ],
                      blocks: "the API server refuses the credentials",
                  }
                : { lookedAt, findings: [versionFinding(version), ok(`signed in as ${user}`), ...clock] };
        },
    };
}

/** The same error with something to do. */
function withFix(error: unknown, fix: string): unknown {
    return error instanceof Failure && error.fix !== undefined
        ? error
        : Object.assign(new Failure(reason(error), fix), { cause: error });
}

function versionFinding({ body }: Answer): Finding {
    const { gitVersion = "" } = (body ?? {}) as { gitVersion?: string };
    const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(gitVersion) ?? [];
    const [oldestMajor, oldestMinor] = oldestKubernetes;
    return major === undefined || minor === undefined
        ? warning("the API server does not say its version")
        : Number(major) < oldestMajor || (Number(major) === oldestMajor && Number(minor) < oldestMinor)
          ? problem(
                `Kubernetes ${gitVersion} is older than ${oldestKubernetes.join(".")}`,
                "upgrade the control plane first",
            )
          : ok(`Kubernetes ${gitVersion}`);
}

/** The Date header has whole seconds. */
function clockFindings({ date }: Answer, now: number): Finding[] {
    const there = Date.parse(date ?? "");
    if (Number.isNaN(there)) {
        return [];
    }
    const seconds = Math.round((there - now) / 1000);
    if (Math.abs(seconds) <= skew.warning) {
        return [];
    }
    const text = `its clock is ${Math.abs(seconds)} s ${seconds > 0 ? "ahead of" : "behind"} this machine's`;
    const fix = "timedatectl set-ntp true   # on this machine, or on the control plane's";
    return [Math.abs(seconds) > skew.problem ? problem(text, fix) : warning(text, fix)];
}

/** Who asks, as the API server sees it; undefined for nobody. */
async function whoAmI(cluster: Cluster, signal: AbortSignal): Promise<string | undefined> {
    const { status, body } = await cluster.create(
        "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
        signal,
    );
    const user = (body as { status?: { userInfo?: { username?: string } } } | undefined)?.status?.userInfo?.username;
    return status === 401 || user === "system:anonymous" ? undefined : (user ?? "somebody");
}

/** What `up` makes that not everybody may make. */
const wanted = [
    { group: "", resource: "namespaces" },
    { group: "apiextensions.k8s.io", resource: "customresourcedefinitions" },
    { group: "rbac.authorization.k8s.io", resource: "clusterroles" },
    { group: "rbac.authorization.k8s.io", resource: "clusterrolebindings" },
    { group: "", resource: "secrets", namespace },
];

/** Whoever asks may make what `up` makes. */
export function permissions(reached: Reached, subject: Subject): Check {
    return {
        title: "permissions",
        examine: async (signal) => {
            const cluster = apiOf(reached);
            const reviews = await Promise.all(
                wanted.map(async (attributes) => ({
                    attributes,
                    allowed: await mayCreate(cluster, attributes, signal),
                })),
            );
            const refused = reviews.flatMap(({ attributes, allowed }) => (allowed ? [] : [attributes.resource]));
            return {
                lookedAt: `may create ${wanted.map(({ resource }) => resource).join(", ")}`,
                findings:
                    refused.length === 0
                        ? [ok("allowed")]
                        : [
                              problem(
                                  `may not create ${refused.join(", ")}`,
                                  onCluster(
                                      reached.place,
                                      subject,
                                      ({ kubectl }) =>
                                          `${kubectl} create clusterrolebinding fleet-observability --clusterrole cluster-admin --user USER   # as an administrator; USER is whom ${kubectl} auth whoami names`,
                                  ),
                              ),
                          ],
            };
        },
    };
}

async function mayCreate(cluster: Cluster, attributes: object, signal: AbortSignal): Promise<boolean> {
    const { body } = await cluster.create(
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        {
            apiVersion: "authorization.k8s.io/v1",
            kind: "SelfSubjectAccessReview",
            spec: { resourceAttributes: { verb: "create", ...attributes } },
        },
        signal,
    );
    return (body as { status?: { allowed?: boolean } } | undefined)?.status?.allowed === true;
}
