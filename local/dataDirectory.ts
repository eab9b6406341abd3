import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { cacheDirectory } from "./goBuild";

/** Marks a directory as a fleet's, and says which process runs it. */
const markFile = "fleet.pid";

/** A fresh directory inside the clone, for a fleet that leaves nothing behind. */
export async function temporaryDirectory(): Promise<string> {
    const directory = join(cacheDirectory, "local", `${Date.now().toString(36)}-${process.pid}`);
    await mkdir(directory, { recursive: true });
    return directory;
}

/**
 * A directory that stays. One that a fleet left is used again with its data; anything else must be empty, because
 * nobody expects a fleet to write between his files.
 */
export async function keptDirectory(path: string): Promise<string> {
    const directory = resolve(path);
    await mkdir(directory, { recursive: true });
    const mark = join(directory, markFile);
    const owner = await readFile(mark, "utf8").then(Number, () => undefined);
    if (owner === undefined && (await readdir(directory)).length > 0) {
        throw new Error(
            `${directory} is not empty and was not made by a fleet: give --keep an empty or a new directory`,
        );
    }
    if (owner !== undefined && owner !== process.pid && alive(owner)) {
        throw new Error(
            `${directory} is in use by the fleet of process ${owner}: stop that one, or give --keep another directory ` +
                `(if that process is no fleet, delete ${mark})`,
        );
    }
    await writeFile(mark, `${process.pid}\n`);
    return directory;
}

function alive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}
