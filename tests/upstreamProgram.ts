import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** A program: the one that the local fleet builds, else one on the PATH; undefined where there is neither. */
export function upstreamProgram(name: string): string | undefined {
    return [resolve(__dirname, "../.cache/bin"), ...(process.env["PATH"] ?? "").split(delimiter)]
        .map((directory) => join(directory, name))
        .find(existsSync);
}

/** `it` for tests that run programs: skipped, saying why, on a machine without one of them. */
export function itWith(...programs: string[]) {
    const missing = programs.filter((name) => upstreamProgram(name) === undefined);
    return (name: string, test: (() => void) | (() => Promise<void>)): void => {
        if (missing.length > 0) {
            it.skip(`${name} (skipped: ${missing.join(", ")} not found)`, test);
        } else {
            it(name, test, 60_000);
        }
    };
}
