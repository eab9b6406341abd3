import { nearest, setSecretCommand, written } from "../../config/problems";
import { namespace } from "../../config/schema";
import type { StackConfig } from "../../config/schema";
import { certificateFindings } from "./certificates";
import { Failure, ok, problem, quoted, reason, type Check, type Finding } from "./check";
import type { Cluster, Connection, Kubeconfig } from "./cluster";
import { stackOptions, type Subject } from "./subject";
import type { Surroundings } from "./surroundings";

/** A cluster of the environment, and how it is reached. */
export interface Place {
    name: string;
    /** What its access is in the config: a section, and of a list the position. */
    path: ["observer"] | ["customers", number];
    access: Pick<StackConfig["observer"], "context" | "stackReference" | "kubeconfig">;
    /** The tenant of a customer; of the observer, unset. */
    tenant?: string;
}

/** A cluster that can be asked: filled by {@link kubeconfigCheck} for the checks that come after it. */
export interface Reached {
    place: Place;
    connection?: Connection;
}

/** The API of a cluster whose kubeconfig has been found. */
export function apiOf({ place, connection }: Reached): Cluster {
    if (connection === undefined) {
        throw new Failure(`nobody has looked for the kubeconfig of ${place.name}`);
    }
    return connection.cluster;
}

/** A cluster's kubeconfig is there, and has what it takes. */
export function kubeconfigCheck(reached: Reached, subject: Subject): Check {
    const { place } = reached;
    return {
        title: "kubeconfig",
        examine: async () => {
            const { lookedAt, kubeconfig } = await open(place, subject);
            const context = place.access.context ?? kubeconfig.currentContext ?? "";
            if (!kubeconfig.contexts.includes(context)) {
                return {
                    lookedAt,
                    findings: [unknownContext(context, kubeconfig.contexts, place, subject)],
                    blocks: "there is no way to the cluster",
                };
            }
            const connection = kubeconfig.connection(context);
            const findings = connectionFindings(connection, place, subject);
            if (findings.some(({ level }) => level === "problem")) {
                return { lookedAt, findings, blocks: "the kubeconfig does not work" };
            }
            reached.connection = connection;
            return { lookedAt, findings };
        },
    };
}

async function open(
    { access, path }: Place,
    { pulumi, surroundings, written: file }: Subject,
): Promise<{ lookedAt: string; kubeconfig: Kubeconfig }> {
    if (access.context !== undefined) {
        return {
            lookedAt: `context ${access.context}`,
            kubeconfig: await surroundings.kubeconfig("ambient"),
        };
    }
    if (access.stackReference !== undefined) {
        const { stack, output } = access.stackReference;
        const outputs = await pulumi.secretOutputs(stack);
        if (outputs[output] === undefined) {
            throw new Failure(
                `stack ${stack} has no output ${output}${suggestion(output, Object.keys(outputs))}`,
                `pulumi stack output --stack ${quoted(stack)}`,
            );
        }
        return {
            lookedAt: `output ${output} of stack ${stack}`,
            kubeconfig: await parsed(outputs[output], surroundings, `pulumi stack output --stack ${quoted(stack)}`),
        };
    }
    const key = `${namespace}:${path[0]}`;
    const section: unknown = file.encrypted.has(key) ? await pulumi.decrypted(key) : file.config[key];
    const entry = (path[1] === undefined ? section : (section as unknown[])[path[1]]) as { kubeconfig?: unknown };
    return {
        lookedAt: written([...path, "kubeconfig"]),
        kubeconfig: await parsed(
            entry.kubeconfig,
            surroundings,
            [setSecretCommand([...path, "kubeconfig"]), ...stackOptions(file)].join(" "),
        ),
    };
}

/** A stack may give its kubeconfig as an object. */
async function parsed(kubeconfig: unknown, { kubeconfig: read }: Surroundings, fix: string): Promise<Kubeconfig> {
    try {
        return await read({ text: typeof kubeconfig === "string" ? kubeconfig : JSON.stringify(kubeconfig) });
    } catch (error) {
        throw new Failure(reason(error), fix);
    }
}

function unknownContext(context: string, contexts: string[], place: Place, { written: file }: Subject): Finding {
    if (place.access.context === undefined) {
        return problem(
            "the kubeconfig has no current context",
            "kubectl config use-context NAME, in the kubeconfig given",
        );
    }
    const meant = nearest(context, contexts);
    const key = quoted(written([...place.path, "context"]));
    return problem(
        `there is no context ${context}${suggestion(context, contexts)}`,
        meant === undefined
            ? "kubectl config get-contexts   # KUBECONFIG or ~/.kube/config must have it"
            : ["pulumi config set --path", key, quoted(meant), ...stackOptions(file)].join(" "),
    );
}

function suggestion(word: string, known: string[]): string {
    const meant = nearest(word, known);
    return meant === undefined ? "" : `; did you mean ${meant}?`;
}

function connectionFindings(connection: Connection, place: Place, { surroundings }: Subject): Finding[] {
    const { program, server, clientCertificate } = connection;
    return [
        ok(server),
        ...(program !== undefined && !program.includes("/") && surroundings.onPath(program).length === 0
            ? [
                  problem(
                      `its credentials come from ${program}, which is not on PATH`,
                      `command -v ${quoted(program)}   # install it`,
                  ),
              ]
            : []),
        ...(clientCertificate === undefined
            ? []
            : certificateFindings(clientCertificate, {
                  what: "client certificate",
                  now: surroundings.now(),
                  warnDays: 7,
                  fix: `get a new kubeconfig for ${place.name}; on kubeadm: kubeadm certs renew admin.conf`,
              })),
    ];
}

/** The programs that a fix runs on one cluster. */
export type Programs = Record<"kubectl" | "helm", string>;

/**
 * A command to paste for one cluster.
 *
 * @param command the command, with these for `kubectl` and `helm`
 */
export function onCluster(
    { access, path, name }: Place,
    { written: file }: Subject,
    command: (programs: Programs) => string,
): string {
    if (access.context !== undefined) {
        const context = quoted(access.context);
        return command({ kubectl: `kubectl --context ${context}`, helm: `helm --kube-context ${context}` });
    }
    const source =
        access.stackReference === undefined
            ? ["pulumi config get --path", quoted(written([...path, "kubeconfig"])), ...stackOptions(file)]
            : [
                  "pulumi stack output --show-secrets --stack",
                  quoted(access.stackReference.stack),
                  quoted(access.stackReference.output),
              ];
    // A file, because kubectl and helm read it more than once.
    const kubeconfig = `~/.kube/${name}`;
    const withIt = (program: string) => `KUBECONFIG=${kubeconfig} ${program}`;
    return `(umask 077; ${source.join(" ")} > ${kubeconfig}) && ${command({ kubectl: withIt("kubectl"), helm: withIt("helm") })}`;
}
