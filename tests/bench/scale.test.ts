import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { planStack, type Plan } from "../../automation/planStack";
import { inlineFleet, shardedFleet, type StackConfigFile } from "../../bench/fleetOf";
import { markdownTable } from "../../bench/markdownTable";
import { observerFiles, tenantMemory } from "../../bench/observerLoad";
import { median, perCustomer } from "../../bench/planCost";
import { presets } from "../../platform/sizes";

jest.setTimeout(120_000);

let directory = "";
beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "bench-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

const file = ({ stack, config }: StackConfigFile): string => {
    const path = join(directory, `${stack}.yaml`);
    writeFileSync(path, stringify({ config }));
    return path;
};

const planned = (stack: StackConfigFile, environment?: StackConfigFile): Promise<Plan> =>
    planStack({
        stack: stack.stack,
        config: file(stack),
        environmentConfig: environment === undefined ? undefined : file(environment),
    });

test("a customer more is at most five resources more, inline", async () => {
    const one = await planned(inlineFleet(1).environment);
    const three = await planned(inlineFleet(3).environment);
    const more = (three.resources.length - one.resources.length) / 2;
    expect(more).toBeGreaterThan(0);
    expect(more).toBeLessThanOrEqual(5);
});

test("a customer more is at most five resources more, in a shard", async () => {
    const [small, great] = [shardedFleet(1, 50), shardedFleet(3, 50)];
    const one = await planned(small.shards[0] as StackConfigFile, small.environment);
    const three = await planned(great.shards[0] as StackConfigFile, great.environment);
    const more = (three.resources.length - one.resources.length) / 2;
    expect(more).toBeGreaterThan(0);
    expect(more).toBeLessThanOrEqual(5);
});

test("the environment makes nothing of a customer in a shard", async () => {
    const [one, three] = await Promise.all([1, 3].map((customers) => planned(shardedFleet(customers, 50).environment)));
    expect(three?.resources.map(({ urn }) => urn)).toEqual(one?.resources.map(({ urn }) => urn));
});

test("every customer is in one shard, and no shard has more than it may", () => {
    const { shards } = shardedFleet(101, 50);
    const customers = shards.map(({ config }) => config["fleet-observability:customers"] as { name: string }[]);
    expect(customers.map((members) => members.length)).toEqual([50, 50, 1]);
    expect(new Set(customers.flat().map(({ name }) => name)).size).toBe(101);
    expect(new Set(shards.map(({ stack }) => stack)).size).toBe(3);
});

describe("what the observer is given", () => {
    const bytes = (customers: number, name: string) =>
        observerFiles(customers, 50, "large").find((one) => one.name === name)?.bytes ?? NaN;

    it("grows by the same for each customer, but for the hashring, which does not grow", () => {
        expect(bytes(1000, "hashrings.json")).toBe(bytes(10, "hashrings.json"));
        for (const name of ["limits.yaml", "inventory, inline"]) {
            // Names are of one length, so the bytes are too.
            expect(bytes(300, name) - bytes(200, name)).toBe(bytes(200, name) - bytes(100, name));
            expect(bytes(200, name)).toBeGreaterThan(bytes(100, name));
        }
    });

    it("is as large for a shard as for a fleet of its size", () => {
        expect(bytes(1000, "inventory of a shard of 50")).toBe(bytes(50, "inventory, inline"));
    });
});

test("tenants take memory in every ingestor", () => {
    expect(tenantMemory(1000, "medium")).toMatchObject({ ingestors: 3, each: 4500, all: 13_500 });
    expect(tenantMemory(1000, "medium").share).toBeCloseTo(4500 / (16 * 1073.741824), 6);
    expect(presets.medium.receiveIngestor.memory).toBe("16Gi");
});

test("the median", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 9, 2])).toBe(3);
});

test("what one customer more costs", () => {
    const cost = (seconds: number) => ({
        seconds,
        cpuSeconds: 2 * seconds,
        megabytes: 200 + seconds,
        keptMegabytes: seconds,
        resources: 60,
    });
    expect(perCustomer({ customers: 10, cost: cost(1) }, { customers: 110, cost: cost(6) })).toEqual({
        seconds: 0.05,
        cpuSeconds: 0.1,
        megabytes: 0.05,
        keptMegabytes: 0.05,
        resources: 0,
    });
});

test("a table", () => {
    expect(
        markdownTable(
            ["customers", "s"],
            [
                ["1", "0.5"],
                ["10000", "12.25"],
            ],
        ),
    ).toBe("| customers |     s |\n| --------- | ----: |\n| 1         |   0.5 |\n| 10000     | 12.25 |\n");
});

test("a stack file can be read back", () => {
    const { environment } = inlineFleet(2);
    expect(parse(stringify(environment.config))).toEqual(environment.config);
});
