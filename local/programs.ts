import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { buildPrograms, builtFromPresentSources, builtTool, toolModules, type BuildOptions } from "./goBuild";
import { atLeast, parseVersion, written, type Version } from "./version";

/** The upstream programs that the local fleet and the live tests run. */
export type ProgramName =
    | "thanos"
    | "prometheus"
    | "promtool"
    | "alertmanager"
    | "amtool"
    | "node_exporter"
    | "blackbox_exporter"
    | "loki"
    | "otelcol"
    | "statsd_exporter"
    | "postgres_exporter"
    | "caddy"
    | "alloy";

/** Where a program is, and what it is. */
export interface Program {
    path: string;
    version: Version;
}

/** The oldest version of each that the platform's flags and configuration need. */
export const oldest: Record<ProgramName, Version> = {
    thanos: [0, 42, 0],
    // 3.x for remote-write's protobuf_message.
    prometheus: [3, 5, 0],
    promtool: [3, 5, 0],
    alertmanager: [0, 28, 0],
    amtool: [0, 28, 0],
    node_exporter: [1, 8, 0],
    blackbox_exporter: [0, 25, 0],
    loki: [3, 5, 0],
    otelcol: [0, 150, 0],
    statsd_exporter: [0, 28, 0],
    postgres_exporter: [0, 17, 0],
    caddy: [2, 10, 0],
    alloy: [1, 10, 0],
};

/** What no module proxy has all parts of: it is used where it is on PATH. */
export const neverBuilt = ["alloy"] as const satisfies ProgramName[];

/** What `npm run local` runs in any case. */
export const fleetPrograms = [
    "thanos",
    "prometheus",
    "alertmanager",
    "node_exporter",
    "blackbox_exporter",
] as const satisfies ProgramName[];

/** What `npm run local -- --everything` runs besides. */
export const furtherPrograms = ["loki", "otelcol", "statsd_exporter", "caddy"] as const satisfies ProgramName[];

/** A program of a fleet. */
export type FleetProgram =
    (typeof fleetPrograms)[number] | (typeof furtherPrograms)[number] | (typeof neverBuilt)[number];

/**
 * The programs: from PATH where they are new enough, else from .cache/bin, built there first when tools/ has changed
 * since. Of those that are never built here, the ones on PATH.
 */
export async function findPrograms<Name extends ProgramName>(
    names: readonly Name[],
    options: BuildOptions,
): Promise<Record<Name, Program>> {
    const wanted = new Set<string>(names);
    const found = new Map<string, Program>();
    for (const name of names) {
        const installed = await onPath(name);
        if (installed !== undefined) {
            found.set(name, installed);
        }
    }
    for (const module of toolModules()) {
        const missing = module.tools.filter((tool) => wanted.has(tool.name) && !found.has(tool.name));
        if (missing.length > 0 && !(await builtFromPresentSources(module))) {
            await buildPrograms(module, options);
        }
        for (const { name, version } of missing) {
            found.set(name, { path: builtTool(name), version });
        }
    }
    return Object.fromEntries(found) as Record<Name, Program>;
}

/** One line on what the programs are and where they come from. */
export function provenance(programs: Partial<Record<ProgramName, Program>>): string {
    const found = Object.entries(programs);
    return [...new Set(found.map(([, { path }]) => dirname(path)))]
        .map((directory) => {
            const here = found.filter(([, { path }]) => dirname(path) === directory);
            return `${here.map(([name, { version }]) => `${name} ${written(version)}`).join(", ")} from ${directory}`;
        })
        .join("; ");
}

/** The program of this name on PATH, unless it is too old or does not say its version. */
async function onPath(name: ProgramName): Promise<Program | undefined> {
    const path = await which(name);
    if (path === undefined) {
        return undefined;
    }
    const version = parseVersion(await versionText(path));
    return version !== undefined && atLeast(version, oldest[name]) ? { path, version } : undefined;
}

async function which(name: string): Promise<string | undefined> {
    for (const directory of (process.env.PATH ?? "").split(delimiter).filter((entry) => entry !== "")) {
        const path = join(directory, name);
        if (await executable(path)) {
            return path;
        }
    }
    return undefined;
}

async function executable(path: string): Promise<boolean> {
    try {
        await access(path, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

async function versionText(path: string): Promise<string> {
    try {
        const { stdout, stderr } = await promisify(execFile)(path, ["--version"], { timeout: 10_000 });
        return stdout + stderr;
    } catch {
        // Something else of that name: not what is looked for.
        return "";
    }
}
