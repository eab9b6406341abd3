import { spawnSync } from "node:child_process";
import { repository } from "../../local/goBuild";

interface Report {
    numPassedTests: number;
    testResults: { assertionResults: { status: string; fullName: string }[] }[];
}

/** What came of unit tests that were run again. */
export interface UnitTests {
    passed: number;
    /** The names of those that failed, or were skipped for want of a program. */
    wrong: string[];
    /** What Jest said, where something is wrong. */
    stderr: string;
}

/**
 * Runs unit tests in a process of their own. On a fresh machine they run before the programs are built, and skip what
 * needs one; here nothing may be skipped but for what is never built.
 *
 * @param unbuilt programs whose absence is no fault
 */
export function unitTests(args: string[], unbuilt: readonly string[] = []): UnitTests {
    const { stdout, stderr } = spawnSync(
        process.execPath,
        ["node_modules/jest/bin/jest.js", "--selectProjects=unit", ...args, "--json"],
        { cwd: repository, encoding: "utf8", maxBuffer: 2 ** 27 },
    );
    const { numPassedTests, testResults } = JSON.parse(stdout) as Report;
    const wrong = testResults
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status, fullName }) => status === "failed" || fullName.includes("skipped:"))
        .map(({ fullName }) => fullName)
        .filter((name) => !unbuilt.some((program) => name.includes(`(skipped: ${program} not found)`)));
    return { passed: numPassedTests, wrong, stderr: wrong.length > 0 ? stderr : "" };
}
