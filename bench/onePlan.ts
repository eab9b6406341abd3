import { readFileSync, writeFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { Command } from "commander";
import { runProgram } from "../automation/mockEngine";
import { readStackFile } from "../automation/stackFile";
import type { PlanCost } from "./planCost";

/** Runs the program once for one stack and prints what that cost as JSON: a process of its own for each measurement. */
const command = new Command("onePlan")
    .argument("<stack>", "the stack's name")
    .requiredOption("--config <file>", "its stack file")
    .option("--environment <file>", "for a shard: the outputs of its environment's stack")
    .option("--outputs <file>", "write the stack's outputs there instead, for its shards")
    .action(async (stack: string, options: { config: string; environment?: string; outputs?: string }) => {
        const run = {
            ...readStackFile(stack, options.config),
            stack,
            environmentOutputs:
                options.environment === undefined
                    ? undefined
                    : (JSON.parse(readFileSync(options.environment, "utf8")) as Record<string, unknown>),
        };
        if (options.outputs !== undefined) {
            const { clearOutputs } = await runProgram({ ...run, mode: "update" });
            writeFileSync(options.outputs, JSON.stringify(clearOutputs), { mode: 0o600 });
            return;
        }
        const { registrations } = await runProgram(run);
        const { user, system } = process.cpuUsage();
        const cost: PlanCost = {
            // Since the process began.
            seconds: performance.now() / 1000,
            cpuSeconds: (user + system) / 1e6,
            megabytes: process.resourceUsage().maxRSS / 1024,
            keptMegabytes: keptMegabytes(),
            resources: registrations.length,
        };
        process.stdout.write(JSON.stringify(cost));
    });

/** What is left once everything is thrown away that nobody needs; the process is started with --expose-gc for it. */
function keptMegabytes(): number {
    global.gc?.();
    return process.memoryUsage().heapUsed / 1e6;
}

void command.parseAsync();
