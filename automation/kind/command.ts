import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Command } from "commander";
import { sections } from "../../config/schema";
import { wholeNumber } from "../../local/wholeNumber";
import { UsageError } from "../commandLine";
import { programDirectory } from "../stackFile";
import { table } from "../textTable";
import { lineProgress, treeProgress } from "../fleet/progress";
import { nodePorts } from "./clusters";
import { deleteFleet, fleetFiles, makeFleet, type ClusterResult, type FleetFiles, type Pace } from "./fleet";

/** What the command leaves to others. */
export interface Surroundings {
    /** Onboards customers of an environment by name, with these environment variables besides; returns the exit code. */
    onboard: (environment: string, customers: string[], variables: NodeJS.ProcessEnv) => Promise<number>;
    /** The directory of Pulumi.yaml, where the stack file is written. */
    directory: string;
    /** Where lines for people go. */
    write: (line: string) => void;
}

interface Options {
    customers: number;
    parallel: number;
    image?: string;
    clustersOnly?: boolean;
    delete?: boolean;
}

/**
 * `fleet kind`: a whole fleet in kind on this machine. The process ends with 0; with 1 when a cluster failed, with 2 for a
 * mistake of its user, and with the onboarding's own code when that is another than 0.
 */
export function kindCommand(surroundings: Surroundings = thisProgram): Command {
    return new Command("kind")
        .description(
            "Makes an observer and customer clusters in kind on this machine, writes their stack file and onboards them.",
        )
        .argument("[environment]", "the environment and its stack", "kind")
        .option("--customers <number>", "how many customer clusters, 1 to 100", wholeNumber(1, 100), 2)
        .option("--parallel <number>", "how many clusters to make at once", wholeNumber(1, 20), 2)
        .option("--image <image>", "the nodes' image, such as kindest/node:v1.34.0; kind's default when unset")
        .option("--clusters-only", "make the clusters, the kubeconfig and the stack file, and stop")
        .option("--delete", "delete the clusters of the environment; `fleet destroy` before it empties Pulumi's state")
        .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
        .action(async (environment: string, options: Options) => {
            try {
                const files = fleetFiles(checkedName(environment), surroundings.directory);
                const run = options.delete === true ? remove : make;
                process.exitCode = await run({ ...options, environment, files }, surroundings);
            } catch (error) {
                if (!(error instanceof UsageError)) {
                    throw error;
                }
                console.error(error.message);
                process.exitCode = 2;
            }
        });
}

function checkedName(environment: string): string {
    if (!sections.environment.safeParse(environment).success) {
        throw new UsageError(
            `${environment} is not an environment name: 1 to 20 characters of a-z, 0-9 and hyphens, not at the ends`,
        );
    }
    return environment;
}

type Request = Options & { environment: string; files: FleetFiles };

/** Makes the fleet and has it onboarded; returns the exit code. */
async function make(request: Request, { write, onboard }: Surroundings): Promise<number> {
    const { environment, files } = request;
    const results = await makeFleet({ ...request, pace: paceOf(request, write) });
    const [observer, ...customers] = results;
    const running = customers.filter(({ outcome }) => outcome !== "failed").map(({ cluster }) => cluster);
    write(`\n${resultTable(results)}\n`);
    if (results.some(({ outcome }) => outcome !== "failed")) {
        write(`export KUBECONFIG=${files.kubeconfig}`);
    }
    if (observer === undefined || observer.outcome === "failed" || running.length === 0) {
        write("Nothing is onboarded: that takes the observer and a customer. Mend the reason and run this again.");
        return 1;
    }
    if (request.clustersOnly !== true) {
        const onboarding = await onboard(environment, running, { KUBECONFIG: files.kubeconfig });
        if (onboarding !== 0) {
            return onboarding;
        }
        write(
            `Grafana: http://127.0.0.1:${nodePorts.grafana} (admin, password: pulumi stack output -s ${environment} ` +
                `--show-secrets grafanaAdminPassword); Query: http://127.0.0.1:${nodePorts.query}`,
        );
    }
    return running.length < customers.length ? 1 : 0;
}

/** Deletes the fleet's clusters; returns the exit code. */
async function remove(request: Request, { write }: Surroundings): Promise<number> {
    const { environment } = request;
    const results = await deleteFleet({ ...request, pace: paceOf(request, write) });
    write(
        results.length === 0 ? `kind has no cluster of the environment ${environment}.` : `\n${resultTable(results)}`,
    );
    write(
        `The stack file and Pulumi's state stay. Where \`fleet destroy\` was not run before, the state has resources that ` +
            `nobody can delete any more; \`pulumi stack rm ${environment} --force\` forgets them.`,
    );
    return results.every(({ outcome }) => outcome === "deleted") ? 0 : 1;
}

function paceOf({ parallel }: Options, write: Surroundings["write"]): Pace {
    return { parallel, progress: process.stdout.isTTY ? treeProgress() : lineProgress(write) };
}

/** The results, a line a cluster. */
function resultTable(results: ClusterResult[]): string {
    const rows = results.map(({ cluster, outcome, seconds, why }) => [
        cluster,
        outcome,
        `${seconds.toFixed(0)} s`,
        why ?? "",
    ]);
    return table(rows);
}

/** Onboards with `fleet onboard`, in a process that has the fleet's kubeconfig; returns its exit code. */
async function runOnboard(environment: string, customers: string[], variables: NodeJS.ProcessEnv): Promise<number> {
    const fleet = join(programDirectory, "automation", "fleet.ts");
    // Ctrl-C reaches that process too, which ends in its own time.
    const patience = () => undefined;
    process.on("SIGINT", patience);
    try {
        const args = ["--import", "tsx", fleet, "onboard", environment, ...customers, "--yes"];
        const child = spawn(process.execPath, args, { stdio: "inherit", env: { ...process.env, ...variables } });
        const [code] = (await once(child, "close")) as [number | null];
        return code ?? 1;
    } finally {
        process.off("SIGINT", patience);
    }
}

const thisProgram: Surroundings = {
    onboard: runOnboard,
    directory: programDirectory,
    write: (line) => void process.stdout.write(`${line}\n`),
};
