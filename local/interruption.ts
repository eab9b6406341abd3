import { readFileSync } from "node:fs";
import { constants } from "node:os";

/** Why a fleet ends with which nothing is wrong. */
export class Interruption extends Error {
    constructor(
        message: string,
        /** What the program exits with when it was not yet done with what it was started for. */
        readonly exitCode: number,
    ) {
        super(message);
        this.name = "Interruption";
    }
}

/**
 * Ctrl-C comes twice when npm runs the program: from the terminal, and once more passed on by npm. Only what comes later
 * than so many milliseconds is somebody's impatience.
 */
const echo = 1_000;

/** Milliseconds between two looks at whether npm still lives. */
const parentInterval = 500;

/**
 * Rejects at the first signal to end, or when the npm that runs this program is gone: a killed npm tells nobody.
 *
 * @param impatient called at every further signal
 */
export function untilInterrupted(impatient: () => void): Promise<never> {
    const interrupted = new Promise<never>((_, reject) => {
        let first: number | undefined;
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
            process.on(signal, () => {
                if (first === undefined) {
                    first = Date.now();
                    reject(new Interruption(signal, 128 + constants.signals[signal]));
                } else if (Date.now() - first > echo) {
                    impatient();
                }
            });
        }
        const launcher = process.env.npm_lifecycle_event === undefined ? undefined : npmAncestry();
        const watch = setInterval(() => {
            if (launcher !== undefined && npmAncestry() !== launcher) {
                clearInterval(watch);
                reject(new Interruption("npm, which ran this, is gone", 128 + constants.signals.SIGHUP));
            }
        }, parentInterval);
        watch.unref();
    });
    // Nobody may be waiting when it comes.
    interrupted.catch(() => undefined);
    return interrupted;
}

/** The parent, and its parent too where the first is the shell that npm runs scripts with: npm may die behind it. */
function npmAncestry(): string {
    const { command, parent } = readProcess(process.ppid);
    return /^(ba|da|a|z|k)?sh$/.test(command) ? `${process.ppid} ${parent}` : `${process.ppid}`;
}

function readProcess(pid: number): { command: string; parent: string } {
    try {
        // The command, in brackets, may hold anything; the fields behind it are the state and the parent.
        const [, command = "", parent = ""] =
            /^\d+ \((.*)\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
        return { command, parent };
    } catch {
        return { command: "", parent: "" };
    }
}
