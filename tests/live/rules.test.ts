import { findPrograms } from "../../local/programs";
import { unitTests } from "./unitTests";

beforeAll(async () => {
    await findPrograms(["promtool"], { report: () => undefined });
}, 40 * 60_000);

test(
    "every rule and every panel's query holds before promtool",
    () => {
        const { passed, ...rest } = unitTests([
            "--testPathPatterns=tests/alerts/promtool|tests/dashboards",
            "--testNamePattern=promtool|holds|Prometheus|answer|tiles|counts",
        ]);
        expect(rest).toEqual({ wrong: [], stderr: "" });
        expect(passed).toBeGreaterThan(30);
    },
    20 * 60_000,
);
