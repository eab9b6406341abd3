import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

/** alloy: the one that the local fleet builds, else one on the PATH. */
const alloy = [resolve(__dirname, "../../.cache/bin"), ...(process.env["PATH"] ?? "").split(delimiter)]
    .map((directory) => join(directory, "alloy"))
    .find(existsSync);

/** Like `it`, and skipped, saying why, on a machine without alloy. */
export function itWithAlloy(name: string, test: () => void): void {
    if (alloy === undefined) {
        it.skip(`${name} (skipped: alloy not found)`, test);
    } else {
        it(name, test, 60_000);
    }
}

/** Runs `alloy validate`. Returns what it says: "" is success. */
export function validate(config: string): string {
    const directory = mkdtempSync(join(tmpdir(), "alloy-"));
    try {
        writeFileSync(join(directory, "config.alloy"), config);
        const { status, stdout, stderr } = spawnSync(alloy ?? "alloy", ["validate", join(directory, "config.alloy")], {
            encoding: "utf8",
        });
        return status === 0 ? "" : `${stdout}${stderr}`;
    } finally {
        rmSync(directory, { recursive: true });
    }
}
