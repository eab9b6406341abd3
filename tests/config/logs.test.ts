import { load } from "../../config/load";
import type { Problem } from "../../config/problems";
import { problemsFoundBy, rightConfig, spoiled } from "./fixture";

const problems = (config: Record<string, unknown>): Problem[] => problemsFoundBy(load, config);

/** The right config, with one entry of one tenant for each of these. */
function tenantOf(...logs: (object | undefined)[]): Record<string, unknown> {
    return {
        ...rightConfig(),
        logs: { enabled: true },
        customers: logs.map((own, position) => ({
            name: `acme-${position}`,
            tenant: "acme",
            context: `acme-${position}`,
            ...(own === undefined ? {} : { logs: own }),
        })),
    };
}

describe("logs are kept for at least a day", () => {
    test.each(["1d", "24h", "0d", "2y"])("%s is enough, of the fleet and of a tenant", (retention) => {
        expect(problems(spoiled(["logs", "retention"], retention))).toEqual([]);
        expect(problems(tenantOf({ retention }))).toEqual([]);
    });

    test.each([
        [["logs", "retention"], spoiled(["logs", "retention"], "23h")],
        [["customers", 0, "logs", "retention"], tenantOf({ retention: "23h" })],
    ])("23h is not, at %j", (path, config) => {
        expect(problems(config)).toEqual([
            expect.objectContaining({ path, value: '"23h"', allowed: "at least 1d, or 0d to keep for ever" }),
        ]);
    });
});

describe("a tenant has one retention and one set of limits", () => {
    test("in one of its entries, or the same in several", () => {
        expect(problems(tenantOf(undefined, { retention: "90d", streams: 5 }, { enabled: false }))).toEqual([]);
        expect(problems(tenantOf({ retention: "90d" }, undefined, { retention: "90d" }))).toEqual([]);
    });

    test.each([
        [{ retention: "90d" }, { retention: "60d" }],
        [{ retention: "90d" }, { retention: "90d", streams: 5 }],
        [{ megabytesPerSecond: 4 }, { megabytesPerSecond: 5 }],
    ])("%j and %j are two", (first, second) => {
        expect(problems(tenantOf(first, second))).toEqual([
            expect.objectContaining({
                path: ["customers", 1, "logs"],
                problem: expect.stringContaining("customers[0], which is the same tenant (acme)") as unknown,
            }),
        ]);
    });
});

describe("the bucket of logs", () => {
    const named = (bucket: string, enabled: boolean): Record<string, unknown> => ({
        ...spoiled(["storage", "bucket"], bucket),
        logs: { enabled },
    });

    test("is not called as its endpoint is, which Loki refuses", () => {
        expect(problems(named("s3a", true))).toEqual([]);
        const config = named("minio", true);
        (config["storage"] as Record<string, unknown>)["endpoint"] = "minio.example.org:9000";
        expect(problems(config)).toEqual([expect.objectContaining({ path: ["storage", "bucket"], value: '"minio"' })]);
        expect(problems({ ...config, logs: { enabled: false } })).toEqual([]);
    });
});
