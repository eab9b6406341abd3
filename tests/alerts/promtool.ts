import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { stringify } from "yaml";
import { ruleFile, type RuleGroup } from "../../alerts";

/** promtool: the one that the local fleet builds, else one on the PATH. */
export const promtool = [resolve(__dirname, "../../.cache/bin"), ...(process.env["PATH"] ?? "").split(delimiter)]
    .map((directory) => join(directory, "promtool"))
    .find(existsSync);

/** Like `it`, and skipped, saying why, on a machine without promtool. */
export function itWithPromtool(name: string, test: () => void): void {
    if (promtool === undefined) {
        it.skip(`${name} (skipped: promtool not found)`, test);
    } else {
        it(name, test, 60_000);
    }
}

/** Runs `promtool test rules`; in `tests` the rule file is called rules.yaml. Returns what it says: "" is success. */
export function testRules(groups: RuleGroup[], tests: string): string {
    return inDirectory({ "rules.yaml": stringify(ruleFile(groups)), "tests.yaml": tests }, (directory) =>
        run(["test", "rules", "tests.yaml"], directory),
    );
}

/** Runs `promtool check rules`, which knows the types of expressions. Returns what it says: "" is success. */
export function checkRules(groups: RuleGroup[]): string {
    return inDirectory({ "rules.yaml": stringify(ruleFile(groups)) }, (directory) =>
        run(["check", "rules", "--lint=all", "--lint-fatal", "rules.yaml"], directory),
    );
}

function run(args: string[], cwd: string): string {
    const { status, stdout, stderr } = spawnSync(promtool ?? "promtool", args, { cwd, encoding: "utf8" });
    return status === 0 ? "" : `${stdout}${stderr}`;
}

function inDirectory<Result>(files: Record<string, string>, use: (directory: string) => Result): Result {
    const directory = mkdtempSync(join(tmpdir(), "promtool-"));
    try {
        Object.entries(files).forEach(([name, content]) => writeFileSync(join(directory, name), content));
        return use(directory);
    } finally {
        rmSync(directory, { recursive: true });
    }
}
