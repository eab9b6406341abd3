import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPrograms, provenance } from "../../local/programs";

describe("findPrograms", () => {
    const path = process.env.PATH;
    let directory = "";

    beforeEach(async () => {
        directory = await mkdtemp(join(tmpdir(), "programs-"));
        process.env.PATH = `${directory}:${path}`;
    });

    afterEach(async () => {
        process.env.PATH = path;
        await rm(directory, { recursive: true });
    });

    const install = async (name: string, version: string) => {
        const file = join(directory, name);
        await writeFile(file, `#!/bin/sh\necho "${name}, version ${version} (branch: HEAD)"\n`);
        await chmod(file, 0o755);
        return file;
    };

    it("takes what is on PATH and new enough", async () => {
        const prometheus = await install("prometheus", "3.5.0");
        const promtool = await install("promtool", "3.6.2");
        const found = await findPrograms(["prometheus", "promtool"], { report: () => undefined });
        expect(found).toEqual({
            prometheus: { path: prometheus, version: [3, 5, 0] },
            promtool: { path: promtool, version: [3, 6, 2] },
        });
        expect(provenance(found)).toBe(`prometheus 3.5.0, promtool 3.6.2 from ${directory}`);
    });
});
