import { Command } from "commander";
import { runCommand } from "./commandLine";
import { writeDirectory } from "./outputDirectory";
import { planStack } from "./planStack";
import { renderedFiles } from "./rendering";

const command = new Command("render")
    .description("Writes each cluster's manifests, and each release's coordinates and values, without their secrets.")
    .argument("<stack>", "the stack, such as dev or prod")
    .requiredOption("--out <directory>", "where to write; made if it is not there")
    .option("--config <file>", "read this file instead of Pulumi.<stack>.yaml")
    .option("--force", "write into a directory that has other content", false)
    .action(async (stack: string, options: { out: string; config?: string; force: boolean }) => {
        const files = renderedFiles(await planStack({ stack, config: options.config }));
        writeDirectory(options.out, files, options.force);
        console.log(`Wrote ${files.size} files to ${options.out}; ${options.out}/README.md says what to do with them.`);
    });

void runCommand(command.parseAsync());
