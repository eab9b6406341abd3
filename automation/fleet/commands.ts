import { createInterface } from "node:readline/promises";
import { Command, Option } from "commander";
import { ConfigError } from "../../config/problems";
import { untilInterrupted, Interruption } from "../../local/interruption";
import { wholeNumber } from "../../local/wholeNumber";
import { UsageError } from "../commandLine";
import { EngineError } from "./engine";
import {
    destroy,
    move,
    offboard,
    onboard,
    preview,
    status,
    up,
    verifyOnboarded,
    type FleetOptions,
    type FleetResult,
    type Intent,
    type QueryOptions,
} from "./lifecycle";
import { lineProgress, treeProgress } from "./progress";
import { failed } from "./stackRuns";
import { intentText, keptText, previewText, resultText, statusText, verifiedText } from "./text";

/** What every command of the fleet may be told. */
interface Common {
    parallel: number;
    json?: boolean;
    lines?: boolean;
    yes?: boolean;
}

/**
 * The commands that change or show a fleet.
 *
 * @param surroundings what they use in place of this program's directory, Pulumi and Query
 */
export function fleetCommands(
    surroundings: Pick<FleetOptions, "engine" | "directory" | "now"> & Pick<QueryOptions, "query"> = {},
): Command[] {
    const ended = (options: Common, run: (common: Run) => Promise<number>) =>
        untilEnd(options, (common) => run({ ...surroundings, ...common }));
    return [
        command("up", "Brings the environment's stack and every shard up to date; what has not changed is not run.")
            .addOption(inventoryOption())
            .option("--only <name...>", "only the stacks of these customers, and the environment's own")
            .option("--force", "run also stacks that have not changed")
            .action((environment: string, options: Common & { inventory?: string; only?: string[]; force?: boolean }) =>
                ended(options, async (common) => shown(options, await up({ ...options, ...common, environment }))),
            ),
        command("preview", "Shows what `up` would create, update, delete and replace, by customer.")
            .addOption(inventoryOption())
            .option("--only <name...>", "only the stacks of these customers, and the environment's own")
            .action((environment: string, options: Common & { inventory?: string; only?: string[] }) =>
                ended(options, async (common) => {
                    const result = await preview({ ...options, ...common, confirm: undefined, environment });
                    return printed(options, result, previewText(result), result.rows.some(failed) ? 1 : 0);
                }),
            ),
        command("onboard", "Brings the stacks of customers up to date, and waits until their samples come.")
            .argument("<name...>", "the customers; each is in the inventory")
            .addOption(inventoryOption())
            .addOption(queryOption())
            .option("--wait <seconds>", "how long to wait for samples", wholeNumber(0, 86_400), 600)
            .option("--no-verify", "do not wait for samples")
            .action(
                (
                    environment: string,
                    names: string[],
                    options: Common & { inventory?: string; queryUrl?: string; wait: number; verify: boolean },
                ) => ended(options, (common) => onboardAndVerify(environment, names, options, common)),
            ),
        command("offboard", "Removes customers: from the inventory, from their clusters and from the state.")
            .argument("<name...>", "the customers; each is in the inventory")
            .addOption(inventoryOption())
            .option("--gone", "their clusters cannot be reached and never will be")
            .action((environment: string, names: string[], options: Common & { inventory?: string; gone?: boolean }) =>
                ended(options, async (common) => {
                    const result = await offboard({ ...options, ...common, environment, names });
                    const text =
                        resultText(result) + (result.rows.some(failed) ? "" : keptText(names, result.keptUntil));
                    return result.declined === true ? declined() : printed(options, result, text, codeOf(result));
                }),
            ),
        command("status", "Shows how every customer stands, and when its last sample came.")
            .addOption(queryOption())
            .action((environment: string, options: Common & { queryUrl?: string }) =>
                ended(options, async (common) => {
                    const result = await status({ ...options, ...common, environment });
                    return printed(options, result, statusText(result), result.well ? 0 : 1);
                }),
            ),
        command("move", "Hands a customer over to another stack, without touching its cluster.")
            .argument("<name>", "the customer")
            .requiredOption("--to <shard>", "the shard, or `inline` for the environment's own stack")
            .action((environment: string, name: string, options: Common & { to: string }) =>
                ended(options, async (common) => {
                    const to = options.to === "inline" ? undefined : options.to;
                    return shown(options, await move({ ...common, environment, name, to }));
                }),
            ),
        command("destroy", "Deletes everything that the shards and the environment's stack hold.").action(
            (environment: string, options: Common) =>
                ended(options, async (common) => {
                    if (!(await destructionConfirmed(environment, options, common.signal))) {
                        return declined();
                    }
                    return shown(options, await destroy({ ...common, environment }));
                }),
        ),
    ];
}

function command(name: string, description: string): Command {
    return new Command(name)
        .description(description)
        .argument("<environment>", "the environment's stack, such as prod")
        .option("--parallel <stacks>", "how many stacks to run at once", wholeNumber(1, 100), 4)
        .option("--json", "one JSON document at the end, for programs; progress goes to standard error")
        .option("--lines", "progress as lines, also on a terminal")
        .option("--yes", "ask nothing")
        .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

function inventoryOption(): Option {
    return new Option(
        "--inventory <file>",
        "a YAML file whose `customers` replace those of the stack file; with `shardSize`, new ones are given a shard",
    );
}

function queryOption(): Option {
    return new Option("--query-url <url>", "Query's URL; a token for it is read from FLEET_QUERY_TOKEN");
}

type Run = Required<Pick<FleetOptions, "progress" | "signal">> & { confirm: (intent: Intent) => Promise<boolean> };

/** Runs a command to its end; the process ends with its code: 2 for a mistake of its user, 130 when it was interrupted. */
async function untilEnd(options: Common, run: (common: Run) => Promise<number>): Promise<void> {
    const interruption = new AbortController();
    let code: number | undefined;
    void untilInterrupted(() => undefined).catch((error: unknown) => {
        code = error instanceof Interruption ? error.exitCode : 1;
        process.stderr.write("\nInterrupted: waiting until the engines have ended what they have begun.\n");
        interruption.abort();
    });
    const tree = process.stdout.isTTY && options.lines !== true && options.json !== true;
    const progress = tree ? treeProgress() : lineProgress((line) => process.stderr.write(`${line}\n`));
    try {
        const done = await run({
            progress,
            signal: interruption.signal,
            confirm: (intent) => confirmed(intent, options, interruption.signal),
        });
        process.exitCode = code ?? done;
    } catch (error) {
        const mistake = error instanceof UsageError || error instanceof ConfigError;
        console.error(mistake || error instanceof EngineError ? error.message : error);
        process.exitCode = code ?? (mistake ? 2 : 1);
    }
}

async function onboardAndVerify(
    environment: string,
    names: string[],
    options: Common & { inventory?: string; queryUrl?: string; wait: number; verify: boolean },
    common: Run,
): Promise<number> {
    const result = await onboard({ ...options, ...common, environment, names });
    if (result.declined === true) {
        return declined();
    }
    const made = names.filter((name) => result.rows.some((row) => row.customer && row.name === name && !failed(row)));
    const interrupted = common.signal.aborted;
    const verified =
        options.verify && made.length > 0 && !interrupted
            ? await verifyOnboarded({
                  ...options,
                  ...common,
                  environment,
                  names: made,
                  report: (text) => process.stderr.write(`${text}\n`),
              })
            : [];
    const said = !options.verify
        ? "Not verified: --no-verify.\n"
        : verified === undefined
          ? "Not verified: readiness is skip, nothing runs there yet.\n"
          : verifiedText(verified);
    const missing = verified?.some((one) => one.missing !== undefined) === true;
    return printed(options, { ...result, verified }, resultText(result) + said, missing ? 1 : codeOf(result));
}

function shown(options: Common, result: FleetResult): number {
    return result.declined === true ? declined() : printed(options, result, resultText(result), codeOf(result));
}

function printed(options: Common, result: object, text: string, code: number): number {
    process.stdout.write(options.json === true ? `${JSON.stringify(result, undefined, 2)}\n` : `\n${text}`);
    return code;
}

function codeOf({ rows }: FleetResult): number {
    return rows.some(failed) ? 1 : 0;
}

function declined(): number {
    process.stderr.write("Nothing was done.\n");
    return 0;
}

/** Shows what will change, and asks on a terminal. Without one nothing is deleted that `--yes` does not allow. */
async function confirmed(intent: Intent, { yes }: Common, signal: AbortSignal): Promise<boolean> {
    process.stderr.write(intentText(intent));
    if (yes === true || intent.stacks.length === 0) {
        return true;
    }
    if (process.stdin.isTTY) {
        return /^y(es)?$/i.test(await asked("Go on? [y/N] ", signal));
    }
    if (intent.go.length + intent.removed.length > 0) {
        throw new UsageError("This deletes customers, and there is no terminal to ask on: add --yes");
    }
    return true;
}

async function destructionConfirmed(environment: string, { yes }: Common, signal: AbortSignal): Promise<boolean> {
    if (yes === true) {
        return true;
    }
    if (!process.stdin.isTTY) {
        throw new UsageError("This deletes everything, and there is no terminal to ask on: add --yes");
    }
    const name = await asked(`This deletes everything of ${environment}. Type its name to go on: `, signal);
    return name === environment;
}

/** What is typed; nothing after Ctrl-C. */
async function asked(question: string, signal: AbortSignal): Promise<string> {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    // It takes the key for itself.
    terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
    try {
        return (await terminal.question(question, { signal })).trim();
    } catch (error) {
        if (signal.aborted) {
            return "";
        }
        throw error;
    } finally {
        terminal.close();
    }
}
