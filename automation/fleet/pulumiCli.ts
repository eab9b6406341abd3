import { spawn } from "node:child_process";
import { mkdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { UsageError } from "../commandLine";
import { preferredPulumi, programsOnPath } from "../programsOnPath";
import { programDirectory } from "../stackFile";

/** The pulumi CLI as the Automation API runs it, and with a text on its standard input. */
export interface PulumiCli extends PulumiCommand {
    run(
        args: string[],
        directory: string,
        environment: Record<string, string>,
        onOutput?: (text: string) => void,
        onError?: (text: string) => void,
        signal?: AbortSignal,
        input?: string,
    ): Promise<{ stdout: string; stderr: string; code: number }>;
}

/** The CLI ended with an error. */
export class PulumiCliError extends Error {
    constructor(
        /** All that it printed, standard error last. */
        readonly printed: string,
    ) {
        super(`pulumi: ${printed}`);
    }
}

const installation = "Install it: https://www.pulumi.com/docs/install/";

/**
 * The pulumi CLI on PATH. Under `npm run`, npm's package of that name stands first, a wrapper that downloads a CLI: one that is
 * installed wins.
 *
 * @throws UsageError when there is none, or an old one
 */
export async function findPulumi(path = process.env["PATH"] ?? ""): Promise<PulumiCli> {
    const command = preferredPulumi(programsOnPath("pulumi", path));
    if (command === undefined) {
        throw new UsageError(`The pulumi CLI is not on PATH. ${installation}`);
    }
    try {
        const { version } = await PulumiCommand.get({ root: linked(command) });
        return { command, version, run: runner(command) };
    } catch (error) {
        const said =
            error instanceof Error ? (/stderr: (.*)/.exec(error.message)?.[1] ?? error.message) : String(error);
        throw new UsageError(`${command} cannot be used: ${said.trim()}\n${installation}`);
    }
}

/** A directory whose bin/pulumi is `command`: the Automation API looks nowhere else. */
function linked(command: string): string {
    const root = join(programDirectory, ".cache", "pulumi-cli");
    const link = join(root, "bin", "pulumi");
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(realpathSync(command), link);
    return root;
}

/**
 * Runs the CLI in a process group of its own. In the terminal's group Ctrl-C would reach it twice, from the terminal and from here,
 * and the second one makes it drop what it has begun.
 */
function runner(command: string): PulumiCli["run"] {
    return (args, directory, environment, onOutput, onError, signal, input) =>
        new Promise((resolve, reject) => {
            const child = spawn(command, [...args, "--non-interactive"], {
                cwd: directory,
                detached: true,
                stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
                env: {
                    ...process.env,
                    ...environment,
                    // The program's Node is this one, whatever lies beside the CLI.
                    PATH: [dirname(process.execPath), dirname(command), process.env["PATH"]].join(delimiter),
                    PULUMI_AUTOMATION_API: "true",
                },
            });
            const said = { stdout: "", stderr: "" };
            child.stdout?.setEncoding("utf8").on("data", (text: string) => {
                said.stdout += text;
                onOutput?.(text);
            });
            child.stderr?.setEncoding("utf8").on("data", (text: string) => {
                said.stderr += text;
                onError?.(text);
            });
            const interrupt = () => child.pid !== undefined && process.kill(-child.pid, "SIGINT");
            signal?.addEventListener("abort", interrupt);
            child.on("error", reject);
            // Not `exit`: behind npm's wrapper, the CLI itself may live longer than what was started.
            child.on("close", (code) => {
                signal?.removeEventListener("abort", interrupt);
                if (code === 0) {
                    resolve({ ...said, code });
                } else {
                    reject(new PulumiCliError(`${said.stdout}\n${said.stderr}`));
                }
            });
            child.stdin?.end(input);
        });
}
