import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keptDirectory } from "../../local/dataDirectory";

describe("keptDirectory", () => {
    let parent = "";

    beforeEach(async () => {
        parent = await mkdtemp(join(tmpdir(), "kept-"));
    });

    afterEach(() => rm(parent, { recursive: true }));

    it("makes a new directory, and takes one again that a fleet has left", async () => {
        const directory = join(parent, "new");
        expect(await keptDirectory(directory)).toBe(directory);
        // No process has this number: Linux stops far below.
        await writeFile(join(directory, "fleet.pid"), "999999999\n");
        await keptDirectory(directory);
        expect(await readFile(join(directory, "fleet.pid"), "utf8")).toBe(`${process.pid}\n`);
    });

    it("refuses a directory with somebody else's files", async () => {
        await writeFile(join(parent, "thesis.tex"), "");
        await expect(keptDirectory(parent)).rejects.toThrow("give --keep an empty or a new directory");
    });

    it("refuses the directory of a fleet that runs", async () => {
        await writeFile(join(parent, "fleet.pid"), `${process.ppid}\n`);
        await expect(keptDirectory(parent)).rejects.toThrow(`in use by the fleet of process ${process.ppid}`);
    });
});
