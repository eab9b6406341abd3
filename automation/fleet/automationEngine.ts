import { LocalWorkspace, Stack, type Deployment } from "@pulumi/pulumi/automation";
import type { Outputs } from "../../outputs";
import { programDirectory } from "../stackFile";
import { EngineError, type Engine } from "./engine";
import { PulumiCliError, type PulumiCli } from "./pulumiCli";
import { oneLine } from "./results";

/** The engine behind the Automation API, with the program of `directory` as the CLI runs it. */
export async function automationEngine(cli: PulumiCli, directory = programDirectory): Promise<Engine> {
    const workspace = await LocalWorkspace.create({ workDir: directory, pulumiCommand: cli });
    // It would make each stack in turn the one that a plain `pulumi up` means.
    workspace.selectStack = () => Promise.resolve();
    const select = (stack: string) => Stack.select(stack, workspace);
    const run = (args: string[], input?: string) =>
        cli.run(args, directory, {}, undefined, undefined, undefined, input);

    const engine: Engine = {
        stacks: async () =>
            new Set((await workspace.listStacks()).map(({ name }) => name.slice(name.lastIndexOf("/") + 1))),
        create: async (stack) => void (await run(["stack", "init", stack, "--no-select"])),
        up: async (stack, { message, onEvent, signal }) =>
            void (await (await select(stack)).up({ message, onEvent, signal, continueOnError: true })),
        preview: async (stack, { configFile, onEvent, signal }) =>
            void (await (await select(stack)).preview({ configFile, onEvent, signal })),
        destroy: async (stack, { only, onEvent, signal }) =>
            void (await (await select(stack)).destroy({ target: only, onEvent, signal, continueOnError: true })),
        remove: (stack) => workspace.removeStack(stack, { preserveConfig: true }),
        outputs: async (stack) =>
            JSON.parse((await run(["stack", "output", "--json", "--stack", stack])).stdout) as Partial<Outputs>,
        secretOutput: async (stack, output) =>
            (await run(["stack", "output", output, "--show-secrets", "--stack", stack])).stdout.trim(),
        lastUpdate: async (stack) => (await (await select(stack)).history(1, 1, false))[0],
        config: async (stack, path) => (await workspace.getConfig(stack, path, true)).value,
        // From standard input: what is on a command line, every process of the machine can read.
        setSecret: async (stack, path, value) =>
            void (await run(["config", "set", "--secret", "--path", path, "--stack", stack], value)),
        resources: async (stack) => urnsOf(await workspace.exportStack(stack)),
        move: async (urns, from, to) =>
            void (await run(["state", "move", "--yes", "--source", from, "--dest", to, ...urns])),
        forget: async (stack, urn) =>
            void (await run(["state", "delete", urn, "--target-dependents", "--yes", "--stack", stack])),
    };
    return explained(engine);
}

function urnsOf({ deployment }: Deployment): string[] {
    const { resources = [] } = (deployment ?? {}) as { resources?: { urn: string }[] };
    return resources.map(({ urn }) => urn);
}

/** The same engine, whose errors say what to do. */
function explained(engine: Engine): Engine {
    const methods = Object.entries(engine) as [keyof Engine, (...args: [string, never, never]) => Promise<unknown>][];
    return Object.fromEntries(
        methods.map(([name, method]) => [
            name,
            (...args: [string, never, never]) =>
                method(...args).catch((error: unknown) => {
                    throw new EngineError(reasonOf(error, args[0]));
                }),
        ]),
    ) as unknown as Engine;
}

function reasonOf(error: unknown, stack: string): string {
    const text =
        error instanceof PulumiCliError ? error.printed : error instanceof Error ? error.message : String(error);
    if (/the stack is currently locked by|Another update is currently in progress/.test(text)) {
        return `the stack is locked: another update runs, or one was killed. If none runs: pulumi cancel -s ${stack}`;
    }
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    return oneLine((lines.find((line) => line.startsWith("error:")) ?? lines.at(-1) ?? text).replace(/^error: /, ""));
}
