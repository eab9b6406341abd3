import { Command } from "commander";
import { runCommand } from "./commandLine";
import { planStack } from "./planStack";
import { planText } from "./planText";

const command = new Command("plan")
    .description("Shows what `pulumi up` would make of a stack: no engine, no cloud, no cluster, no passphrase.")
    .argument("<stack>", "the stack, such as dev or prod")
    .option("--config <file>", "read this file instead of Pulumi.<stack>.yaml")
    .option("--json", "one JSON document, for programs")
    .action(async (stack: string, options: { config?: string; json?: boolean }) => {
        const plan = await planStack({ stack, config: options.config });
        process.stdout.write(options.json === true ? `${JSON.stringify(plan, undefined, 2)}\n` : planText(plan));
    });

void runCommand(command.parseAsync());
