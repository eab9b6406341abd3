import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { itWith, upstreamProgram } from "../upstreamProgram";

const alloy = upstreamProgram("alloy");

/** Like `it`, and skipped, saying why, on a machine without alloy. */
export const itWithAlloy = itWith("alloy");

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
