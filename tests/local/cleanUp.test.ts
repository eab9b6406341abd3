import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CleanUp } from "../../local/cleanUp";

const sleeper = () => spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
const ended = (child: ChildProcess) => once(child, "exit");

describe("CleanUp", () => {
    let parent = "";

    beforeEach(async () => {
        parent = await mkdtemp(join(tmpdir(), "clean-up-"));
    });

    afterEach(() => rm(parent, { recursive: true, force: true }));

    it("kills what is left, spares what has ended, and removes the directory", async () => {
        const directory = join(parent, "local", "fleet");
        await mkdir(directory, { recursive: true });
        await writeFile(join(directory, "file"), "");
        const [left, finished] = [sleeper(), sleeper()];
        const cleanUp = new CleanUp();
        cleanUp.remove(directory);
        cleanUp.kill(left.pid ?? 0);
        cleanUp.kill(finished.pid ?? 0);
        cleanUp.spare(finished.pid ?? 0);

        const killed = ended(left);
        await cleanUp.finish();
        expect(await killed).toEqual([null, "SIGKILL"]);
        expect(finished.exitCode ?? finished.signalCode).toBeNull();
        expect(existsSync(directory)).toBe(false);
        finished.kill("SIGKILL");
    });

    it("kills what works in the directory, though nobody has told of it", async () => {
        const directory = join(parent, "local", "fleet");
        await mkdir(directory, { recursive: true });
        const unheardOf = spawn("sleep", ["60"], { detached: true, stdio: "ignore", cwd: directory });
        const cleanUp = new CleanUp();
        cleanUp.remove(directory);
        const killed = ended(unheardOf);
        await cleanUp.finish();
        expect(await killed).toEqual([null, "SIGKILL"]);
    });

    it("leaves a directory alone that others share", async () => {
        const [mine, others] = [join(parent, "mine"), join(parent, "others")];
        await Promise.all([mine, others].map((directory) => mkdir(directory)));
        const cleanUp = new CleanUp();
        cleanUp.remove(mine);
        await cleanUp.finish();
        expect(existsSync(mine)).toBe(false);
        expect(existsSync(others)).toBe(true);
    });
});
