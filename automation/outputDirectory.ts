import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "./commandLine";
import { compare } from "./planStack";

/** Lists what an earlier run wrote, so that the next one removes what is no longer there, and nothing else. */
const marker = ".rendered";

/**
 * Makes `directory` hold `files`, contents by path, and removes those that an earlier call wrote and this one does not.
 *
 * @param force write into a directory that has other content; it stays as it is
 * @throws UsageError when the directory has content of somebody else's
 */
export function writeDirectory(directory: string, files: ReadonlyMap<string, string>, force: boolean): void {
    const earlier = filesOfEarlierRun(directory, force);
    for (const path of earlier.filter((written) => !files.has(written))) {
        rmSync(join(directory, path), { force: true });
        removeEmptyDirectories(directory, dirname(path));
    }
    for (const [path, content] of files) {
        mkdirSync(join(directory, dirname(path)), { recursive: true });
        writeFileSync(join(directory, path), content);
    }
    writeFileSync(join(directory, marker), [...files.keys()].sort(compare).join("\n") + "\n");
}

function filesOfEarlierRun(directory: string, force: boolean): string[] {
    if (!existsSync(directory)) {
        return [];
    }
    if (!statSync(directory).isDirectory()) {
        throw new UsageError(`${directory} is a file; --out takes a directory`);
    }
    if (existsSync(join(directory, marker))) {
        // A marker that came with a checkout may say anything; what it names outside the directory is not ours.
        const listed = readFileSync(join(directory, marker), "utf8").split("\n");
        return listed.filter((path) => path !== "" && !path.startsWith("/") && !path.split("/").includes(".."));
    }
    if (!force && readdirSync(directory).length > 0) {
        throw new UsageError(
            `${directory} has content that no render wrote. Choose another directory, or add --force to write into it; what is there stays.`,
        );
    }
    return [];
}

function removeEmptyDirectories(root: string, path: string): void {
    if (path !== "." && existsSync(join(root, path)) && readdirSync(join(root, path)).length === 0) {
        rmdirSync(join(root, path));
        removeEmptyDirectories(root, dirname(path));
    }
}
