import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { itWith, upstreamProgram } from "../upstreamProgram";

const loki = upstreamProgram("loki");

/** Like `it`, and skipped, saying why, on a machine without loki. */
export const itWithLoki = itWith("loki");

/** What `loki -verify-config` says of a config.yaml, with the flags of the chart and `flags`: "" is success. */
export function verifyConfig(config: string, ...flags: string[]): string {
    return inLoki(config, ["-verify-config", ...flags], ({ status, output }) => (status === 0 ? "" : output));
}

/** The config.yaml that loki has after its defaults and flags, without those that it leaves out. */
export function understood(config: string, ...flags: string[]): string {
    return inLoki(config, ["-print-config-stderr", "-verify-config", ...flags], ({ output }) => output);
}

function inLoki<Result>(
    config: string,
    flags: string[],
    read: (ended: { status: number | null; output: string }) => Result,
): Result {
    const directory = mkdtempSync(join(tmpdir(), "loki-"));
    try {
        const file = join(directory, "config.yaml");
        writeFileSync(file, config);
        const { status, stdout, stderr } = spawnSync(
            loki ?? "loki",
            [`-config.file=${file}`, "-target=all", "-config.expand-env=true", ...flags],
            { encoding: "utf8", maxBuffer: 1 << 26 },
        );
        return read({ status, output: `${stdout}${stderr}` });
    } finally {
        rmSync(directory, { recursive: true });
    }
}
