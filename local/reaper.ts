/**
 * Cleans up after the local fleet, whatever ends it: a process of its own that learns over its standard input which
 * process groups and directories there are, and that ends and deletes what is left when that input closes. A killed
 * process cannot clean up, but the system closes its pipes.
 *
 * Run as a program; node:... imports only, so that it is there at once.
 */
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { rm, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

/** One line on the reaper's standard input. */
export type ReaperOrder = { order: "kill" | "spare"; group: number } | { order: "remove"; directory: string };

async function reap(): Promise<void> {
    const groups = new Set<number>();
    const directories = new Set<string>();
    // Whoever ends the fleet by signalling everything must not end this before its time.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.on(signal, () => undefined);
    }
    for await (const line of createInterface({ input: process.stdin })) {
        const order = JSON.parse(line) as ReaperOrder;
        switch (order.order) {
            case "kill":
                groups.add(order.group);
                break;
            case "spare":
                groups.delete(order.group);
                break;
            case "remove":
                directories.add(order.directory);
                break;
        }
    }
    for (const group of groups) {
        try {
            process.kill(-group, "SIGKILL");
        } catch {
            // It has ended meanwhile.
        }
    }
    for (const pid of processesIn([...directories])) {
        try {
            process.kill(pid, "SIGKILL");
        } catch {
            // It has ended meanwhile.
        }
    }
    for (const directory of directories) {
        // A process that is being killed may still add a file.
        await rm(directory, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
        await rmdir(dirname(directory)).catch(() => undefined);
    }
}

/**
 * The processes that work in one of `directories`, where the system shows them (/proc): among them one that was started
 * in the instant before its parent was killed, of which nobody has heard.
 */
function processesIn(directories: string[]): number[] {
    const all = existsSync("/proc") ? readdirSync("/proc").filter((entry) => /^\d+$/.test(entry)) : [];
    return all.map(Number).filter((pid) => {
        try {
            const place = readlinkSync(`/proc/${pid}/cwd`);
            return directories.some((directory) => place === directory || place.startsWith(`${directory}/`));
        } catch {
            // Another user's, or it has ended meanwhile.
            return false;
        }
    });
}

if (require.main === module) {
    void reap();
}
