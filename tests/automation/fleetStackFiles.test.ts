import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { programDigest, stackDigest, type StackInput } from "../../automation/fleet/digest";
import type { Inventory } from "../../automation/fleet/inventory";
import { readFleet, stackText, writeStackFiles } from "../../automation/fleet/stackFiles";
import { credentialPeriod } from "../../platform/credentials";
import { fleetDirectory, type FleetDirectory } from "./fleetDirectory";

const sharded = `
        - { name: acme-1, tenant: acme, context: a }
        - { name: globex-1, context: g, shard: eu, limits: { activeSeries: 1000 }, profile: l0 }`;

let directory: FleetDirectory;
beforeEach(() => (directory = fleetDirectory(sharded)));
afterEach(() => directory.remove());

const fleet = (edit?: (inventory: Inventory) => void) => readFleet(directory.path, "test", edit);

test("an environment, its shards and who is where", () => {
    const { environment, shards, emptied } = fleet();
    expect(environment).toMatchObject({ name: "test", held: [{ name: "acme-1" }] });
    expect(shards).toMatchObject([{ name: "test-eu", shard: "eu", held: [{ name: "globex-1" }] }]);
    expect(emptied).toEqual([]);
});

test("a shard's stack file has what a shard reads, and says who wrote it", () => {
    writeStackFiles(fleet());
    const text = directory.read("Pulumi.test-eu.yaml");
    expect(text.split("\n")[0]).toBe("# Written by `npm run fleet` from Pulumi.test.yaml: change that file.");
    expect(parse(text)).toEqual({
        config: {
            "fleet-observability:environment": "test",
            "fleet-observability:role": "customers",
            "fleet-observability:environmentStack": "test",
            "fleet-observability:shard": "eu",
            "fleet-observability:readiness": "skip",
            "fleet-observability:observer": { name: "observer", context: "observer" },
            "fleet-observability:customers": [{ name: "globex-1", context: "g", profile: "l0" }],
        },
    });
});

test("written again, what stands outside config stays", () => {
    writeStackFiles(fleet());
    directory.write("Pulumi.test-eu.yaml", `${directory.read("Pulumi.test-eu.yaml")}encryptionsalt:   v1:abc # keep\n`);
    const before = directory.read("Pulumi.test-eu.yaml");
    writeStackFiles(fleet());
    expect(directory.read("Pulumi.test-eu.yaml")).toBe(before);
    writeStackFiles(fleet((inventory) => inventory.set("acme-1", "shard", "eu")));
    expect(directory.read("Pulumi.test-eu.yaml")).toMatch(/\nencryptionsalt: {3}v1:abc # keep\n$/);
    expect(directory.read("Pulumi.test-eu.yaml")).toContain("acme-1");
});

test("a kubeconfig of the observer is a secret of each stack: a shard's own ciphertext stays, and no other's comes", () => {
    const text = directory
        .read("Pulumi.test.yaml")
        .replace("        context: observer\n", "        kubeconfig: { secure: v1:environments }\n");
    directory.write("Pulumi.test.yaml", text);
    writeStackFiles(fleet());
    expect(directory.read("Pulumi.test-eu.yaml")).not.toContain("v1:environments");
    const own = stackText(fleet(), fleet().environment);
    expect(own).toBe(text);
    directory.write(
        "Pulumi.test-eu.yaml",
        directory
            .read("Pulumi.test-eu.yaml")
            .replace("name: observer", "name: observer\n    kubeconfig: { secure: v1:shards }"),
    );
    writeStackFiles(fleet());
    expect(parse(directory.read("Pulumi.test-eu.yaml"))).toMatchObject({
        config: { "fleet-observability:observer": { name: "observer", kubeconfig: { secure: "v1:shards" } } },
    });
});

test("a shard without clusters is one to be removed", () => {
    writeStackFiles(fleet());
    expect(fleet((inventory) => inventory.remove(["globex-1"])).emptied).toMatchObject([{ name: "test-eu", held: [] }]);
});

test("every problem of the config is told, and nothing is written", () => {
    const wrong = () =>
        fleet((inventory) => inventory.replace({ customers: [{ name: "Acme" }, { name: "b", contxt: "x" }] }));
    expect(wrong).toThrow("is not a DNS label");
    expect(wrong).toThrow("did you mean context?");
    expect(existsSync(join(directory.path, "Pulumi.test-eu.yaml"))).toBe(false);
});

test("a stack of somebody else's that has a shard's name is left alone", () => {
    directory.write("Pulumi.test-eu.yaml", "config: { 'fleet-observability:environment': eu }\n");
    expect(() => fleet()).toThrow("is a stack of its own and no shard of test; give the shard eu another name");
});

test("an environment that does not exist, and YAML that is wrong", () => {
    expect(() => readFleet(directory.path, "tset")).toThrow("did you mean test?");
    directory.write("Pulumi.test.yaml", "config: [");
    expect(() => fleet()).toThrow(/Pulumi\.test\.yaml:\d+:\d+/);
});

test("nothing is left behind of what was checked", () => {
    fleet();
    expect(readdirSync(directory.path).filter((file) => file.startsWith("Pulumi."))).toEqual([
        "Pulumi.test.yaml",
        "Pulumi.yaml",
    ]);
});

describe("the digest of a stack", () => {
    const now = new Date("2026-11-21T00:00:00Z");
    const input = (change: Partial<StackInput> = {}): StackInput => ({
        program: "p",
        file: directory.read("Pulumi.test.yaml"),
        held: [{ name: "acme-1" }],
        now,
        ...change,
    });
    const digest = (change?: Partial<StackInput>) => stackDigest(input(change));
    const file = (from: string, to: string) => ({ file: directory.read("Pulumi.test.yaml").replace(from, to) });

    test.each<[string, () => Partial<StackInput>]>([
        ["another program", () => ({ program: "q" })],
        ["another value", () => file("30d", "40d")],
        ["another tenant of a shard's cluster", () => file("name: globex-1", "name: globex-1, tenant: t")],
        ["another limit of a shard's cluster", () => file("1000", "2000")],
        ["what the environment tells a shard", () => ({ enrolment: { remoteWriteUrl: "u" } })],
        ["a certificate's time to renew", () => ({ now: new Date(credentialPeriod("acme-1", now).expires) })],
        [
            "a month, in which the endpoint's certificate may be due",
            () => ({ now: new Date("2026-12-22T00:00:00Z"), held: [] }),
        ],
    ])("is another one after %s", (_, change) => {
        expect(digest(change())).not.toBe(digest(change().held === undefined ? {} : { held: [] }));
    });

    test.each([
        ["a comment", () => file("# its name", "# what it is called")],
        [
            "other order",
            () => file("{ raw: 30d, fiveMinutes: 180d, oneHour: 0d }", "{ oneHour: 0d, raw: 30d, fiveMinutes: 180d }"),
        ],
        ["a salt", () => file("v1:salt", "v1:other")],
        ["what only a shard's cluster is made of", () => file("profile: l0", "profile: full")],
        ["an hour", () => ({ now: new Date("2026-11-21T01:00:00Z") })],
    ])("is the same after %s", (_, change) => {
        expect(digest(change())).toBe(digest());
    });

    test("of the program, is of its files", () => {
        expect(programDigest(directory.path)).toBe(programDigest(directory.path));
        const before = programDigest(directory.path);
        directory.remove();
        directory = fleetDirectory(sharded);
        expect(programDigest(directory.path)).toBe(before);
    });
});
