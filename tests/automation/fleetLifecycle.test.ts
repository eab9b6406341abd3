import { existsSync } from "node:fs";
import { join } from "node:path";
import { fleetCommands } from "../../automation/fleet/commands";
import type { Entry } from "../../automation/fleet/inventory";
import {
    destroy,
    move,
    offboard,
    onboard,
    preview,
    up,
    type FleetOptions,
    type FleetResult,
    type Intent,
} from "../../automation/fleet/lifecycle";
import type { Query } from "../../automation/fleet/query";
import { readFleet } from "../../automation/fleet/stackFiles";
import { FakeEngine } from "./fakeEngine";
import { fleetDirectory, type FleetDirectory } from "./fleetDirectory";

const customers = `
        - { name: acme-1, tenant: acme, context: a }
        - { name: globex-1, context: g, shard: eu }
        - { name: initech-1, context: i, shard: us }`;

let directory: FleetDirectory;
let engine: FakeEngine;
let options: FleetOptions;

beforeEach(() => {
    directory = fleetDirectory(customers);
    engine = new FakeEngine(directory.path);
    options = { environment: "test", directory: directory.path, engine, now: new Date("2026-11-21T00:00:00Z") };
});

afterEach(() => directory.remove());

/** The outcome of each row. */
function outcomes({ rows }: FleetResult): Record<string, string> {
    return Object.fromEntries(
        rows.map(({ name, stack, outcome }) => [name === "inventory" ? `${name} ${stack}` : name, outcome]),
    );
}

function calls(): string[] {
    return engine.calls.splice(0);
}

function inventory(): Entry[] {
    return readFleet(directory.path, "test").inventory.entries;
}

describe("up", () => {
    test("makes the environment first, then the shards", async () => {
        expect(outcomes(await up(options))).toEqual({
            observer: "created",
            "acme-1": "onboarded",
            "inventory test-eu": "created",
            "globex-1": "onboarded",
            "inventory test-us": "created",
            "initech-1": "onboarded",
        });
        expect(calls().filter((call) => call.startsWith("up"))).toEqual(["up test", "up test-eu", "up test-us"]);
    });

    test("the second time runs nothing, with --force everything", async () => {
        await up(options);
        calls();
        expect(new Set(Object.values(outcomes(await up(options))))).toEqual(new Set(["unchanged"]));
        expect(calls()).toEqual([]);
        await up({ ...options, force: true });
        expect(calls()).toEqual(["up test", "up test-eu", "up test-us"]);
    });

    test("touches only what has changed", async () => {
        await up(options);
        calls();
        directory.write(
            "Pulumi.test.yaml",
            directory.read("Pulumi.test.yaml").replace("context: g,", "context: g, profile: l0,"),
        );
        await up(options);
        expect(calls()).toEqual(["up test-eu"]);
    });

    test("a cluster that does not answer stops neither its neighbours nor other shards; a rerun completes it alone", async () => {
        engine.unreachable.add("globex-1");
        const first = await up(options);
        expect(outcomes(first)).toMatchObject({
            "acme-1": "onboarded",
            "globex-1": "failed",
            "initech-1": "onboarded",
        });
        expect(first.rows.find(({ name }) => name === "globex-1")?.why).toBe(
            "cluster unreachable: https://globex-1.test:6443",
        );
        expect(first.rows.find(({ name, stack }) => name === "inventory" && stack === "test-eu")?.outcome).toBe(
            "created",
        );
        calls();
        engine.unreachable.clear();
        expect(outcomes(await up(options))).toMatchObject({ "acme-1": "unchanged", "globex-1": "onboarded" });
        expect(calls()).toEqual(["up test-eu"]);
    });

    test("an environment that fails in a customer does not hold up the shards", async () => {
        engine.unreachable.add("acme-1");
        expect(outcomes(await up(options))).toMatchObject({
            observer: "created",
            "acme-1": "failed",
            "globex-1": "onboarded",
        });
    });

    test("an environment that has never been up does: nothing of a shard is tried", async () => {
        engine.broken.set("test", "no credentials");
        const { rows } = await up(options);
        expect(rows.find(({ name }) => name === "observer")).toMatchObject({
            outcome: "failed",
            why: "no credentials",
        });
        expect(rows.find(({ name }) => name === "globex-1")).toMatchObject({
            outcome: "not reached",
            why: "waits for the environment, which has never been up",
        });
        expect(calls()).toEqual(["create test", "up test"]);
    });

    test("a locked stack is a reason of its own, and the others run", async () => {
        await up(options);
        engine.broken.set("test-eu", "the stack is locked");
        const made = await up({ ...options, force: true });
        expect(made.rows.find(({ name }) => name === "globex-1")).toMatchObject({
            outcome: "not reached",
            why: "the stack is locked",
        });
        expect(outcomes(made)["initech-1"]).toBe("unchanged");
    });

    test("a bounded number of shards runs at once", async () => {
        const many = Array.from({ length: 6 }, (_, index) => `{ name: c-${index}, context: c, shard: s-${index} }`);
        directory.write(
            "Pulumi.test.yaml",
            directory.read("Pulumi.test.yaml").replace(customers, `[${many.join(", ")}]`),
        );
        await up({ ...options, parallel: 2 });
        expect(engine.mostAtOnce).toBe(2);
    });

    test("an interruption lets what runs end, and begins nothing more; a rerun resumes", async () => {
        const interruption = new AbortController();
        engine.during = () => interruption.abort();
        const first = await up({ ...options, signal: interruption.signal });
        expect(outcomes(first)).toMatchObject({ "acme-1": "onboarded", "globex-1": "not reached" });
        expect(first.rows.find(({ name }) => name === "globex-1")?.why).toBe("interrupted");
        calls();
        await up(options);
        expect(calls().filter((call) => call.startsWith("up"))).toEqual(["up test-eu", "up test-us"]);
    });

    test("--only runs the stacks of those customers, and the environment's own", async () => {
        await up({ ...options, only: ["initech-1"] });
        expect(calls().filter((call) => call.startsWith("up"))).toEqual(["up test", "up test-us"]);
        await expect(up({ ...options, only: ["initech"] })).rejects.toThrow("did you mean initech-1?");
    });

    test("tells what will come and go, and does nothing when that is not wanted", async () => {
        await up(options);
        calls();
        const file = directory.write(
            "inventory.yaml",
            "customers:\n  - { name: acme-1, tenant: acme, context: a }\n  - { name: hooli-1, context: h, shard: us }\n",
        );
        const before = directory.read("Pulumi.test.yaml");
        let told: Intent | undefined;
        const confirm = (intent: Intent) => {
            told = intent;
            return Promise.resolve(false);
        };
        expect((await up({ ...options, inventory: file, confirm })).declined).toBe(true);
        expect(told).toMatchObject({
            stacks: ["test", "test-us", "test-eu"],
            come: ["hooli-1"],
            go: ["initech-1", "globex-1"],
            removed: ["test-eu"],
        });
        expect(calls()).toEqual([]);
        expect(directory.read("Pulumi.test.yaml")).toBe(before);
    });

    test("an inventory file takes over; a shard that becomes empty goes, its inventory first", async () => {
        await up(options);
        calls();
        const file = directory.write(
            "inventory.yaml",
            "customers:\n  - { name: acme-1, tenant: acme, context: a }\n  - { name: initech-1, context: i, shard: us }\n",
        );
        expect(outcomes(await up({ ...options, inventory: file }))).toMatchObject({ "globex-1": "offboarded" });
        expect(calls()).toEqual(["up test", "destroy test-eu inventory", "destroy test-eu", "remove test-eu"]);
        expect(existsSync(join(directory.path, "Pulumi.test-eu.yaml"))).toBe(false);
    });

    test("a cluster whose shard was changed by hand is not deleted and made anew", async () => {
        await up(options);
        calls();
        directory.write("Pulumi.test.yaml", directory.read("Pulumi.test.yaml").replace("shard: eu", "shard: us"));
        await expect(up(options)).rejects.toThrow("npm run fleet -- move test globex-1 --to us");
        expect(calls()).toEqual([]);
    });

    test("a config that is wrong stops everything before it begins", async () => {
        directory.write("Pulumi.test.yaml", directory.read("Pulumi.test.yaml").replace("context: g,", "contxt: g,"));
        await expect(up(options)).rejects.toThrow("did you mean context?");
        expect(calls()).toEqual([]);
    });

    test("a shard is told the observer's kubeconfig once", async () => {
        directory.write(
            "Pulumi.test.yaml",
            directory
                .read("Pulumi.test.yaml")
                .replace("        context: observer\n", "        kubeconfig: { secure: v1:x }\n"),
        );
        await engine.setSecret("test", "fleet-observability:observer.kubeconfig", "canary");
        calls();
        await up(options);
        await up({ ...options, force: true });
        expect(calls().filter((call) => call.startsWith("setSecret"))).toEqual([
            "setSecret test-eu",
            "setSecret test-us",
        ]);
    });
});

describe("preview", () => {
    test("counts by customer, and changes nothing: also for stacks that do not exist", async () => {
        const { rows } = await preview(options);
        expect(rows.find(({ name }) => name === "acme-1")?.changes).toMatchObject({ create: 4, delete: 0 });
        expect(rows.find(({ name }) => name === "globex-1")?.changes).toMatchObject({ create: 4, delete: 0 });
        expect(calls()).toEqual([]);
        expect(existsSync(join(directory.path, "Pulumi.test-eu.yaml"))).toBe(false);
    }, 60_000);

    test("of a shard that has not been told the observer's kubeconfig yet", async () => {
        directory.write(
            "Pulumi.test.yaml",
            directory
                .read("Pulumi.test.yaml")
                .replace("        context: observer\n", "        kubeconfig: { secure: v1:x }\n"),
        );
        expect((await preview(options)).rows.map(({ why }) => why ?? "")).toEqual(["", "", "", "", "", ""]);
    }, 60_000);

    test("of stacks that exist", async () => {
        await up(options);
        calls();
        const file = directory.write(
            "inventory.yaml",
            "customers:\n  - { name: new-1, context: n }\n  - { name: initech-1, context: i, shard: us }\n",
        );
        const { rows } = await preview({ ...options, inventory: file });
        const changes = Object.fromEntries(
            rows.map(({ name, stack, changes: { create, delete: gone } }) => [`${stack} ${name}`, [create, gone]]),
        );
        expect(changes).toMatchObject({
            "test new-1": [4, 0],
            "test acme-1": [0, 4],
            "test-us initech-1": [0, 0],
            "test-eu globex-1": [0, 4],
        });
        expect(calls()).toEqual([]);
    });
});

describe("onboard", () => {
    test("runs the customer's stack and no other shard", async () => {
        await up(options);
        calls();
        directory.write(
            "Pulumi.test.yaml",
            directory
                .read("Pulumi.test.yaml")
                .replace(
                    "        - { name: initech-1",
                    "        - { name: hooli-1, context: h, shard: eu }\n        - { name: initech-1",
                ),
        );
        expect(outcomes(await onboard({ ...options, names: ["hooli-1"] }))).toMatchObject({
            "hooli-1": "onboarded",
            "globex-1": "unchanged",
        });
        expect(calls()).toEqual(["up test", "up test-eu"]);
    });

    test("a name that is not in the inventory", async () => {
        await expect(onboard({ ...options, names: ["acme-2"] })).rejects.toThrow(
            "acme-2 is not in the inventory; did you mean acme-1?",
        );
    });
});

describe("offboard", () => {
    beforeEach(async () => {
        await up(options);
        calls();
    });

    test("the cluster's stack first, then the environment; its history has dates", async () => {
        const made = await offboard({ ...options, names: ["globex-1"] });
        expect(outcomes(made)).toMatchObject({ "globex-1": "offboarded" });
        expect(calls()).toEqual(["destroy test-eu inventory", "destroy test-eu", "remove test-eu", "up test"]);
        expect(inventory().map(({ name }) => name)).toEqual(["acme-1", "initech-1"]);
        expect(made.keptUntil).toEqual({
            raw: new Date("2026-12-21T00:00:00Z"),
            fiveMinutes: new Date("2027-05-20T00:00:00Z"),
            oneHour: null,
        });
    });

    test("one of the environment's own", async () => {
        expect(outcomes(await offboard({ ...options, names: ["acme-1"] }))).toMatchObject({ "acme-1": "offboarded" });
        expect(calls()).toEqual(["up test"]);
    });

    test("that failed can be tried again, though the inventory has forgotten it", async () => {
        engine.unreachable.add("acme-1");
        expect(outcomes(await offboard({ ...options, names: ["acme-1"] }))).toMatchObject({ "acme-1": "failed" });
        engine.unreachable.clear();
        expect(outcomes(await up(options))).toMatchObject({ "acme-1": "offboarded" });
    });

    test("a cluster that is gone for good is dropped from the state", async () => {
        engine.unreachable.add("acme-1");
        const made = await offboard({ ...options, names: ["acme-1"], gone: true });
        expect(made.rows.filter(({ name }) => name === "acme-1")).toMatchObject([{ outcome: "offboarded" }]);
        expect(calls()).toEqual(["forget test acme-1", "up test"]);
    });

    test("the file of --inventory must not have it", async () => {
        const file = directory.write("inventory.yaml", "customers: [{ name: acme-1, context: a }]\n");
        await expect(offboard({ ...options, inventory: file, names: ["acme-1"] })).rejects.toThrow("still has acme-1");
        expect(calls()).toEqual([]);
    });

    test("nobody of that name", async () => {
        await expect(offboard({ ...options, names: ["acme"] })).rejects.toThrow(
            "acme is not in the inventory; did you mean acme-1?",
        );
    });
});

describe("move", () => {
    beforeEach(async () => {
        await up(options);
        calls();
    });

    test("hands the state over, rewrites the inventory and touches nothing of the cluster", async () => {
        const made = await move({ ...options, name: "acme-1", to: "eu" });
        expect(made.rows.filter(({ name }) => name === "acme-1")).toMatchObject([
            { stack: "test-eu", outcome: "onboarded" },
        ]);
        expect(made.rows.find(({ name }) => name === "acme-1")?.changes).toEqual({
            create: 0,
            update: 0,
            delete: 0,
            replace: 0,
        });
        expect(calls()).toEqual(["move 4 test test-eu", "up test", "up test-eu"]);
        expect(inventory().find(({ name }) => name === "acme-1")?.shard).toBe("eu");
    });

    test("into a new shard, and out of one that becomes empty", async () => {
        await move({ ...options, name: "globex-1", to: "asia" });
        expect(calls()).toEqual([
            "create test-asia",
            "move 4 test-eu test-asia",
            "destroy test-eu inventory",
            "destroy test-eu",
            "remove test-eu",
            "up test",
            "up test-asia",
        ]);
    });

    test("goes on where it was interrupted: the state has changed hands, the inventory has not", async () => {
        const mine = (await engine.resources("test")).filter((urn) => urn.includes("::acme-1-"));
        await engine.move(mine, "test", "test-eu");
        calls();
        await move({ ...options, name: "acme-1", to: "eu" });
        expect(calls()).toEqual(["up test", "up test-eu"]);
    });

    test("fails when resources are made anew", async () => {
        engine.move = () => Promise.resolve();
        const { rows } = await move({ ...options, name: "acme-1", to: "eu" });
        expect(rows.filter(({ name }) => name === "acme-1").map(({ outcome }) => outcome)).toEqual([
            "failed",
            "failed",
        ]);
    });

    test("nowhere to go, and nothing to move", async () => {
        await expect(move({ ...options, name: "globex-1", to: "eu" })).rejects.toThrow(
            "globex-1 is in stack test-eu already",
        );
        directory.write(
            "Pulumi.test.yaml",
            directory.read("Pulumi.test.yaml").replace("name: globex-1", "name: hooli-1"),
        );
        await expect(move({ ...options, name: "hooli-1", to: "us" })).rejects.toThrow("No stack holds hooli-1 yet");
    });
});

describe("destroy", () => {
    beforeEach(async () => {
        await up(options);
        calls();
    });

    test("the shards first, with their stacks and files, then the environment, whose file stays", async () => {
        await destroy({ ...options, parallel: 1 });
        expect(calls()).toEqual([
            "destroy test-eu inventory",
            "destroy test-eu",
            "remove test-eu",
            "destroy test-us inventory",
            "destroy test-us",
            "remove test-us",
            "destroy test",
        ]);
        expect(existsSync(join(directory.path, "Pulumi.test-eu.yaml"))).toBe(false);
        expect(existsSync(join(directory.path, "Pulumi.test.yaml"))).toBe(true);
    });

    test("not the environment as long as a shard is there", async () => {
        engine.unreachable.add("globex-1");
        const { rows } = await destroy(options);
        expect(rows.find(({ name }) => name === "globex-1")?.outcome).toBe("failed");
        expect(rows.find(({ name }) => name === "observer")).toMatchObject({
            outcome: "not reached",
            why: "waits for the shards",
        });
        expect(calls()).not.toContain("destroy test");
    });
});

describe("commands", () => {
    let printed: string;
    let told: string;

    beforeEach(() => {
        printed = told = "";
        jest.spyOn(process.stdout, "write").mockImplementation((text) => {
            printed += String(text);
            return true;
        });
        jest.spyOn(process.stderr, "write").mockImplementation((text) => {
            told += String(text);
            return true;
        });
        jest.spyOn(console, "error").mockImplementation((text) => void (told += String(text)));
    });

    afterEach(() => {
        jest.restoreAllMocks();
        process.exitCode = undefined;
        process.removeAllListeners("SIGINT").removeAllListeners("SIGTERM").removeAllListeners("SIGHUP");
    });

    /** Runs a command; its exit code. */
    async function run(name: string, args: string[], query?: Query): Promise<number | string | undefined> {
        const command = fleetCommands({ ...options, query }).find((one) => one.name() === name);
        await command?.parseAsync(args, { from: "user" });
        return process.exitCode ?? undefined;
    }

    test("0 when all is well, with a table; progress is on standard error, with the stack", async () => {
        expect(await run("up", ["test", "--lines"])).toBe(0);
        expect(printed).toMatch(/^globex-1 +test-eu +onboarded/m);
        expect(printed).toContain("3 customers: 3 onboarded.");
        expect(told).toMatch(/^\d{4}-\d\d-\d\dT\S+ test-eu globex-1: creating Namespace globex-1-namespace$/m);
        expect(told).toContain("Customers to come: acme-1, globex-1, initech-1");
    });

    test("1 when something failed", async () => {
        engine.unreachable.add("globex-1");
        expect(await run("up", ["test"])).toBe(1);
        expect(printed).toMatch(/^globex-1 .*failed .*cluster unreachable: https:\/\/globex-1\.test:6443$/m);
    });

    test("2 for what its user got wrong, without a stack trace", async () => {
        expect(await run("onboard", ["test", "acme-2"])).toBe(2);
        expect(told).toContain("did you mean acme-1?");
        expect(told).not.toMatch(/^ +at /m);
    });

    test("130 when it was interrupted, with the table of what was done", async () => {
        engine.during = () => process.emit("SIGINT");
        expect(await run("up", ["test"])).toBe(130);
        expect(printed).toMatch(/^globex-1 +test-eu +not reached +interrupted$/m);
    });

    test("--json: one document on standard output, and nothing else", async () => {
        await run("up", ["test", "--json"]);
        expect((JSON.parse(printed) as FleetResult).rows.map(({ name }) => name)).toContain("globex-1");
    });

    test("nothing is deleted without a terminal to ask on, unless --yes says so", async () => {
        await run("up", ["test"]);
        calls();
        expect(await run("offboard", ["test", "globex-1"])).toBe(2);
        expect(told).toContain("add --yes");
        expect(await run("destroy", ["test"])).toBe(2);
        expect(calls()).toEqual([]);
        expect(await run("offboard", ["test", "globex-1", "--yes"])).toBe(0);
        expect(printed).toContain("raw samples until 2026-12-21, 5-minute ones until 2027-05-20, 1-hour ones for ever");
    });

    test("onboard says when nothing can be verified, and what --no-verify leaves out", async () => {
        expect(await run("onboard", ["test", "acme-1"])).toBe(0);
        expect(printed).toContain("Not verified: readiness is skip");
        expect(await run("onboard", ["test", "acme-1", "--no-verify"])).toBe(0);
        expect(printed).toContain("Not verified: --no-verify.");
    });

    test("onboard waits for samples, and fails without them", async () => {
        directory.write(
            "Pulumi.test.yaml",
            directory.read("Pulumi.test.yaml").replace("readiness: skip", "readiness: wait"),
        );
        const query: Query = () => Promise.resolve([{ labels: { cluster: "acme-1", tenant: "acme" }, value: 9 }]);
        expect(await run("onboard", ["test", "acme-1"], query)).toBe(0);
        expect(printed).toContain("acme-1: 9 targets report");
        expect(await run("onboard", ["test", "acme-1", "--wait", "0"], () => Promise.resolve([]))).toBe(1);
        expect(printed).toContain("Look, in this order:");
    });

    test("status: 1 when somebody is silent", async () => {
        directory.write(
            "Pulumi.test.yaml",
            directory.read("Pulumi.test.yaml").replace("readiness: skip", "readiness: wait"),
        );
        await run("up", ["test"]);
        expect(await run("status", ["test"], () => Promise.resolve([]))).toBe(1);
        expect(printed).toContain("test: 3 customers, 3 silent");
    });
});
