import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { written, type Version } from "./version";

/** The clone. */
export const repository = resolve(__dirname, "..");

/** Everything that this program leaves behind on purpose: caches. */
export const cacheDirectory = join(repository, ".cache");

/** Where built programs are. */
export const binDirectory = join(cacheDirectory, "bin");

/** What a build works in: two at once must not see each other's half-written programs. */
const buildDirectory = join(cacheDirectory, `build-${process.pid}`);

const toolsDirectory = join(repository, "tools");
const goModFile = join(toolsDirectory, "go.mod");
const stampFile = join(binDirectory, "built-from");

/** How a build tells what it does and can be ended. */
export interface BuildOptions {
    /** Told what is going on, now and then. */
    report: (text: string) => void;
    /** Told what would be left if this program were killed meanwhile. */
    cleanUp?: {
        kill: (processGroup: number) => void;
        spare: (processGroup: number) => void;
        remove: (directory: string) => void;
    };
}

/**
 * Thanos needs slicelabels, as its own releases have it: without, the first write panics. The rest makes the build short
 * and its result the same wherever the clone lies; the module cache is left writable, so that .cache can be deleted like
 * any directory.
 */
const buildFlags = [
    "-mod=readonly",
    "-buildvcs=false",
    "-modcacherw",
    "-trimpath",
    "-tags=slicelabels",
    "-gcflags=all=-dwarf=false",
];

/** A program that tools/go.mod names by a `tool` directive. */
export interface Tool {
    /** The executable's name. */
    name: string;
    /** The import path of its main package. */
    package: string;
    /** The module that it is part of. */
    module: string;
    /** As its release is called. */
    version: Version;
}

/** The tools of a go.mod. */
export function readTools(goMod: string): Tool[] {
    const tools = directives(goMod, "tool");
    const required = directives(goMod, "require").map((line) => line.split(/\s+/));
    return tools.map((path) => {
        const [module, version] = required.find(([name]) => path === name || path.startsWith(`${name}/`)) ?? [];
        const parts = /^v(\d+)\.(\d+)\.(\d+)$/.exec(version ?? "");
        if (module === undefined || parts === null) {
            throw new Error(
                `tools/go.mod has a tool ${path} and no released version of its module; run \`go mod tidy\` in tools/`,
            );
        }
        const [major, minor, patch] = parts.slice(1).map(Number) as Version;
        return {
            name: basename(path.replace(/\/v\d+$/, "")),
            package: path,
            module,
            // Prometheus 3.9.1 is v0.309.1 to Go.
            version:
                module === "github.com/prometheus/prometheus"
                    ? [Math.floor(minor / 100), minor % 100, patch]
                    : [major, minor, patch],
        };
    });
}

/** What a go.mod says after `keyword`, in blocks and on single lines. */
function directives(goMod: string, keyword: string): string[] {
    const blocks = [...goMod.matchAll(new RegExp(`^${keyword} \\(\\n([^)]*)\\)`, "gm"))].flatMap((match) =>
        (match[1] ?? "").split("\n"),
    );
    const lines = [...goMod.matchAll(new RegExp(`^${keyword} ([^(\\n]+)$`, "gm"))].map((match) => match[1] ?? "");
    return [...blocks, ...lines].map((line) => line.replace(/\/\/.*$/, "").trim()).filter((line) => line !== "");
}

/** The linker's flags that make each program say its version; Go gives them only to whom they name. */
function versionFlags(tools: Tool[]): string[] {
    const modules = new Map(tools.map(({ module, version }) => [module, version]));
    return [...modules].map(
        ([module, version]) =>
            `-ldflags=${module}/...=-s -w -X github.com/prometheus/common/version.Version=${written(version)}`,
    );
}

/** The Go version that a go.mod asks for. */
export function wantedGo(goMod: string): string {
    return directives(goMod, "go")[0] ?? "";
}

/** The programs as they are in .cache/bin once they are built, by name. */
export async function builtTools(): Promise<Map<string, { path: string; version: Version }>> {
    const tools = readTools(await readFile(goModFile, "utf8"));
    return new Map(tools.map(({ name, version }) => [name, { path: join(binDirectory, name), version }]));
}

/** True where .cache/bin holds `names`, built from what tools/ says now. */
export async function builtFromPresentSources(names: string[]): Promise<boolean> {
    try {
        await Promise.all(names.map((name) => access(join(binDirectory, name))));
        return (await readFile(stampFile, "utf8")).trim() === (await sourcesHash());
    } catch {
        return false;
    }
}

/** What a build is made from: the modules, their checksums and the command. */
async function sourcesHash(): Promise<string> {
    const goMod = await readFile(goModFile, "utf8");
    const flags = [...buildFlags, ...versionFlags(readTools(goMod)), process.platform, process.arch];
    return createHash("sha256")
        .update(goMod)
        .update(await readFile(join(toolsDirectory, "go.sum")))
        .update(flags.join("\n"))
        .digest("hex");
}

/**
 * Builds every program of tools/go.mod into .cache/bin. Nothing outside the clone is written: Go's caches, temporary
 * files and telemetry lie in .cache. The user's own Go settings (GOPROXY, GOFLAGS, GOTOOLCHAIN, …) hold.
 */
export async function buildPrograms(options: BuildOptions): Promise<void> {
    const goMod = await readFile(goModFile, "utf8");
    const tools = readTools(goMod);
    const paths = tools.map((tool) => tool.package);
    const fresh = join(buildDirectory, "bin");
    const { GOTMPDIR, XDG_CONFIG_HOME } = buildEnvironment();
    const telemetry = join(XDG_CONFIG_HOME, "go", "telemetry");
    options.cleanUp?.remove(buildDirectory);
    await Promise.all(
        [fresh, binDirectory, GOTMPDIR, telemetry].map((directory) => mkdir(directory, { recursive: true })),
    );
    // Counting its use, Go leaves a process behind for seconds.
    await writeFile(join(telemetry, "mode"), "off");
    try {
        options.report("asking go for its version");
        const version = (await go(["env", "GOVERSION"], goMod, options)).join("");
        options.report(`listing packages (${version})`);
        const packages = await go(["list", "-deps", ...buildFlags, ...paths], goMod, options);
        options.report(`compiling with ${version}, several minutes the first time`);
        let compiled = 0;
        await go(["build", "-v", ...buildFlags, ...versionFlags(tools), "-o", fresh, ...paths], goMod, {
            ...options,
            line: (line) => {
                if (!line.startsWith("go: ")) {
                    compiled += 1;
                    options.report(`compiled ${compiled} of at most ${packages.length} packages`);
                }
            },
        });
        for (const { name } of tools) {
            await rename(join(fresh, name), join(binDirectory, name));
        }
        await writeFile(stampFile, `${await sourcesHash()}\n`);
    } finally {
        await rm(buildDirectory, { recursive: true, force: true });
    }
}

/** The environment of every go command: the user's, with every place that Go writes to moved into .cache. */
export function buildEnvironment(): NodeJS.ProcessEnv & { GOTMPDIR: string; XDG_CONFIG_HOME: string } {
    const configuration = process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config");
    return {
        // More memory for less time, unless the user has his own idea.
        GOGC: "400",
        ...process.env,
        CGO_ENABLED: "0",
        GOWORK: "off",
        GOCACHE: join(cacheDirectory, "go-build"),
        GOMODCACHE: join(cacheDirectory, "go-mod"),
        GOTMPDIR: join(buildDirectory, "tmp"),
        // Go counts its own use below the user's configuration directory; his settings are read from where they are.
        XDG_CONFIG_HOME: join(cacheDirectory, "go-config"),
        GOENV: process.env.GOENV ?? join(configuration, "go", "env"),
    };
}

/** Runs go in tools/ and returns the lines of its standard output. */
async function go(
    args: string[],
    goMod: string,
    { report, cleanUp, line }: BuildOptions & { line?: (line: string) => void },
): Promise<string[]> {
    const child = spawn("go", args, {
        cwd: toolsDirectory,
        env: buildEnvironment(),
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
    });
    const ended = new Promise<number | null>((resolveEnd, rejectEnd) => {
        child.once("error", (error: NodeJS.ErrnoException) =>
            rejectEnd(error.code === "ENOENT" ? new Error(`go is not on PATH. ${remedy(goMod)}`) : error),
        );
        child.once("close", resolveEnd);
    });
    const group = child.pid;
    if (group !== undefined) {
        cleanUp?.kill(group);
        child.once("exit", () => cleanUp?.spare(group));
    }
    const stdout: string[] = [];
    const stderr: string[] = [];
    let downloads = 0;
    const [, , code] = await Promise.all([
        eachLine(child.stdout, (text) => stdout.push(text)),
        eachLine(child.stderr, (text) => {
            stderr.push(text);
            if (text.startsWith("go: downloading ")) {
                downloads += 1;
                report(`downloading modules (${downloads}): ${text.slice("go: downloading ".length)}`);
            }
            line?.(text);
        }),
        ended,
    ]);
    if (code !== 0) {
        const said = stderr
            .filter((text) => !text.startsWith("go: downloading "))
            .slice(-20)
            .join("\n");
        const advice = /requires go >=|invalid go version|toolchain not available/.test(said)
            ? `\n${remedy(goMod)}`
            : "";
        throw new Error(`\`go ${args.join(" ")}\` in tools/ failed:\n${said}${advice}`);
    }
    return stdout;
}

async function eachLine(stream: Readable, use: (line: string) => void): Promise<void> {
    for await (const line of createInterface({ input: stream })) {
        use(line);
    }
}

function remedy(goMod: string): string {
    return (
        `The upstream programs are built with Go ${wantedGo(goMod)} or newer: install it from https://go.dev/dl/ ` +
        `(or let an older Go fetch it: GOTOOLCHAIN=auto), or put released programs on PATH (versions: local/programs.ts).`
    );
}
