import { spawnSync } from "node:child_process";
import { findPrograms } from "../../local/programs";
import { repository } from "../../local/goBuild";

beforeAll(async () => {
    await findPrograms(["promtool"], { report: () => undefined });
}, 40 * 60_000);

interface Report {
    numPassedTests: number;
    testResults: { assertionResults: { status: string; fullName: string }[] }[];
}

// On a fresh machine the unit tests run before promtool is built, and skip what needs it. Here nothing may be skipped.
test(
    "every rule and every panel's query holds before promtool",
    () => {
        const { stdout, stderr } = spawnSync(
            process.execPath,
            [
                "node_modules/jest/bin/jest.js",
                "--selectProjects=unit",
                "--testPathPatterns=tests/alerts/promtool|tests/dashboards",
                "--testNamePattern=promtool|holds|Prometheus|answer|tiles|counts",
                "--json",
            ],
            { cwd: repository, encoding: "utf8", maxBuffer: 2 ** 27 },
        );
        const { numPassedTests, testResults } = JSON.parse(stdout) as Report;
        const results = testResults.flatMap(({ assertionResults }) => assertionResults);
        const wrong = results.filter(({ status, fullName }) => status === "failed" || fullName.includes("skipped:"));
        expect({ wrong, stderr: wrong.length > 0 ? stderr : "" }).toEqual({ wrong: [], stderr: "" });
        expect(numPassedTests).toBeGreaterThan(30);
    },
    20 * 60_000,
);
