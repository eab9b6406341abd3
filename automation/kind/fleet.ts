import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inParallel } from "../parallel";
import type { Progress } from "../fleet/progress";
import { belongsTo, clusterConfig, clustersOf, type KindCluster } from "./clusters";
import { checkEnvironmentFile, writeEnvironmentFile } from "./environmentFile";
import { createCluster, deleteCluster, existingClusters, KindError, kubeconfigOf } from "./kindProgram";
import { mergedKubeconfig } from "./kubeconfig";

/** Where a fleet's files are. */
export interface FleetFiles {
    /** The environment's stack file. */
    stack: string;
    /** The kubeconfig of all its clusters. */
    kubeconfig: string;
    /** The directory of the kubeconfig, of logs, and of what else this command remembers. */
    directory: string;
}

/** The files of an environment's fleet in the program's directory. */
export function fleetFiles(environment: string, programDirectory: string): FleetFiles {
    const directory = join(programDirectory, "out", "kind", environment);
    return {
        stack: join(programDirectory, `Pulumi.${environment}.yaml`),
        kubeconfig: join(directory, "kubeconfig"),
        directory,
    };
}

/** What became of a cluster. */
export interface ClusterResult {
    cluster: string;
    outcome: "made" | "kept" | "deleted" | "failed";
    seconds: number;
    /** Why it failed. */
    why?: string;
}

/** Which fleet to make. */
export interface FleetRequest {
    environment: string;
    /** How many customer clusters. */
    customers: number;
    /** The nodes' image; kind's default when unset. */
    image?: string;
    files: FleetFiles;
    pace: Pace;
}

/**
 * Makes the clusters of an environment that are not there yet, its kubeconfig and its stack file. Those that it has besides
 * are kept as well. A cluster that cannot be
 * made stops no other; the stack file then lacks it, and is not written without an observer.
 *
 * @throws UsageError when kind cannot be used here, or the stack file is somebody else's
 */
export async function makeFleet({
    environment,
    customers,
    image,
    files,
    pace,
}: FleetRequest): Promise<ClusterResult[]> {
    checkEnvironmentFile(files.stack);
    const existing = new Set(await existingClusters());
    const asked = clustersOf(environment, customers);
    const besides = [...existing].filter(
        (name) => belongsTo(environment, name) && !asked.some((cluster) => cluster.name === name),
    );
    const clusters = [...asked, ...besides.map((name): KindCluster => ({ name, role: "customer" }))];
    mkdirSync(files.directory, { recursive: true, mode: 0o700 });
    const results = await withScratch((scratch) =>
        forEachCluster(clusters, pace, async ({ name, role }, report) => {
            const unfinished = join(files.directory, `${name}.unfinished`);
            if (existing.has(name) && !existsSync(unfinished)) {
                return "kept";
            }
            // kind lists a cluster whose making was interrupted like any other, and cannot complete it.
            writeFileSync(unfinished, "");
            if (existing.has(name)) {
                report("Deleting what an interrupted run has left");
                await deleteCluster(name, join(scratch, name));
            }
            try {
                await createCluster({
                    name,
                    config: clusterConfig(role),
                    image,
                    kubeconfig: join(scratch, name),
                    report,
                });
            } catch (error) {
                throw error instanceof KindError ? withLog(error, join(files.directory, `${name}.log`)) : error;
            }
            rmSync(unfinished);
            return "made";
        }),
    );
    const { running, kubeconfigs } = await reachable(results);
    writeFileSync(files.kubeconfig, mergedKubeconfig(kubeconfigs), { mode: 0o600 });
    const [observer, ...others] = clusters.map(({ name }) => name);
    if (running.has(observer ?? "")) {
        writeEnvironmentFile(
            files.stack,
            environment,
            others.filter((name) => running.has(name)),
        );
    }
    return results;
}

/** Keeps kind's whole log of a failure, and says where. */
function withLog(error: KindError, path: string): KindError {
    writeFileSync(path, `${error.log}\n`);
    return new KindError(`${error.message} (${path})`, error.log);
}

/** Asks for the kubeconfig of every cluster; one that has none has failed. */
async function reachable(results: ClusterResult[]): Promise<{ running: Set<string>; kubeconfigs: string[] }> {
    const running = new Map<string, string>();
    for (const result of results.filter(({ outcome }) => outcome !== "failed")) {
        try {
            running.set(result.cluster, await kubeconfigOf(result.cluster));
        } catch (error) {
            result.outcome = "failed";
            result.why = `no kubeconfig: ${messageOf(error)}; delete it (kind delete cluster --name ${result.cluster}) and run this again`;
        }
    }
    return { running: new Set(running.keys()), kubeconfigs: [...running.values()] };
}

/**
 * Deletes the clusters of an environment, however many there are, and their kubeconfig. The stack file stays.
 *
 * @throws UsageError when kind cannot be used here, or the stack file is somebody else's
 */
export async function deleteFleet({
    environment,
    files,
    pace,
}: Pick<FleetRequest, "environment" | "files" | "pace">): Promise<ClusterResult[]> {
    checkEnvironmentFile(files.stack);
    const clusters = (await existingClusters())
        .filter((name) => belongsTo(environment, name))
        .map((name) => ({ name }));
    const results = await withScratch((scratch) =>
        forEachCluster(clusters, pace, async ({ name }, report) => {
            report("Deleting");
            await deleteCluster(name, join(scratch, name));
            return "deleted";
        }),
    );
    if (results.every(({ outcome }) => outcome === "deleted")) {
        rmSync(files.directory, { recursive: true, force: true });
    }
    return results;
}

/** How clusters are gone through. */
export interface Pace {
    /** How many at once. */
    parallel: number;
    progress: Progress;
}

/** Does something with each cluster, however many fail; returns what became of them. */
async function forEachCluster<Cluster extends Pick<KindCluster, "name">>(
    clusters: Cluster[],
    { parallel, progress }: Pace,
    act: (cluster: Cluster, report: (text: string) => void) => Promise<ClusterResult["outcome"]>,
): Promise<ClusterResult[]> {
    progress.begin(clusters.map(({ name }) => name));
    const results = await inParallel(clusters, parallel, async (cluster): Promise<ClusterResult> => {
        const begun = Date.now();
        const result = await act(cluster, (text) => progress.say(cluster.name, text)).then(
            (outcome) => ({ outcome }),
            (error: unknown) => ({ outcome: "failed" as const, why: messageOf(error) }),
        );
        progress.end(cluster.name, result.outcome, result.outcome !== "failed");
        return { cluster: cluster.name, seconds: (Date.now() - begun) / 1000, ...result };
    });
    await progress.close();
    return results;
}

/** A directory for the kubeconfigs that kind insists on writing. */
async function withScratch<Result>(use: (directory: string) => Promise<Result>): Promise<Result> {
    const directory = mkdtempSync(join(tmpdir(), "fleet-kind-"));
    try {
        return await use(directory);
    } finally {
        rmSync(directory, { recursive: true });
    }
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
