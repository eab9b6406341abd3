import { accessSync, constants, existsSync, realpathSync, statSync } from "node:fs";
import { delimiter, join, sep } from "node:path";

/** Every program of a name in the directories of a PATH, in their order. */
export function programsOnPath(name: string, path = process.env["PATH"] ?? ""): string[] {
    return path
        .split(delimiter)
        .filter((directory) => directory !== "")
        .map((directory) => join(directory, name))
        .filter(isProgram);
}

/** Whether a program is the one of the npm package `pulumi`, which downloads the real one at its first call. */
export function isNpmPulumi(file: string): boolean {
    // Installed for all, its link lies anywhere.
    return (existsSync(file) ? realpathSync(file) : file).split(sep).includes("node_modules");
}

/** The pulumi to run, of those on PATH: a real one wins over npm's, which has to download one first. */
export function preferredPulumi(found: string[]): string | undefined {
    return found.find((file) => !isNpmPulumi(file)) ?? found[0];
}

function isProgram(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
    } catch {
        return false;
    }
}
