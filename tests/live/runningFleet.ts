import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { repository } from "../../local/goBuild";
import type { FleetDescription } from "../../local/fleet";

/** A local fleet in a process of its own, started as `npm run local` starts it. */
export interface RunningFleet {
    process: ChildProcess;
    fleet: FleetDescription;
}

/** Starts a fleet and returns once it has described itself. */
export async function startFleet(...args: string[]): Promise<RunningFleet> {
    const child = spawn(process.execPath, ["--import", "tsx", "local/main.ts", "--json", ...args], {
        cwd: repository,
        stdio: ["ignore", "pipe", "pipe"],
    });
    const said: string[] = [];
    child.stderr.on("data", (chunk: Buffer) => said.push(chunk.toString()));
    const printed: string[] = [];
    const described = new Promise<FleetDescription>((resolve) => {
        child.stdout.on("data", (chunk: Buffer) => {
            printed.push(chunk.toString());
            try {
                resolve(JSON.parse(printed.join("")) as FleetDescription);
            } catch {
                // There is more to come.
            }
        });
    });
    const fleet = await Promise.race([described, once(child, "exit").then(() => undefined)]);
    if (fleet === undefined) {
        throw new Error(`the fleet ended before it ran:\n${said.join("")}`);
    }
    return { process: child, fleet };
}

/** What is left of a fleet: processes whose command line names its directory, and the directory. */
export function leftovers({ directory }: FleetDescription): string[] {
    const processes = readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry))
        .filter((pid) => {
            try {
                return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(directory);
            } catch {
                return false;
            }
        })
        .map((pid) => `process ${pid}`);
    return [...processes, ...(existsSync(directory) ? [directory] : [])];
}

/** Asks until the answer is right, or throws what was wrong with the last one. */
export async function eventually(seconds: number, check: () => Promise<void> | void): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
        try {
            await check();
            return;
        } catch (error) {
            if (Date.now() > deadline) {
                throw error;
            }
            await sleep(500);
        }
    }
}
