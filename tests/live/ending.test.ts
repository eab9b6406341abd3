import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { repository } from "../../local/goBuild";
import { findPrograms, fleetPrograms } from "../../local/programs";
import { eventually, leftovers, startFleet } from "./runningFleet";

beforeAll(() => findPrograms(fleetPrograms, { report: () => undefined }), 40 * 60_000);

/** Set in the environment of a fleet, and so in that of every process that it ever starts. */
const mark = "FLEET_TEST_MARK";

/** A fleet that starts, through npm or without. */
interface Starting {
    child: ChildProcess;
    /** Its processes, whoever their parent is by now. */
    processes: () => { pid: string; command: string }[];
}

const started: Starting[] = [];

// What a failed test leaves would keep Jest from ending; the rest is the reaper's work.
afterEach(() => {
    const left = started.splice(0).flatMap((starting) => starting.processes());
    for (const { pid } of left.filter(({ command }) => command.includes("local/main.ts"))) {
        process.kill(Number(pid), "SIGKILL");
    }
});

function start(command: "node" | "npm"): Starting {
    const value = randomUUID();
    const args = ["--customers", "1"];
    const child = spawn(
        command === "node" ? process.execPath : "npm",
        command === "node" ? ["--import", "tsx", "local/main.ts", ...args] : ["run", "local", "--", ...args],
        { cwd: repository, stdio: "ignore", detached: true, env: { ...process.env, [mark]: value } },
    );
    const processes = () =>
        readdirSync("/proc")
            .filter((entry) => /^\d+$/.test(entry))
            .flatMap((pid) => {
                try {
                    const marked = readFileSync(`/proc/${pid}/environ`, "utf8").includes(`${mark}=${value}`);
                    return marked ? [{ pid, command: readFileSync(`/proc/${pid}/cmdline`, "utf8") }] : [];
                } catch {
                    return [];
                }
            });
    started.push({ child, processes });
    return { child, processes };
}

/** The directory of a fleet, once several of its processes run. */
async function directoryOf({ processes }: Starting): Promise<string> {
    let found: string[] = [];
    await eventually(60, () => {
        found = processes().flatMap(({ command }) => /[^=]*\/\.cache\/local\/[-\w]+/.exec(command)?.[0] ?? []);
        expect(found.length).toBeGreaterThan(6);
    });
    return found[0]?.replaceAll("\0", "") ?? "";
}

describe("whatever ends a fleet that is still starting, nothing is left of it", () => {
    test.each<[string, "node" | "npm", (pid: number) => void]>([
        ["SIGINT", "node", (pid) => process.kill(pid, "SIGINT")],
        ["SIGTERM", "node", (pid) => process.kill(pid, "SIGTERM")],
        ["SIGHUP", "node", (pid) => process.kill(pid, "SIGHUP")],
        ["SIGKILL", "node", (pid) => process.kill(pid, "SIGKILL")],
        // A terminal sends it to everything in the foreground, and npm passes it on: it comes twice.
        ["Ctrl-C", "npm", (pid) => process.kill(-pid, "SIGINT")],
        ["SIGTERM", "npm", (pid) => process.kill(pid, "SIGTERM")],
        ["SIGHUP", "npm", (pid) => process.kill(pid, "SIGHUP")],
        ["SIGKILL", "npm", (pid) => process.kill(pid, "SIGKILL")],
    ])(
        "%s to %s",
        async (_, command, end) => {
            const starting = start(command);
            const directory = await directoryOf(starting);
            expect(existsSync(directory)).toBe(true);
            end(starting.child.pid ?? 0);
            await eventually(20, () => {
                expect(starting.processes()).toEqual([]);
                expect(existsSync(directory)).toBe(false);
            });
        },
        90_000,
    );
});

describe("a fleet that runs", () => {
    test("ends at once at the second Ctrl-C, though an agent does not", async () => {
        const { process: main, fleet } = await startFleet("--customers", "1");
        const agent = fleet.processes.find(({ name }) => name.startsWith("agent-"));
        process.kill(agent?.pid ?? 0, "SIGSTOP");
        main.kill("SIGINT");
        // Less than a second after the first it would be npm's echo of it.
        await sleep(1_500);
        expect(main.exitCode).toBeNull();
        const second = Date.now();
        main.kill("SIGINT");
        const [code] = (await once(main, "exit")) as [number];
        expect(code).toBe(130);
        expect(Date.now() - second).toBeLessThan(1_400);
        await eventually(5, () => expect(leftovers(fleet)).toEqual([]));
    }, 180_000);

    test("fails when a process dies, and says what that process said last", async () => {
        const { process: main, fleet } = await startFleet("--customers", "1");
        const said: string[] = [];
        main.stderr?.on("data", (chunk: Buffer) => said.push(chunk.toString()));
        const store = fleet.processes.find(({ name }) => name === "store");
        process.kill(store?.pid ?? 0, "SIGKILL");
        const [code] = (await once(main, "close")) as [number];
        expect(code).toBe(1);
        expect(said.join("")).toContain(`store died (signal SIGKILL). The end of ${store?.log}:\n`);
        expect(said.join("")).toMatch(/ts=\S+ caller=\S+ level=info/);
        expect(leftovers(fleet)).toEqual([]);
    }, 180_000);

    test("leaves what it was told to keep, and takes it up again", async () => {
        const parent = await mkdtemp(join(tmpdir(), "kept-fleet-"));
        try {
            const directory = join(parent, "fleet");
            const run = async () => {
                const { process: main, fleet } = await startFleet(
                    "--customers",
                    "1",
                    "--for",
                    "1",
                    "--keep",
                    directory,
                );
                const [code] = (await once(main, "exit")) as [number];
                expect(code).toBe(0);
                expect(leftovers(fleet)).toEqual([directory]);
            };
            await run();
            expect(existsSync(join(directory, "logs", "query.log"))).toBe(true);
            // A receiver uploads what it has when it ends.
            expect(readdirSync(join(directory, "bucket")).length).toBeGreaterThan(0);
            await run();
        } finally {
            await rm(parent, { recursive: true });
        }
    }, 240_000);
});
