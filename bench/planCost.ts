import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { stringify } from "yaml";
import { programDirectory } from "../automation/stackFile";
import type { Fleet, StackConfigFile } from "./fleetOf";

/** What it costs to run the program against the SDK's mocks. */
export interface PlanCost {
    /** From the start of the process, loading its modules included, to the program's last registration. */
    seconds: number;
    /** Processor time of the same, of the user and of the system. */
    cpuSeconds: number;
    /** The most memory that the process had. */
    megabytes: number;
    /** The memory that its objects take at the end, without what is garbage. */
    keptMegabytes: number;
    /** Registered resources. */
    resources: number;
}

/** What it costs to plan a whole fleet: its stacks' times and resources added up, and the memory of the greatest. */
export async function fleetCost(fleet: Fleet, runs: number): Promise<PlanCost> {
    const directory = mkdtempSync(join(tmpdir(), "bench-scale-"));
    try {
        const outputs = join(directory, "outputs.json");
        if (fleet.shards.length > 0) {
            await onePlan(directory, fleet.environment, "--outputs", outputs);
        }
        const costs = [await medianCost(runs, () => cost(directory, fleet.environment))];
        for (const shard of fleet.shards) {
            costs.push(await medianCost(runs, () => cost(directory, shard, "--environment", outputs)));
        }
        return {
            seconds: sum(costs.map(({ seconds }) => seconds)),
            cpuSeconds: sum(costs.map(({ cpuSeconds }) => cpuSeconds)),
            megabytes: Math.max(...costs.map(({ megabytes }) => megabytes)),
            keptMegabytes: Math.max(...costs.map(({ keptMegabytes }) => keptMegabytes)),
            resources: sum(costs.map(({ resources }) => resources)),
        };
    } finally {
        rmSync(directory, { recursive: true });
    }
}

async function cost(directory: string, stack: StackConfigFile, ...args: string[]): Promise<PlanCost> {
    return JSON.parse(await onePlan(directory, stack, ...args)) as PlanCost;
}

/** Runs the program for one stack in a process of its own; returns what that prints. */
async function onePlan(directory: string, { stack, config }: StackConfigFile, ...args: string[]): Promise<string> {
    const file = join(directory, `${stack}.yaml`);
    // Aliases are few in a file that people write, and the parser takes only so many.
    writeFileSync(file, stringify({ config }, { aliasDuplicateObjects: false }));
    const { stdout } = await promisify(execFile)(
        process.execPath,
        ["--expose-gc", "--import", "tsx", join(__dirname, "onePlan.ts"), stack, "--config", file, ...args],
        { cwd: programDirectory },
    );
    return stdout;
}

/** The median of each number over `runs` measurements, one after the other. */
async function medianCost(runs: number, measure: () => Promise<PlanCost>): Promise<PlanCost> {
    const costs: PlanCost[] = [];
    for (let run = 0; run < runs; run++) {
        costs.push(await measure());
    }
    const of = (number: keyof PlanCost) => median(costs.map((one) => one[number]));
    return {
        seconds: of("seconds"),
        cpuSeconds: of("cpuSeconds"),
        megabytes: of("megabytes"),
        keptMegabytes: of("keptMegabytes"),
        resources: of("resources"),
    };
}

/** The middle one of some numbers; of an even number of them, the mean of the two in the middle. */
export function median(numbers: number[]): number {
    const sorted = [...numbers].sort((a, b) => a - b);
    const upper = Math.floor(sorted.length / 2);
    const lower = sorted.length % 2 === 1 ? upper : upper - 1;
    return ((sorted[lower] ?? NaN) + (sorted[upper] ?? NaN)) / 2;
}

/** What one customer more costs, between a fleet and a greater one. */
export function perCustomer(
    smaller: { customers: number; cost: PlanCost },
    greater: { customers: number; cost: PlanCost },
): PlanCost {
    const more = (number: keyof PlanCost) =>
        (greater.cost[number] - smaller.cost[number]) / (greater.customers - smaller.customers);
    return {
        seconds: more("seconds"),
        cpuSeconds: more("cpuSeconds"),
        megabytes: more("megabytes"),
        keptMegabytes: more("keptMegabytes"),
        resources: more("resources"),
    };
}

function sum(numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
}
