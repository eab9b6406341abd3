import { accessSync, constants, realpathSync, statSync } from "node:fs";
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
    return realpathSync(file).includes(`${sep}${join("node_modules", "pulumi")}${sep}`);
}

function isProgram(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
    } catch {
        return false;
    }
}
