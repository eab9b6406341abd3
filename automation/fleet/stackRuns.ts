import { readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import type { Enrolment, Outputs } from "../../outputs";
import { planStack } from "../planStack";
import { stackDigest } from "./digest";
import type { Engine, Update } from "./engine";
import { inParallel } from "../parallel";
import type { Progress } from "./progress";
import { customerOf, isInventory, isProvider } from "./resources";
import { progressOf, rowsOf, stepOf, unchanged, unreached, type Row, type Step } from "./results";
import { observerKubeconfig, observerKubeconfigKey, type Fleet, type FleetStack } from "./stackFiles";

/** What the runs of a fleet's stacks have in common. */
export interface RunOptions {
    engine: Engine;
    fleet: Fleet;
    /** See {@link programDigest}. */
    program: string;
    now: Date;
    /** How many stacks run at once. */
    parallel: number;
    /** Run also what has not changed. */
    force: boolean;
    progress: Progress;
    signal?: AbortSignal;
}

/** What the engine knows about a stack. */
export interface Known {
    exists: boolean;
    outputs: Partial<Outputs>;
    lastUpdate?: Update;
}

/** Runs stacks of one fleet, and knows which of them need it. */
export class StackRuns {
    constructor(private readonly options: RunOptions) {}

    private existing: Promise<Set<string>> | undefined;
    private readonly known = new Map<string, Promise<Known>>();

    /** What the engine knows about a stack; asked once, and again after the stack has run. */
    about({ name }: FleetStack): Promise<Known> {
        const known = this.known.get(name) ?? this.ask(name);
        this.known.set(name, known);
        return known;
    }

    private async ask(stack: string): Promise<Known> {
        const { engine } = this.options;
        this.existing ??= engine.stacks();
        if (!(await this.existing).has(stack)) {
            return { exists: false, outputs: {} };
        }
        const [outputs, lastUpdate] = await Promise.all([engine.outputs(stack), engine.lastUpdate(stack)]);
        return { exists: true, outputs, lastUpdate };
    }

    /** Whether something has changed since a stack's last `up`, or that one failed. */
    async due(stack: FleetStack, text: string): Promise<boolean> {
        const { lastUpdate } = await this.about(stack);
        return (
            this.options.force ||
            lastUpdate?.kind !== "update" ||
            lastUpdate.result !== "succeeded" ||
            lastUpdate.message !== (await this.message(stack, text))
        );
    }

    /** Brings a stack up to date; a failure is a row. */
    async up(stack: FleetStack): Promise<Row[]> {
        return this.reported(stack, async () => {
            const { engine, fleet, signal } = this.options;
            if (stack.shard !== undefined && (await this.enrolment()) === undefined) {
                return all(stack, (row) => unreached(row, "waits for the environment, which has never been up"));
            }
            const { exists } = await this.about(stack);
            if (!exists) {
                await engine.create(stack.name);
                (await this.existing)?.add(stack.name);
            }
            if (stack.shard !== undefined && observerKubeconfig(fleet)) {
                await this.copyKubeconfig(stack);
            }
            const text = readFileSync(stack.file, "utf8");
            if (exists && !(await this.due(stack, text))) {
                return all(stack, unchanged);
            }
            const message = await this.message(stack, text);
            this.known.delete(stack.name);
            return this.watched(stack, (onEvent) => engine.up(stack.name, { message, onEvent, signal }));
        });
    }

    /** What `up` would do with the stack files of the directory `candidates`; a stack that does not exist is planned without the engine. */
    async preview(stack: FleetStack, candidates: string): Promise<Row[]> {
        return this.reported(
            stack,
            async () => {
                const { engine, fleet, signal } = this.options;
                const file = join(candidates, basename(stack.file));
                if ((await this.about(stack)).exists) {
                    return this.watched(stack, (onEvent) =>
                        engine.preview(stack.name, { configFile: file, onEvent, signal }),
                    );
                }
                const { resources } = await planStack({
                    stack: stack.name,
                    config: file,
                    environmentConfig: join(candidates, basename(fleet.environment.file)),
                });
                const made = resources.filter(({ type }) => type !== "pulumi:pulumi:StackReference");
                return this.rows(
                    stack,
                    made.map(({ urn }) => done(urn, "create")),
                );
            },
            previewed,
        );
    }

    /** What {@link destroy} would do. */
    async previewDestroy(stack: FleetStack): Promise<Row[]> {
        return this.reported(
            stack,
            async () => {
                const { exists } = await this.about(stack);
                const urns = exists ? await this.options.engine.resources(stack.name) : [];
                return this.rows(
                    stack,
                    urns.map((urn) => done(urn, "delete")),
                );
            },
            previewed,
        );
    }

    /** Whether a customer's resources are in a stack's state. */
    async holds({ name }: FleetStack, customer: string): Promise<boolean> {
        const { engine, fleet } = this.options;
        const urns = await engine.resources(name);
        return urns.some((urn) => customerOf(urn, fleet.settings.observer.name) === customer);
    }

    /** Deletes what a stack holds; of a shard, the stack and its file as well. */
    async destroy(stack: FleetStack): Promise<Row[]> {
        return this.reported(stack, async () => {
            const { engine, fleet, signal } = this.options;
            const { exists } = await this.about(stack);
            const urns = exists ? await engine.resources(stack.name) : [];
            const run = async (onEvent: Parameters<Engine["destroy"]>[1]["onEvent"]) => {
                const inventory = urns.filter(isInventory);
                if (stack.shard !== undefined && inventory.length > 0) {
                    // First: nobody is to be woken for clusters that have been told to go.
                    await engine.destroy(stack.name, { only: inventory, onEvent, signal });
                }
                await engine.destroy(stack.name, { onEvent, signal });
            };
            const observer = fleet.settings.observer.name;
            const held = [...new Set(urns.flatMap((urn) => customerOf(urn, observer) ?? []))];
            const rows = exists ? await this.watched(stack, run, held) : all(stack, unchanged);
            if (stack.shard !== undefined && !rows.some(failed)) {
                if (exists) {
                    await engine.remove(stack.name);
                }
                rmSync(stack.file, { force: true });
            }
            return rows;
        });
    }

    /**
     * Drops customers whose clusters cannot be reached from a stack's state. The provider's own way (`deleteUnreachable`) does not
     * work for Helm releases (pulumi/pulumi-kubernetes#2675).
     */
    async forget(stack: FleetStack, customers: string[]): Promise<Row[]> {
        const { engine, fleet, signal } = this.options;
        if (customers.length === 0 || signal?.aborted === true || !(await this.about(stack)).exists) {
            return [];
        }
        const providers = (await engine.resources(stack.name)).flatMap((urn) => {
            const customer = customerOf(urn, fleet.settings.observer.name);
            const mine = isProvider(urn) && customer !== undefined && customers.includes(customer);
            return mine ? [{ urn, customer }] : [];
        });
        const rows: Row[] = [];
        // One after the other: they change one state.
        for (const { urn, customer } of providers) {
            const row = unchanged({ name: customer, customer: true, stack: stack.name });
            rows.push(
                await engine.forget(stack.name, urn).then(
                    () => ({ ...row, outcome: "offboarded", why: "dropped from the state; its cluster was not asked" }),
                    (error: unknown) => ({ ...row, outcome: "failed", why: messageOf(error) }),
                ),
            );
        }
        return rows;
    }

    /** Does `work` for stacks, a bounded number at once; none begins after an interruption. */
    async each(stacks: FleetStack[], work: (stack: FleetStack) => Promise<Row[]>): Promise<Row[]> {
        this.options.progress.begin(stacks.map(({ name }) => name));
        return (await inParallel(stacks, this.options.parallel, work)).flat();
    }

    /** The environment's output that shards need; undefined as long as it has never been up. */
    private async enrolment(): Promise<Enrolment | undefined> {
        return (await this.about(this.options.fleet.environment)).outputs.enrolment;
    }

    private async message(stack: FleetStack, file: string): Promise<string> {
        const { program, now } = this.options;
        const enrolment = stack.shard === undefined ? undefined : await this.enrolment();
        return `fleet ${stackDigest({ program, file, held: stack.held, enrolment, now })}`;
    }

    /** Tells a shard the environment's secret, unless it knows it: encrypted anew, it would look changed. */
    private async copyKubeconfig({ name }: FleetStack): Promise<void> {
        const { engine, fleet } = this.options;
        const kubeconfig = await engine.config(fleet.environment.name, observerKubeconfigKey);
        const copied = await engine.config(name, observerKubeconfigKey).catch(() => undefined);
        if (copied !== kubeconfig) {
            await engine.setSecret(name, observerKubeconfigKey, kubeconfig);
        }
    }

    /** Runs the engine and makes rows of what it tells. */
    private async watched(
        stack: FleetStack,
        run: (onEvent: Parameters<Engine["up"]>[1]["onEvent"]) => Promise<void>,
        expected?: string[],
    ): Promise<Row[]> {
        const { fleet, progress, signal } = this.options;
        const observer = fleet.settings.observer.name;
        const steps: Step[] = [];
        const failure = await run((event) => {
            const step = stepOf(event);
            if (step !== undefined) {
                steps.push(step);
                const text = progressOf(step, observer);
                if (text !== undefined) {
                    progress.say(stack.name, text);
                }
            }
        }).then(
            () => undefined,
            (error: unknown) => (signal?.aborted === true ? "interrupted" : messageOf(error)),
        );
        return this.rows(stack, steps, failure, expected);
    }

    private rows(
        stack: FleetStack,
        steps: Step[],
        failure?: string,
        expected = stack.held.map(({ name }) => name),
    ): Row[] {
        const observer = this.options.fleet.settings.observer.name;
        return rowsOf({ stack: stack.name, observer, rest: restOf(stack), expected }, steps, failure);
    }

    /** Tells how a stack ends, and makes a failure a row. */
    private async reported(
        stack: FleetStack,
        work: () => Promise<Row[]>,
        told: (rows: Row[]) => string = summaryOf,
    ): Promise<Row[]> {
        const { progress, signal } = this.options;
        const rows =
            signal?.aborted === true
                ? all(stack, (row) => unreached(row, "interrupted"))
                : await work().catch((error: unknown) => {
                      const [rest, ...customers] = all(stack, (row) => unreached(row, messageOf(error)));
                      return [...(rest === undefined ? [] : [{ ...rest, outcome: "failed" as const }]), ...customers];
                  });
        progress.end(stack.name, told(rows), !rows.some(failed));
        return rows;
    }
}

/** A row for the rest of a stack and for each of its customers. */
export function all(stack: FleetStack, row: (of: Pick<Row, "name" | "customer" | "stack">) => Row): Row[] {
    return [
        row({ name: restOf(stack), customer: false, stack: stack.name }),
        ...stack.held.map(({ name }) => row({ name, customer: true, stack: stack.name })),
    ];
}

/** Whether a row is a reason for a run to end badly. */
export function failed({ outcome }: Row): boolean {
    return outcome === "failed" || outcome === "not reached";
}

/** Outcomes and how often: `2 onboarded, 1 failed`. */
export function summaryOf(rows: Row[]): string {
    const counted = rows.filter(({ customer, outcome }) => customer || outcome === "failed");
    const outcomes = [...new Set(counted.map(({ outcome }) => outcome))];
    const counts = outcomes.map((outcome) => `${counted.filter((row) => row.outcome === outcome).length} ${outcome}`);
    return counts.length > 0 ? counts.join(", ") : (rows[0]?.outcome ?? "nothing to do");
}

function previewed(rows: Row[]): string {
    return rows.some(failed) ? summaryOf(rows) : "previewed";
}

/** A step that was not watched, because no engine ran. */
function done(urn: string, operation: string): Step {
    return { urn, operation, phase: "done", time: 0 };
}

function restOf({ shard }: FleetStack): "observer" | "inventory" {
    return shard === undefined ? "observer" : "inventory";
}

function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
