import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { once } from "node:events";
import { atLeast, written, type Version } from "../../local/version";
import { UsageError } from "../commandLine";

/** The oldest kind whose node image is a Kubernetes that the platform's charts take (1.30). */
const oldest: Version = [0, 23, 0];

/** What kind could not do. Its message is the reason in one line. */
export class KindError extends Error {
    constructor(
        reason: string,
        /** Everything that kind said. */
        readonly log: string,
    ) {
        super(reason);
    }
}

/** How a run of kind is fed and watched. */
interface Run {
    /** What it reads on stdin. */
    input?: string;
    /** Told what kind is doing, in its words. */
    report?: (text: string) => void;
}

/**
 * Runs `kind`, and returns what it prints on stdout.
 *
 * @throws UsageError when there is no kind on PATH, KindError when it fails
 */
async function kind(args: string[], { input, report }: Run = {}): Promise<string> {
    const child = spawn("kind", args, { env: process.env });
    // A kind that ends before it has read everything says itself why.
    child.stdin.on("error", () => undefined).end(input ?? "");
    const [stdout, stderr]: [string[], string[]] = [[], []];
    createInterface(child.stdout).on("line", (line) => void stdout.push(line));
    createInterface(child.stderr).on("line", (line) => {
        stderr.push(line);
        const step = /^ • (\S.*?)[^\x20-\x7e]*\s+\.\.\.\s*$/u.exec(line)?.[1];
        if (step !== undefined) {
            report?.(step.trim());
        }
    });
    const [code] = (await once(child, "close").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") {
            throw new UsageError(
                "kind is not on PATH. Install kind " +
                    `${written(oldest)} or newer: https://kind.sigs.k8s.io/docs/user/quick-start/#installation`,
            );
        }
        throw error;
    })) as [number | null];
    if (code !== 0) {
        throw new KindError(reasonIn(stderr), [...stdout, ...stderr].join("\n"));
    }
    return stdout.join("\n");
}

/** Why kind failed: what the program under it said, where that names an error, else kind's own error. */
function reasonIn(lines: string[]): string {
    const output = lines.findIndex((line) => line.startsWith("Command Output:"));
    const below = output === -1 ? [] : lines.slice(output).map((line) => line.replace("Command Output:", "").trim());
    const named = below.filter((line) => /error|cannot|denied|failed/i.test(line) && !line.includes("stack trace"));
    const own = lines.find((line) => line.startsWith("ERROR: "))?.replace("ERROR: ", "");
    return named.at(-1) ?? own ?? lines.filter((line) => line.trim() !== "").at(-1) ?? "kind said nothing";
}

/**
 * Sees to it that kind can be used here, and returns the names of the clusters that it has.
 *
 * @throws UsageError that says what is missing and how to get it
 */
export async function existingClusters(): Promise<string[]> {
    const version = await kind(["version"]);
    const match = /^kind v(\d+)\.(\d+)\.(\d+)/.exec(version);
    const found: Version | undefined =
        match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
    if (found === undefined || !atLeast(found, oldest)) {
        throw new UsageError(
            `${version.trim() || "The kind on PATH"} is not new enough. Install kind ${written(oldest)} or newer: ` +
                "https://kind.sigs.k8s.io/docs/user/quick-start/#installation",
        );
    }
    const clusters = await kind(["get", "clusters"]).catch((error: unknown) => {
        throw error instanceof KindError
            ? new UsageError(
                  `kind reaches no container engine: ${error.message}\n` +
                      "Start Docker, and see that `docker ps` works for you; for Podman, set KIND_EXPERIMENTAL_PROVIDER=podman.",
              )
            : error;
    });
    return clusters.split("\n").filter((line) => line !== "");
}

/** What a new cluster is made with. */
export interface CreateOptions {
    name: string;
    /** kind's config, YAML. */
    config: string;
    /** The node image; kind's own default when unset. */
    image?: string;
    /** A file for the context that kind writes; else it would change the user's own kubeconfig. */
    kubeconfig: string;
    report: (text: string) => void;
}

/** Makes a cluster and waits until its node is ready. Where kind fails, it removes what it had made. */
export async function createCluster({ name, config, image, kubeconfig, report }: CreateOptions): Promise<void> {
    const chosen = image === undefined ? [] : ["--image", image];
    await kind(
        ["create", "cluster", "--name", name, "--config", "-", "--wait", "5m", "--kubeconfig", kubeconfig, ...chosen],
        { input: config, report },
    );
}

/** A cluster's kubeconfig as YAML, for use on this machine. */
export function kubeconfigOf(name: string): Promise<string> {
    return kind(["get", "kubeconfig", "--name", name]);
}

/** Deletes a cluster, and its context from the file `kubeconfig`. One that is not there is no error. */
export async function deleteCluster(name: string, kubeconfig: string): Promise<void> {
    await kind(["delete", "cluster", "--name", name, "--kubeconfig", kubeconfig]);
}
