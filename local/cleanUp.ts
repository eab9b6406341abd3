import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { repository } from "./goBuild";
import type { ReaperOrder } from "./reaper";

/** The reaper as the fleet sees it: it is told what would be left, and makes sure that nothing is. */
export class CleanUp {
    private readonly reaper: ChildProcess;
    private readonly gone: Promise<unknown>;

    constructor() {
        this.reaper = spawn(process.execPath, ["--import", "tsx", join(__dirname, "reaper.ts")], {
            cwd: repository,
            stdio: ["pipe", "ignore", "ignore"],
            // A session of its own: neither the terminal's Ctrl-C nor a kill of the fleet's process group reaches it.
            detached: true,
        });
        this.gone = once(this.reaper, "close");
        // Written to after it was killed: then nobody cleans up but the fleet itself, and that is no reason to fail.
        this.reaper.stdin?.on("error", () => undefined);
    }

    /** A process group that must not outlive the fleet. */
    kill(group: number): void {
        this.tell({ order: "kill", group });
    }

    /** A process group that has ended: its number may soon be somebody else's. */
    spare(group: number): void {
        this.tell({ order: "spare", group });
    }

    /** A directory that must not outlive the fleet. */
    remove(directory: string): void {
        this.tell({ order: "remove", directory });
    }

    /** Kills and removes what is left, and returns when it is gone. */
    async finish(): Promise<void> {
        this.reaper.stdin?.end();
        await this.gone;
    }

    private tell(order: ReaperOrder): void {
        this.reaper.stdin?.write(`${JSON.stringify(order)}\n`);
    }
}
