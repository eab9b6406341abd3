import { cpus, totalmem } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { runCommand } from "../automation/commandLine";
import { wholeNumber } from "../local/wholeNumber";
import { presets, type Size } from "../platform/sizes";
import { inlineFleet, shardedFleet, type Fleet } from "./fleetOf";
import { markdownTable } from "./markdownTable";
import { observerFiles, tenantMemory } from "./observerLoad";
import { fleetCost, perCustomer, type PlanCost } from "./planCost";

/** Fleets so large that what the observer is given might outgrow its place. */
const thousands = [1_000, 3_000, 10_000];

interface Options {
    sizes: number[];
    runs: number;
    shard: number;
}

const command = new Command("bench:scale")
    .description("What it costs to plan a fleet, and what its observer is given, by the number of customers.")
    .option("--sizes <numbers>", "how many customers, smallest first", sizes, [1, 10, 100, 1_000])
    .option("--runs <number>", "measurements of each, of which the median counts", wholeNumber(1, 99), 3)
    .option("--shard <number>", "customers in a shard", wholeNumber(1, 1_000), 50)
    .action(async (options: Options) => {
        const write = (text: string) => void process.stdout.write(`${text}\n`);
        write(`${machine()}. Median of ${options.runs}.\n`);
        write("## All customers in the environment's own stack\n");
        write(await plans(options, inlineFleet));
        write(`## Shards of ${options.shard}, one after the other\n`);
        write(await plans(options, (customers) => shardedFleet(customers, options.shard)));
        write("## What the observer is given\n");
        write(files(options.shard));
        write("## Memory of the ingestors for tenants, before their first series\n");
        write(memory());
    });

/** Plans fleets of each size; returns what they cost as tables. */
async function plans({ sizes, runs }: Options, fleetOf: (customers: number) => Fleet): Promise<string> {
    const costs: { customers: number; cost: PlanCost }[] = [];
    for (const customers of sizes) {
        process.stderr.write(`${customers} customers …\n`);
        costs.push({ customers, cost: await fleetCost(fleetOf(customers), runs) });
    }
    const [smallest, greatest] = [costs[0], costs.at(-1)];
    const total = costs.map(({ customers, cost }) => [
        String(customers),
        cost.seconds.toFixed(2),
        cost.cpuSeconds.toFixed(2),
        cost.megabytes.toFixed(0),
        cost.keptMegabytes.toFixed(0),
        String(cost.resources),
    ]);
    const ratio =
        smallest === undefined || greatest === undefined || costs.length < 2
            ? []
            : [
                  [
                      `${greatest.customers} to ${smallest.customers}`,
                      ...numbers.map((number) => `${(greatest.cost[number] / smallest.cost[number]).toFixed(1)} ×`),
                  ],
              ];
    const marginal = costs.slice(1).map((greater, index) => {
        const smaller = costs[index] ?? greater;
        const more = perCustomer(smaller, greater);
        return [
            `${smaller.customers} to ${greater.customers}`,
            (more.seconds * 1000).toFixed(1),
            (more.cpuSeconds * 1000).toFixed(1),
            more.megabytes.toFixed(2),
            more.keptMegabytes.toFixed(2),
            more.resources.toFixed(2),
        ];
    });
    return [
        markdownTable(
            ["customers", "seconds", "CPU seconds", "MB at most", "MB kept", "resources"],
            [...total, ...ratio],
        ),
        markdownTable(["one more, from", "ms", "CPU ms", "MB at most", "MB kept", "resources"], marginal),
    ].join("\n");
}

const numbers = ["seconds", "cpuSeconds", "megabytes", "keptMegabytes", "resources"] as const;

function files(perShard: number): string {
    return markdownTable(
        ["customers", "file", "kB", "ms to make", "of what its object takes"],
        thousands.flatMap((customers) =>
            observerFiles(customers, perShard, "large").map(({ name, bytes, milliseconds, bound }) => [
                String(customers),
                name,
                (bytes / 1000).toFixed(1),
                milliseconds.toFixed(0),
                percent(bytes / bound),
            ]),
        ),
    );
}

function memory(): string {
    return markdownTable(
        ["tenants", "size", "ingestors", "GB each", "GB in all", "of the limit"],
        thousands.flatMap((tenants) =>
            (Object.keys(presets) as Size[]).map((size) => {
                const { ingestors, each, all, share } = tenantMemory(tenants, size);
                return [
                    String(tenants),
                    size,
                    String(ingestors),
                    (each / 1000).toFixed(1),
                    (all / 1000).toFixed(1),
                    percent(share),
                ];
            }),
        ),
    );
}

function percent(share: number): string {
    return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** What the numbers were measured on. */
function machine(): string {
    const processors = cpus();
    const memory = `${(totalmem() / 1e9).toFixed(0)} GB`;
    return `${processors.length} cores, ${processors[0]?.model.trim() ?? "unknown"}, ${memory}, Node ${process.versions.node}`;
}

function sizes(text: string): number[] {
    const parsed = text.split(",").map(wholeNumber(1, 100_000));
    if (parsed.some((size, index) => index > 0 && size <= (parsed[index - 1] ?? 0))) {
        throw new InvalidArgumentError("Give the smallest number first, and each once.");
    }
    return parsed;
}

void runCommand(command.parseAsync());
