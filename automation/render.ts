import { Command } from "commander";
import { runCommand } from "./commandLine";
import { fluxFiles } from "./flux";
import { writeDirectory } from "./outputDirectory";
import { planStack } from "./planStack";
import { renderedFiles } from "./rendering";

interface Options {
    out: string;
    flux?: string | true;
    config?: string;
    force: boolean;
}

const command = new Command("render")
    .description("Writes each cluster's manifests, and each release's coordinates and values, without their secrets.")
    .argument("<stack>", "the stack, such as dev or prod")
    .requiredOption("--out <directory>", "where to write; made if it is not there")
    .option(
        "--flux [path]",
        "write it for Flux; path is where the directory is in its repository, the root if not given",
    )
    .option("--config <file>", "read this file instead of Pulumi.<stack>.yaml")
    .option("--force", "write into a directory that has other content", false)
    .action(async (stack: string, { out, flux, config, force }: Options) => {
        const plan = await planStack({ stack, config });
        const files = flux === undefined ? renderedFiles(plan) : fluxFiles(plan, flux === true ? "." : flux);
        writeDirectory(out, files, force);
        console.log(`Wrote ${files.size} files to ${out}; ${out}/README.md says what to do with them.`);
    });

void runCommand(command.parseAsync());
