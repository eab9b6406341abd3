import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { stackSettings } from "../../automation/stackSettings";
import { programDirectory } from "../../automation/stackFile";
import { neededMetrics } from "../../metrics/needed";
import { exampleSections, plantCanaries, withStackFile } from "./examples";

jest.setTimeout(60_000);

/** Runs the command as `npm run metrics` does. */
function run(...args: string[]) {
    const script = join(programDirectory, "automation", "metrics.ts");
    return spawnSync(process.execPath, ["--import", "tsx", script, ...args], {
        cwd: programDirectory,
        encoding: "utf8",
        maxBuffer: 16 * 2 ** 20,
        // No passphrase and no backend: nothing of a stack but its file is read.
        env: { PATH: process.env["PATH"] ?? "" },
    });
}

describe.each(["dev", "prod"] as const)("metrics %s", (stack) => {
    const { observer, monitors } = stackSettings({ stack }).settings;
    const needed = neededMetrics({ observer: observer.name, monitors });

    it("prints each metric, below it who needs it, and at the end how many there are", () => {
        const { stdout, stderr, status } = run(stack);
        expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
        const lines = stdout.split("\n");
        expect(lines.filter((line) => /^[a-zA-Z_:][\w:]*$/.test(line))).toEqual([...needed.keys()]);
        for (const [metric, needers] of needed) {
            const position = lines.indexOf(metric) + 1;
            const below = needers.map(({ kind, name }) => `    ${kind} ${name}`);
            expect(lines.slice(position, position + needers.length)).toEqual(below);
        }
        expect(lines.slice(-4)).toEqual([
            "",
            `${needed.size} metrics are needed.`,
            "Agents send these of the platform's own exporters, and all that other jobs expose.",
            "",
        ]);
    });

    it("prints one JSON document with --json: needers by metric", () => {
        const { stdout, stderr, status } = run(stack, "--json");
        expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
        expect(JSON.parse(stdout)).toEqual(Object.fromEntries(needed));
    });

    it("needs no secret and prints none", async () => {
        const sections = exampleSections(stack);
        const canaries = plantCanaries(sections);
        const { stdout, stderr, status } = await withStackFile(sections, (file) => run(stack, "--config", file));
        expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
        expect(canaries).not.toEqual([]);
        expect(canaries.filter((canary) => stdout.includes(canary))).toEqual([]);
    });
});

test("says so when agents send everything, and what they send besides", async () => {
    const said = async (metrics: unknown) => {
        const sections = exampleSections("dev", { monitors: { metrics } });
        return (await withStackFile(sections, (file) => run("dev", "--config", file))).stdout;
    };
    expect(await said({ send: "all" })).toContain("monitors.metrics.send is all: agents send every metric.\n");
    expect(await said({ also: ["node_hwmon_.*", "go_threads"] })).toMatch(
        /\nSent besides: node_hwmon_\.\*\nSent besides: go_threads\n$/,
    );
});

test("a stack that there is not: a sentence, no stack trace, exit code 1", () => {
    const { stdout, stderr, status } = run("prdo");
    expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
    expect(stderr).toContain("Pulumi.prdo.yaml");
    expect(stderr).not.toMatch(/^ +at /m);
});
