import { load, loadShard } from "../../config/load";
import { problemsFoundBy, raw, rightConfig, spoiled } from "./fixture";

/** A shard as the fleet command writes it, with what the project's own defaults add. */
function shard(changes: Record<string, unknown> = {}): Record<string, unknown> {
    return {
        environment: "test",
        role: "customers",
        environmentStack: "test",
        shard: "eu-1",
        observer: { name: "observer", context: "observer" },
        customers: [{ name: "acme-1", tenant: "acme", context: "acme-1" }],
        labels: {},
        storage: {},
        ingress: {},
        ...changes,
    };
}

describe("a shard", () => {
    test("that is right has settings and no warning", () => {
        const { settings, warnings } = loadShard(raw(shard()));
        expect(warnings).toEqual([]);
        expect(settings).toMatchObject({
            environment: "test",
            environmentStack: "test",
            shard: "eu-1",
            readiness: "wait",
            observer: { name: "observer", context: "observer" },
            customers: [{ name: "acme-1", tenant: "acme", profile: "standard" }],
        });
    });

    test.each<[string, Record<string, unknown>, string, RegExp]>([
        ["no environment's stack", { environmentStack: "" }, "environmentStack", /is missing/],
        ["no name", { shard: undefined }, "shard", /is missing/],
        ["a name that is no label", { shard: "EU_1" }, "shard", /DNS label/],
        ["a section of the environment", { storage: { provider: "filesystem" } }, "storage", /environment's stack/],
        ["an observer with a size", { observer: { context: "o", size: "large" } }, "observer.size", /does not read/],
        [
            "limits",
            { customers: [{ name: "acme-1", context: "a", limits: { activeSeries: 1 } }] },
            "customers.0.limits",
            /environment's stack/,
        ],
        [
            "a shard in a shard",
            { customers: [{ name: "acme-1", context: "a", shard: "eu-2" }] },
            "customers.0.shard",
            /environment's stack/,
        ],
        [
            "the observer among the customers",
            { customers: [{ name: "observer", context: "a" }] },
            "customers.0.name",
            /names already/,
        ],
    ])("with %s is refused", (_what, changes, at, problem) => {
        const [found, ...others] = problemsFoundBy(loadShard, shard(changes));
        expect(found?.path.join(".")).toBe(at);
        expect(found?.problem).toMatch(problem);
        expect(others).toEqual([]);
    });
});

describe("an environment", () => {
    const customers = rightConfig().customers as Record<string, unknown>[];

    test("knows a customer of a shard by its entry", () => {
        const config = { ...rightConfig(), customers: [{ ...customers[0], shard: "eu-1" }, customers[1]] };
        expect(load(raw(config)).settings.customers.map((entry) => entry.shard)).toEqual(["eu-1", undefined]);
    });

    test("cannot give a secret of its own to a shard", () => {
        const [found, ...others] = problemsFoundBy(load, spoiled(["customers", 1, "shard"], "eu-1"));
        expect(found?.path).toEqual(["customers", 1, "kubeconfig"]);
        expect(found?.paste).toBe("pulumi config rm --path 'fleet-observability:customers[1].kubeconfig'");
        expect(others).toEqual([]);
    });

    test.each(["environmentStack", "shard"])("has no %s", (section) => {
        const [found] = problemsFoundBy(load, spoiled([section], "prod"));
        expect(found?.path).toEqual([section]);
        expect(found?.problem).toMatch(/role customers/);
    });

    test("expects clusters that a peer's environment enrols, and knows no way to them", () => {
        const peer = {
            name: "observer-b",
            receiveUrl: "https://b.example.org/api/v1/receive",
            serverCa: "-----BEGIN CERTIFICATE-----",
        };
        const config = (entry: Record<string, unknown>) => ({
            ...rightConfig(),
            observer: { context: "observer", peers: [peer] },
            customers: [{ name: "acme-1", tenant: "acme", ...entry }],
        });
        expect(problemsFoundBy(load, config({ enrolledBy: "observer-b" }))).toEqual([]);
        const at = (entry: Record<string, unknown>) =>
            problemsFoundBy(load, config(entry)).map(({ path, problem }) => `${path.join(".")} ${problem}`);
        expect(at({ enrolledBy: "observer-c" })).toEqual(["customers.0.enrolledBy is not one of observer.peers"]);
        expect(at({ enrolledBy: "observer-b", context: "acme-1" })).toEqual([
            "customers.0.context belongs to the environment that enrols the cluster",
        ]);
        for (const entry of [
            { tenant: "observer-b" },
            { tenant: "observer" },
            { name: "observer-b", tenant: undefined },
        ]) {
            expect(at({ ...entry, context: "acme-1" })).toEqual([
                "customers.0.tenant is the name of an observer, and the tenant that it writes to observers as",
            ]);
        }
        expect(at({ name: "observer", tenant: undefined, context: "acme-1" })).toEqual([
            expect.stringContaining("customers.0.name names a cluster"),
        ]);
    });

    test("holds a thousand clusters and no more, and any number in shards", () => {
        const many = (count: number, shard?: string) =>
            Array.from({ length: count }, (_, index) => ({
                name: `${shard ?? "inline"}-${index}`,
                context: `${shard ?? "inline"}-${index}`,
                shard,
            }));
        expect(problemsFoundBy(load, { ...rightConfig(), customers: [...many(1000), ...many(500, "eu-1")] })).toEqual(
            [],
        );
        const [found] = problemsFoundBy(load, { ...rightConfig(), customers: many(1001) });
        expect(found?.problem).toBe("is more than one stack can hold");
        expect(found?.paste).toContain("customers[1000].shard");
    });
});
