import { spawn, type ChildProcess } from "node:child_process";
import { close, open } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { CleanUp } from "./cleanUp";
import type { Ground } from "./ground";
import type { ProcessPlan } from "./plan";
import type { HeldPorts } from "./ports";
import type { FleetProgram, Program } from "./programs";

/** Milliseconds between two looks at whether a process is ready. */
const readyInterval = 100;

/** Milliseconds after which a process that is not ready will not be. */
const readyTimeout = 60_000;

interface Running {
    plan: ProcessPlan;
    child: ChildProcess;
    startedAt: number;
    /** Settled when the process has ended. */
    ended: Promise<void>;
    /** Somebody wants it to end. */
    stopping: boolean;
}

/** Starts processes, waits until they are ready, notices when one dies, and ends them all. */
export class Supervisor {
    private readonly running = new Map<string, Running>();
    private readonly plans = new Map<string, ProcessPlan>();
    private stopped = false;
    private fail: (error: Error) => void = () => undefined;

    /** Rejects when a process dies that nobody stopped. */
    readonly failure = new Promise<never>((_, reject) => {
        this.fail = reject;
    });

    constructor(
        private readonly ground: Ground,
        private readonly ports: HeldPorts,
        private readonly programs: Partial<Record<FleetProgram, Program>>,
        private readonly cleanUp: CleanUp,
    ) {
        // Whoever waits for the failure hears of it; without anybody it must not end this process.
        this.failure.catch(() => undefined);
    }

    /** Starts a process and returns when it is ready. */
    async start(plan: ProcessPlan): Promise<void> {
        this.refuseWhenStopped(plan);
        if (this.running.has(plan.name)) {
            throw new Error(`${plan.name} runs already`);
        }
        this.plans.set(plan.name, plan);
        await this.ready(await this.spawn(plan));
    }

    /** Starts a process again that was killed on purpose. */
    async startAgain(name: string): Promise<void> {
        const plan = this.plans.get(name);
        if (plan === undefined) {
            throw new Error(`there is no process ${name}; there are ${[...this.plans.keys()].join(", ")}`);
        }
        await this.start(plan);
    }

    /** Kills a process on purpose: the others go on. */
    async kill(name: string): Promise<void> {
        const running = this.running.get(name);
        if (running === undefined) {
            throw new Error(`${name} does not run; these do: ${[...this.running.keys()].join(", ")}`);
        }
        running.stopping = true;
        running.child.kill("SIGKILL");
        await running.ended;
    }

    /** The processes that run. */
    processes(): { name: string; pid: number; log: string }[] {
        return [...this.running.values()].map(({ plan, child }) => ({
            name: plan.name,
            pid: child.pid ?? 0,
            log: this.ground.log(plan.name),
        }));
    }

    /** When a process was started, in milliseconds. */
    startedAt(name: string): number {
        return this.running.get(name)?.startedAt ?? NaN;
    }

    /**
     * Ends everything: first what sends, so that what it has to send is still taken, then the rest. What has not ended
     * after `patience` milliseconds is killed.
     */
    async stop(sends: (name: string) => boolean, patience: number): Promise<void> {
        this.stopped = true;
        const all = [...this.running.values()];
        await this.end(
            all.filter(({ plan }) => sends(plan.name)),
            patience,
        );
        await this.end(
            all.filter(({ plan }) => !sends(plan.name)),
            patience,
        );
    }

    private async end(those: Running[], patience: number): Promise<void> {
        for (const running of those) {
            running.stopping = true;
            running.child.kill("SIGTERM");
        }
        const ended = Promise.all(those.map((running) => running.ended));
        await Promise.race([ended, sleep(patience, undefined, { ref: false })]);
        for (const running of those) {
            running.child.kill("SIGKILL");
        }
        await ended;
    }

    private refuseWhenStopped(plan: ProcessPlan): void {
        if (this.stopped) {
            throw new Error(`${plan.name} is not started: the fleet is being stopped`);
        }
    }

    private async spawn(plan: ProcessPlan): Promise<Running> {
        const log = this.ground.log(plan.name);
        await mkdir(dirname(log), { recursive: true });
        const descriptor = await promisify(open)(log, "a", 0o666);
        await this.ports.release(this.ground.portsOf(plan.name));
        this.refuseWhenStopped(plan);
        const program = this.programs[plan.program];
        if (program === undefined) {
            throw new Error(
                `${plan.name} needs ${plan.program}, which was not looked for; a defect of local/programs.ts`,
            );
        }
        const child = spawn(program.path, plan.args, {
            cwd: this.ground.directory,
            env: { ...process.env, ...plan.environment },
            // Output goes straight to the file: nothing is lost, and nothing waits, when this process is busy or dead.
            stdio: ["ignore", descriptor, descriptor],
            // A group of its own: Ctrl-C in the terminal must reach the fleet alone, which ends things in order.
            detached: true,
        });
        const group = child.pid;
        if (group !== undefined) {
            // At once: whoever is killed in between tells nobody of this process.
            this.cleanUp.kill(group);
        }
        await promisify(close)(descriptor);
        const running: Running = {
            plan,
            child,
            startedAt: Date.now(),
            stopping: false,
            ended: new Promise((resolve) => {
                child.once("error", (error) => {
                    this.fail(new Error(`${plan.name} cannot be started: ${error.message}`));
                    resolve();
                });
                child.once("exit", (code, signal) => {
                    this.running.delete(plan.name);
                    if (group !== undefined) {
                        this.cleanUp.spare(group);
                    }
                    if (!running.stopping) {
                        void this.died(plan, signal === null ? `exit code ${code}` : `signal ${signal}`);
                    }
                    resolve();
                });
            }),
        };
        this.running.set(plan.name, running);
        return running;
    }

    private async died(plan: ProcessPlan, how: string): Promise<void> {
        const said = await lastLines(this.ground.log(plan.name), 15);
        const portTaken = /address already in use/.test(said)
            ? "\nSomebody took its port in the moment before it started; run again."
            : "";
        this.fail(
            new Error(`${plan.name} died (${how}). The end of ${this.ground.log(plan.name)}:\n${said}${portTaken}`),
        );
    }

    private async ready(running: Running): Promise<void> {
        const { plan } = running;
        const deadline = Date.now() + readyTimeout;
        let alive = true;
        void running.ended.then(() => (alive = false));
        while (alive && !this.stopped) {
            if (await answers(plan.ready)) {
                return;
            }
            if (Date.now() > deadline) {
                const said = await lastLines(this.ground.log(plan.name), 15);
                throw new Error(
                    `${plan.name} is not ready after ${readyTimeout / 1000} s (${plan.ready}). The end of ` +
                        `${this.ground.log(plan.name)}:\n${said}`,
                );
            }
            await sleep(readyInterval);
        }
        if (!running.stopping) {
            // Its death is a failure of the whole fleet, and that says how it came.
            await this.failure;
        }
        throw new Error(`${plan.name} was stopped before it was ready`);
    }
}

async function answers(url: string): Promise<boolean> {
    try {
        const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
        await response.body?.cancel();
        return response.ok;
    } catch {
        return false;
    }
}

/** The last lines of a file. */
export async function lastLines(file: string, count: number): Promise<string> {
    const text = await readFile(file, "utf8").catch(() => "");
    return text.trimEnd().split("\n").slice(-count).join("\n");
}
