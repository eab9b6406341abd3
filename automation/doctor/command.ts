import { Command } from "commander";
import { ConfigError } from "../../config/problems";
import { wholeNumber } from "../../local/wholeNumber";
import { UsageError } from "../commandLine";
import type { Group, Result } from "./check";
import { diagnosis, type Diagnosis, type Request } from "./diagnosis";
import { examine, type Pace } from "./examine";
import { line, report, summary } from "./report";
import { growTree } from "./tree";
import { thisMachine, type Surroundings } from "./surroundings";

interface Options {
    config?: string;
    cluster?: string[];
    parallel: number;
    timeout: number;
    json?: boolean;
}

/** Where the command writes. */
export interface Output {
    write(text: string): void;
    /** Rows of the terminal; undefined when it is none. */
    rows?: number;
}

/** `doctor <environment>`. Ends with 0 when there is no problem, 1 when there is one, 2 when it was asked wrongly. */
export function doctorCommand(): Command {
    return new Command("doctor")
        .description(
            "Looks for what an `up` would fail on, and for what has gone wrong after one; says how to mend it.",
        )
        .argument("<environment>", "the environment's stack, such as dev or prod")
        .option("--config <file>", "read this file instead of Pulumi.<environment>.yaml")
        .option("--cluster <name...>", "look at these clusters only")
        .option("--parallel <count>", "clusters to look at at once", wholeNumber(1, 1_000_000), 8)
        .option("--timeout <seconds>", "how long one check may take", wholeNumber(1, 1_000_000), 20)
        .option("--json", "one JSON document, for programs")
        .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
        .action(async (stack: string, options: Options) => {
            const { stdout } = process;
            const output = {
                write: (text: string) => void stdout.write(text),
                rows: stdout.isTTY ? stdout.rows : undefined,
            };
            process.exitCode = await runDoctor({ stack, ...options, clusters: options.cluster }, thisMachine(), output);
            // What has hung and was given up must not keep the command from ending.
            setTimeout(() => process.exit(), 1_000).unref();
        });
}

/** Examines an environment and writes what came of it; the exit code. */
export async function runDoctor(
    request: Request & Pick<Options, "parallel" | "timeout" | "json">,
    surroundings: Surroundings,
    output: Output,
): Promise<0 | 1 | 2> {
    let found: Diagnosis;
    try {
        found = diagnosis(request, surroundings);
    } catch (error) {
        if (error instanceof UsageError || error instanceof ConfigError) {
            console.error(error.message);
            return 2;
        }
        throw error;
    }
    const pace = { parallel: request.parallel, timeout: request.timeout * 1_000 };
    const results = await shown(found.groups, pace, request.json === true ? undefined : output);
    const complete = report(request.stack, results);
    output.write(request.json === true ? `${JSON.stringify(complete, undefined, 2)}\n` : `\n${summary(complete)}\n`);
    return found.configError === undefined ? (complete.summary.problem > 0 ? 1 : 0) : 2;
}

/** Runs the checks, with a tree where it fits into the terminal, else with a line for each. */
async function shown(groups: Group[], pace: Pace, output: Output | undefined): Promise<Result[]> {
    const lines = groups.reduce((sum, { stages }) => sum + 1 + stages.flat().length, 0);
    if (output?.rows !== undefined && lines < output.rows) {
        const tree = await growTree(groups);
        const results = await examine(groups, pace, (result) => tree.done(result));
        await tree.shown;
        return results;
    }
    return await examine(groups, pace, (result) => output?.write(`${result.group}: ${line(result)}\n`));
}
