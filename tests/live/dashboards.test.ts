import { spawnSync } from "node:child_process";
import { repository } from "../../local/goBuild";

test(
    "every panel of every dashboard is answered by a fleet, or says why it is empty",
    () => {
        const { status, stdout, stderr } = spawnSync(
            process.execPath,
            ["--import", "tsx", "local/main.ts", "--check-dashboards"],
            { cwd: repository, encoding: "utf8", maxBuffer: 2 ** 24 },
        );
        const wrong = stdout.split("\n").filter((line) => /^(EMPTY|ERROR)/.test(line));
        expect({ wrong, stderr }).toEqual({ wrong: [], stderr: "" });
        expect(stdout).toMatch(/\d+ answered, \d+ empty for a stated reason, 0 empty without one, 0 errors\.\n$/);
        expect(status).toBe(0);
    },
    40 * 60_000,
);
