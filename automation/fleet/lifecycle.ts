import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { inHours } from "../../platform/duration";
import { UsageError } from "../commandLine";
import { programDirectory } from "../stackFile";
import { automationEngine } from "./automationEngine";
import { programDigest } from "./digest";
import type { Engine } from "./engine";
import { readInventoryFile, type Inventory } from "./inventory";
import { inParallel } from "../parallel";
import type { Progress } from "./progress";
import { findPulumi } from "./pulumiCli";
import { customerOf, isProvider } from "./resources";
import { unreached, type Row } from "./results";
import { all, failed, StackRuns } from "./stackRuns";
import { queryOf, type Query } from "./query";
import { statusOf, type FleetStatus } from "./status";
import { verify, type Verified } from "./verification";
import {
    observerKubeconfig,
    observerKubeconfigKey,
    pendingSecret,
    readFleet,
    stackName,
    stackText,
    writeStackFiles,
    type Fleet,
    type FleetStack,
} from "./stackFiles";

/** What every function of the fleet takes. */
export interface FleetOptions {
    /** The environment's stack. */
    environment: string;
    /** The directory of Pulumi.yaml; the program's own when unset. */
    directory?: string;
    /** How many stacks run at once; 4 when unset. */
    parallel?: number;
    progress?: Progress;
    /** Asks the engines to end; what they have begun they finish. */
    signal?: AbortSignal;
    /** Pulumi; the CLI on PATH when unset. */
    engine?: Engine;
    /** What is taken for the time; the clock when unset. */
    now?: Date;
}

/** Options of what changes the fleet. */
export interface UpOptions extends FleetOptions {
    /** A YAML file whose `customers` take the place of the inventory in the stack file. */
    inventory?: string;
    /** Only the stacks of these customers, and the environment's own. */
    only?: string[];
    /** Run also stacks that have not changed. */
    force?: boolean;
    /** Asked before anything is written or run; false stops it. Not asked when unset. */
    confirm?: (intent: Intent) => Promise<boolean>;
}

/** What a run is about to do. */
export interface Intent {
    /** Stacks that will run. */
    stacks: string[];
    /** Customers that are new. */
    come: string[];
    /** Customers that will be deleted. */
    go: string[];
    /** Shards that become empty, and whose stacks are removed. */
    removed: string[];
    /** What the config's owner should know. */
    warnings: string[];
}

/** What a run did. */
export interface FleetResult {
    environment: string;
    /** In the order of the stacks, environment first. */
    rows: Row[];
    /** Nothing was done, because whoever was asked did not want it. */
    declined?: boolean;
}

/** Brings the environment's stack and every shard up to date; a stack in which nothing has changed is not run. */
export async function up(options: UpOptions): Promise<FleetResult> {
    const fleet = read(options, withInventory(options));
    return change(options, fleet, { of: stacksOf(fleet, options.only) });
}

/** What {@link up} would do. Writes no stack file and makes no stack. */
export async function preview(options: UpOptions): Promise<FleetResult> {
    const fleet = read(options, withInventory(options));
    const runs = await runsOf(options, fleet);
    const files = mkdtempSync(join(tmpdir(), "fleet-"));
    try {
        for (const stack of [fleet.environment, ...fleet.shards]) {
            writeFileSync(join(files, basename(stack.file)), stackText(fleet, stack, pendingSecret), { mode: 0o600 });
        }
        const rows = await runs.each(chosen(fleet, stacksOf(fleet, options.only)), (stack) =>
            fleet.emptied.includes(stack) ? runs.previewDestroy(stack) : runs.preview(stack, files),
        );
        return { environment: options.environment, rows };
    } finally {
        rmSync(files, { recursive: true });
        await options.progress?.close();
    }
}

/**
 * Brings the stacks of the named customers up to date, and the environment's own where it has changed.
 *
 * @throws UsageError when a name is not in the inventory
 */
export async function onboard(options: UpOptions & { names: string[] }): Promise<FleetResult> {
    const fleet = read(options, withInventory(options));
    return change(options, fleet, { of: stacksOf(fleet, options.names) });
}

/** How Query is reached. */
export interface QueryOptions {
    /** Its URL; where unset, the one that the environment publishes, else a way through the observer's API server. */
    queryUrl?: string;
    /** Query itself. */
    query?: Query;
}

/**
 * Waits until samples of customers that have been onboarded come through Query.
 *
 * @param options.wait seconds; 600 when unset
 * @returns undefined where no sample can come, because `readiness` is skip
 */
export async function verifyOnboarded(
    options: FleetOptions & QueryOptions & { names: string[]; wait?: number; report?: (text: string) => void },
): Promise<Verified[] | undefined> {
    const fleet = read(options);
    const { settings } = fleet;
    if (settings.readiness === "skip") {
        return undefined;
    }
    const engine = await engineOf(options);
    const outputs = await engine.outputs(options.environment);
    return verify({
        query: await reachQuery(options, fleet, engine, outputs.queryUrl),
        customers: settings.customers.filter(({ name }) => options.names.includes(name)),
        settings,
        remoteWriteUrl: outputs.remoteWriteUrl ?? "",
        wait: options.wait ?? 600,
        signal: options.signal,
        report: options.report,
    });
}

/** How every customer stands: what the inventory, the stacks and Query say. */
export async function status(options: FleetOptions & QueryOptions): Promise<FleetStatus> {
    const fleet = read(options);
    const engine = await engineOf(options);
    const runs = await runsOf({ ...options, engine }, fleet);
    const { outputs } = await runs.about(fleet.environment);
    return statusOf(
        fleet,
        (stack) => runs.about(stack),
        () => reachQuery(options, fleet, engine, outputs.queryUrl),
        options.now ?? new Date(),
    );
}

async function reachQuery(
    { environment, queryUrl, query }: FleetOptions & QueryOptions,
    fleet: Fleet,
    engine: Engine,
    published: string | undefined,
): Promise<Query> {
    if (query !== undefined) {
        return query;
    }
    const { stackReference } = fleet.settings.observer;
    const kubeconfig = observerKubeconfig(fleet)
        ? () => engine.config(environment, observerKubeconfigKey)
        : stackReference === undefined
          ? undefined
          : () => engine.secretOutput(stackReference.stack, stackReference.output);
    return queryOf(fleet, { url: queryUrl, published, kubeconfig });
}

/** Until when the history of a cluster that leaves can be read; null for ever. */
export type KeptUntil = Record<"raw" | "fiveMinutes" | "oneHour", Date | null>;

/**
 * Removes customers: from the inventory, then from their clusters and the state.
 *
 * @param options.gone their clusters cannot be reached and never will be: their resources are dropped from the state alone
 * @throws UsageError when a name is not in the inventory, or the file of `inventory` still has it
 */
export async function offboard(
    options: UpOptions & { names: string[]; gone?: boolean },
): Promise<FleetResult & { keptUntil: KeptUntil }> {
    const { names, gone = false } = options;
    const now = options.now ?? new Date();
    const before = read(options);
    const { retention } = before.settings.observer;
    const keptUntil = Object.fromEntries(
        (["raw", "fiveMinutes", "oneHour"] as const).map((resolution) => {
            const hours = inHours(retention[resolution]);
            return [resolution, hours === Infinity ? null : new Date(now.getTime() + hours * 3_600_000)];
        }),
    ) as KeptUntil;
    const remaining = (inventory: Inventory): void => {
        withInventory(options)(inventory);
        const still = names.filter((name) => inventory.names.includes(name));
        if (options.inventory !== undefined && still.length > 0) {
            throw new UsageError(`${options.inventory} still has ${still.join(", ")}; remove the entry there first`);
        }
        inventory.remove(names);
    };
    const after = read(options, remaining);
    const runs = await runsOf(options, after);
    const holders = await inParallel(names, 1, async (name) =>
        before.inventory.names.includes(name)
            ? stackName(options.environment, before.inventory.find(name).shard)
            : ((await holderOf(name, runs, after)) ?? before.inventory.find(name).name),
    );
    const order = { of: holders, environmentLast: true, forget: gone ? names : [] };
    return { ...(await change(options, after, order)), keptUntil };
}

/** The stack that still holds a customer which has left the inventory: its removal may have failed. */
async function holderOf(name: string, runs: StackRuns, fleet: Fleet): Promise<string | undefined> {
    for (const stack of [fleet.environment, ...fleet.shards, ...fleet.emptied]) {
        const { outputs } = await runs.about(stack);
        if (outputs.customers?.[name] !== undefined) {
            return stack.name;
        }
    }
    return undefined;
}

/** Deletes everything: the shards first, because they write into the environment, then the environment's stack. */
export async function destroy(options: FleetOptions): Promise<FleetResult> {
    const fleet = read(options);
    const runs = await runsOf(options, fleet);
    try {
        const shards = await runs.each([...fleet.shards, ...fleet.emptied], (stack) => runs.destroy(stack));
        const rows = shards.some(failed)
            ? all(fleet.environment, (row) => unreached(row, "waits for the shards"))
            : await runs.each([fleet.environment], (stack) => runs.destroy(stack));
        return { environment: options.environment, rows: [...rows, ...shards] };
    } finally {
        await options.progress?.close();
    }
}

/**
 * Hands a customer's resources over to another stack of the environment, without touching its cluster.
 *
 * @param options.to a shard; undefined for the environment's own stack
 * @returns a row is failed where the cluster's resources were not left as they are
 * @throws UsageError when the name is not in the inventory, or no stack holds the cluster
 */
export async function move(options: FleetOptions & { name: string; to: string | undefined }): Promise<FleetResult> {
    const { environment, name, to } = options;
    const before = read(options);
    const from = before.inventory.find(name).shard;
    const after = read(options, (inventory) => inventory.set(name, "shard", to));
    const observer = after.settings.observer.name;
    const engine = await engineOf(options);
    const runs = await runsOf({ ...options, engine }, after);
    const target = stackName(environment, to);
    const existing = await engine.stacks();
    const of = async (stack: string) =>
        existing.has(stack)
            ? (await engine.resources(stack)).filter((urn) => customerOf(urn, observer) === name && !isProvider(urn))
            : [];
    // An earlier move may have been interrupted once the state had changed hands.
    const candidates = [...new Set([target, stackName(environment, from)])];
    const holders = await inParallel(candidates, 2, async (stack) => ({ stack, urns: await of(stack) }));
    const holder = holders.find(({ urns }) => urns.length > 0);
    if (holder === undefined) {
        throw new UsageError(
            `No stack holds ${name} yet; set its shard in the stack file and run: npm run fleet -- onboard ${environment} ${name}`,
        );
    }
    if (holder.stack === target && from === to) {
        throw new UsageError(`${name} is in stack ${target} already`);
    }
    try {
        if (holder.stack !== target) {
            if (!existing.has(target)) {
                await engine.create(target);
            }
            await engine.move(holder.urns, holder.stack, target);
        }
        writeStackFiles(after);
        // The stack that no longer has the cluster comes first: in two inventories, it would be expected twice.
        const source = holder.stack === target ? stackName(environment, from) : holder.stack;
        const inOrder = [...new Set([source, environment, target])];
        const stacks = [after.environment, ...after.shards, ...after.emptied];
        const rows: Row[] = [];
        for (const stack of inOrder.flatMap((one) => stacks.find((candidate) => candidate.name === one) ?? [])) {
            const run = () => (after.emptied.includes(stack) ? runs.destroy(stack) : runs.up(stack));
            rows.push(...(await runs.each([stack], run)));
        }
        return {
            environment,
            rows: rows.flatMap((row) => {
                const moved = row.customer && row.name === name;
                // What is left of it in its former stack is its provider, which is in the state alone.
                return moved && row.stack === source && !touched(row) ? [] : [moved ? untouched(row) : row];
            }),
        };
    } finally {
        await options.progress?.close();
    }
}

/** A row that fails where its resources were made anew. */
function untouched(row: Row): Row {
    return touched(row)
        ? { ...row, outcome: "failed", why: "the move has deleted or made some of its resources; see its cluster" }
        : row;
}

function touched({ changes }: Row): boolean {
    return changes.create + changes.delete + changes.replace > 0;
}

/** Which stacks a change runs. */
interface Order {
    /** Stacks by name; all when unset. The environment's own runs in any case, where it has changed. */
    of: string[] | undefined;
    /** Run the environment's stack after the shards, which then no longer need it. */
    environmentLast?: boolean;
    /** Customers whose resources are dropped from the state first, because nobody can delete them. */
    forget?: string[];
}

async function change(
    options: UpOptions,
    fleet: Fleet,
    { of, environmentLast = false, forget = [] }: Order,
): Promise<FleetResult> {
    const { environment, confirm, progress } = options;
    const runs = await runsOf(options, fleet);
    const stacks = chosen(fleet, of);
    const intent = await intentOf(runs, fleet, stacks);
    if ((await confirm?.(intent)) === false) {
        return { environment, rows: [], declined: true };
    }
    try {
        writeStackFiles(fleet);
        const run = (some: FleetStack[]) =>
            runs.each(some, async (stack) => [
                ...(await runs.forget(stack, forget)),
                ...(fleet.emptied.includes(stack) ? await runs.destroy(stack) : await runs.up(stack)),
            ]);
        const [own, shards] = [stacks.slice(0, 1), stacks.slice(1)];
        if (environmentLast) {
            const rows = await run(shards);
            return { environment, rows: [...(await run(own)), ...rows] };
        }
        const rows = await run(own);
        return { environment, rows: [...rows, ...(await run(shards))] };
    } finally {
        await progress?.close();
    }
}

/** @throws UsageError when a cluster would have to change its stack, which only {@link move} does without deleting it */
async function intentOf(runs: StackRuns, fleet: Fleet, stacks: FleetStack[]): Promise<Intent> {
    const about = await inParallel(stacks, 4, async (stack) => {
        const { outputs } = await runs.about(stack);
        const customers = Object.keys(outputs.customers ?? {});
        const held = stack.held.map(({ name }) => name);
        return {
            stack,
            due: fleet.emptied.includes(stack) || (await runs.due(stack, stackText(fleet, stack))),
            come: held.filter((name) => !customers.includes(name)),
            go: customers.filter((name) => !held.includes(name)),
        };
    });
    for (const { stack, go } of about) {
        for (const name of go.filter((one) => fleet.inventory.names.includes(one))) {
            if (await runs.holds(stack, name)) {
                const { shard } = fleet.inventory.find(name);
                throw new UsageError(
                    `${name} is in stack ${stack.name}, and the inventory says ${stackName(fleet.environment.name, shard)}: that ` +
                        "would delete its agents and make them anew. Put the entry back and move it:\n" +
                        `npm run fleet -- move ${fleet.environment.name} ${name} --to ${shard ?? "inline"}`,
                );
            }
        }
    }
    return {
        stacks: about.flatMap(({ stack, due }) => (due ? [stack.name] : [])),
        come: about.flatMap(({ come }) => come),
        go: about.flatMap(({ go }) => go),
        removed: fleet.emptied.filter((stack) => stacks.includes(stack)).map(({ name }) => name),
        warnings: fleet.warnings,
    };
}

function stacksOf(fleet: Fleet, customers: string[] | undefined): string[] | undefined {
    return customers?.map((name) => stackName(fleet.environment.name, fleet.inventory.find(name).shard));
}

/** The environment's stack first, then the shards that are meant. */
function chosen({ environment, shards, emptied }: Fleet, of: string[] | undefined): FleetStack[] {
    return [environment, ...[...shards, ...emptied].filter(({ name }) => of === undefined || of.includes(name))];
}

function read(
    { environment, directory = programDirectory }: FleetOptions,
    edit?: (inventory: Inventory) => void,
): Fleet {
    return readFleet(directory, environment, edit);
}

function withInventory({ inventory: file }: UpOptions): (inventory: Inventory) => void {
    return (inventory) => {
        if (file !== undefined) {
            inventory.replace(readInventoryFile(file));
        }
    };
}

async function runsOf(options: FleetOptions & { force?: boolean }, fleet: Fleet): Promise<StackRuns> {
    const { parallel = 4, force = false, progress = silent, now = new Date(), signal } = options;
    const directory = options.directory ?? programDirectory;
    const engine = await engineOf(options);
    return new StackRuns({ engine, fleet, program: programDigest(directory), now, parallel, force, progress, signal });
}

async function engineOf({ engine, directory = programDirectory }: FleetOptions): Promise<Engine> {
    return engine ?? automationEngine(await findPulumi(), directory);
}

const silent: Progress = {
    begin: () => undefined,
    say: () => undefined,
    end: () => undefined,
    close: () => Promise.resolve(),
};
