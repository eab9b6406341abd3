import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { ruleFile, type RuleGroup } from "../../alerts";
import { itWith, upstreamProgram } from "../upstreamProgram";

/** promtool, where there is one. */
export const promtool = upstreamProgram("promtool");

/** Like `it`, and skipped, saying why, on a machine without promtool. */
export const itWithPromtool = itWith("promtool");

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
