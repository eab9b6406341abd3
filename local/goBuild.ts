import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { access, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
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
 * What makes a build short and its result the same wherever the clone lies; the module cache is left writable, so that
 * .cache can be deleted like any directory.
 */
const buildFlags = ["-mod=readonly", "-buildvcs=false", "-modcacherw", "-trimpath", "-gcflags=all=-dwarf=false"];

/** Thanos needs this, as its own releases have it: without, the first write panics. */
const buildTags: Record<string, string> = { "github.com/thanos-io/thanos": "slicelabels" };

/** A Go module below tools/, whose programs are built together; programs that agree on no versions have modules apart. */
export interface ToolModule {
    /** Where its go.mod is. */
    directory: string;
    goMod: string;
    tools: Tool[];
}

/** The modules of tools/ and of the directories in it. */
export function toolModules(): ToolModule[] {
    const inside = readdirSync(toolsDirectory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [toolsDirectory, ...inside.map(({ name }) => join(toolsDirectory, name))]
        .filter((directory) => existsSync(join(directory, "go.mod")))
        .map((directory) => {
            const goMod = readFileSync(join(directory, "go.mod"), "utf8");
            return { directory, goMod, tools: readTools(goMod) };
        });
}

/** A program that a go.mod names by a `tool` directive. */
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
        const released = versionOf[path] ?? path;
        const [owner, version] = required.find(([name]) => released === name || released.startsWith(`${name}/`)) ?? [];
        const module = path in versionOf ? path : owner;
        const parts = /^v(\d+)\.(\d+)\.(\d+)$/.exec(version ?? "");
        if (module === undefined || parts === null) {
            throw new Error(
                `a go.mod in tools/ has a tool ${path} and no released version of its module; run \`go mod tidy\` there`,
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

/** A program of our own is of the version of what it is made of. */
const versionOf: Record<string, string> = {
    "fleet-observability/tools/otelcol": "go.opentelemetry.io/collector/otelcol",
};

/** What a go.mod says after `keyword`, in blocks and on single lines. */
function directives(goMod: string, keyword: string): string[] {
    const blocks = [...goMod.matchAll(new RegExp(`^${keyword} \\(\\n([^)]*)\\)`, "gm"))].flatMap((match) =>
        (match[1] ?? "").split("\n"),
    );
    const lines = [...goMod.matchAll(new RegExp(`^${keyword} ([^(\\n]+)$`, "gm"))].map((match) => match[1] ?? "");
    return [...blocks, ...lines].map((line) => line.replace(/\/\/.*$/, "").trim()).filter((line) => line !== "");
}

/** The variable that says a program's version; in Prometheus' programs and those built like them, the common one. */
const versionVariables: Record<string, string> = {
    "fleet-observability/tools/otelcol": "main.version",
    "github.com/caddyserver/caddy/v2": "github.com/caddyserver/caddy/v2.CustomVersion",
    "github.com/grafana/loki/v3": "github.com/grafana/loki/v3/pkg/util/build.Version",
};
const commonVersionVariable = "github.com/prometheus/common/version.Version";

/** The flags of a module's build; the linker's make each program say its version, and go only to whom they name. */
function flagsOf({ tools }: ToolModule): string[] {
    const modules = new Map(tools.map(({ module, version }) => [module, version]));
    const tags = [...modules.keys()].flatMap((module) => buildTags[module] ?? []);
    return [
        ...buildFlags,
        ...(tags.length === 0 ? [] : [`-tags=${tags.join(",")}`]),
        ...[...modules].map(
            ([module, version]) =>
                `-ldflags=${module}/...=-s -w -X ${versionVariables[module] ?? commonVersionVariable}=${written(version)}`,
        ),
    ];
}

/** The Go version that a go.mod asks for. */
export function wantedGo(goMod: string): string {
    return directives(goMod, "go")[0] ?? "";
}

/** Where a built program is. */
export function builtTool(name: string): string {
    return join(binDirectory, name);
}

/** True where .cache/bin holds a module's programs, built from what tools/ says now. */
export async function builtFromPresentSources(module: ToolModule): Promise<boolean> {
    try {
        await Promise.all(module.tools.map(({ name }) => access(builtTool(name))));
        return (await readFile(stampFile(module), "utf8")).trim() === (await sourcesHash(module));
    } catch {
        return false;
    }
}

function stampFile({ directory }: ToolModule): string {
    return join(binDirectory, `${basename(directory)}.built-from`);
}

/** What a build is made from: the modules, their checksums, what is written here, and the command. */
async function sourcesHash(module: ToolModule): Promise<string> {
    const files = readdirSync(module.directory, { withFileTypes: true }).filter((entry) => entry.isFile());
    const contents = await Promise.all(files.map(({ name }) => readFile(join(module.directory, name))));
    const hash = createHash("sha256");
    contents.forEach((content) => hash.update(content));
    return hash.update([...flagsOf(module), process.platform, process.arch].join("\n")).digest("hex");
}

/**
 * Builds every program of a module into .cache/bin. Nothing outside the clone is written: Go's caches, temporary files
 * and telemetry lie in .cache. The user's own Go settings (GOPROXY, GOFLAGS, GOTOOLCHAIN, …) hold.
 */
export async function buildPrograms(module: ToolModule, options: BuildOptions): Promise<void> {
    const { tools } = module;
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
        const version = (await go(["env", "GOVERSION"], module, options)).join("");
        const what = tools.map(({ name }) => name).join(", ");
        options.report(`${what}: listing packages (${version})`);
        const flags = flagsOf(module);
        const packages = await go(["list", "-deps", ...flags, ...paths], module, options);
        options.report(`${what}: compiling with ${version}, several minutes the first time`);
        let compiled = 0;
        await go(["build", "-v", ...flags, "-o", `${fresh}/`, ...paths], module, {
            ...options,
            line: (line) => {
                if (!line.startsWith("go: ")) {
                    compiled += 1;
                    options.report(`${what}: compiled ${compiled} of at most ${packages.length} packages`);
                }
            },
        });
        for (const { name } of tools) {
            await rename(join(fresh, name), builtTool(name));
        }
        await writeFile(stampFile(module), `${await sourcesHash(module)}\n`);
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

/** Runs go in a module's directory and returns the lines of its standard output. */
async function go(
    args: string[],
    { directory, goMod }: ToolModule,
    { report, cleanUp, line }: BuildOptions & { line?: (line: string) => void },
): Promise<string[]> {
    const child = spawn("go", args, {
        cwd: directory,
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
        throw new Error(
            `\`go ${args.join(" ")}\` in ${relative(repository, directory)}/ failed:\n${said}${advice(said, goMod)}`,
        );
    }
    return stdout;
}

async function eachLine(stream: Readable, use: (line: string) => void): Promise<void> {
    for await (const line of createInterface({ input: stream })) {
        use(line);
    }
}

/** What to do about what go said, on a line of its own; nothing where it says so itself. */
function advice(said: string, goMod: string): string {
    if (/requires go >=|invalid go version|toolchain not available/.test(said)) {
        return `\n${remedy(goMod)}`;
    }
    return /no space left on device/.test(said)
        ? `\nAll upstream programs together need 12 GB in ${cacheDirectory}, where Go's caches lie too.`
        : "";
}

function remedy(goMod: string): string {
    return (
        `The upstream programs are built with Go ${wantedGo(goMod)} or newer: install it from https://go.dev/dl/ ` +
        `(or let an older Go fetch it: GOTOOLCHAIN=auto), or put released programs on PATH (versions: local/programs.ts).`
    );
}
