/** Where tests find the pinned charts and Helm. Neither is in the repository: tests that need them skip, and say so. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { charts, findChart } from "../../charts/coordinates";

const cache = resolve(__dirname, "../../.cache");
const pullTimeout = 10_000;
const retryAfter = 10 * 60_000;

/** Path of the `helm` program: from PATH, or `.cache/bin/helm` of the repository. */
export function helmBinary(): string | undefined {
    const directories = [...(process.env["PATH"] ?? "").split(delimiter), join(cache, "bin")];
    return directories.map((directory) => join(directory, "helm")).find((path) => existsSync(path));
}

/**
 * A directory that holds the pinned charts: CHARTS_DIR when it is set, else `.cache/charts`, where missing charts are
 * fetched with Helm. When that fails it is not tried again for ten minutes.
 */
export function chartsDirectory(): string | undefined {
    const given = process.env["CHARTS_DIR"];
    if (given !== undefined && given !== "") {
        return given;
    }
    const directory = join(cache, "charts");
    const complete = (): boolean => charts.every((chart) => findChart(directory, chart) !== undefined);
    if (!complete()) {
        pullMissing(directory);
    }
    return complete() ? directory : undefined;
}

function pullMissing(directory: string): void {
    const helm = helmBinary();
    const failed = join(directory, "unreachable");
    if (helm === undefined || (existsSync(failed) && Date.now() - statSync(failed).mtimeMs < retryAfter)) {
        return;
    }
    mkdirSync(directory, { recursive: true });
    const deadline = Date.now() + pullTimeout;
    for (const chart of charts.filter((candidate) => findChart(directory, candidate) === undefined)) {
        const args = ["pull", chart.oci, "--version", chart.version, "--destination", directory];
        const timeout = Math.max(1, deadline - Date.now());
        if (spawnSync(helm, args, { timeout, stdio: "ignore" }).status !== 0) {
            writeFileSync(failed, "");
            return;
        }
    }
}

/** A test that needs the charts; without them it is skipped, with "skipped: chart not reachable" in its name. */
export function itWithCharts(name: string, test: (directory: string) => void | Promise<void>): void {
    const directory = chartsDirectory();
    if (directory === undefined) {
        it.skip(`${name} (skipped: chart not reachable; set CHARTS_DIR, or put helm on PATH)`, () => undefined);
    } else {
        it(name, async () => test(directory), 60_000);
    }
}
