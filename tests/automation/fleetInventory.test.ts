import { parse } from "yaml";
import { Inventory, readInventoryFile, type Entry } from "../../automation/fleet/inventory";
import { withValue } from "../../automation/fleet/yamlText";
import { environmentFile, fleetDirectory, type FleetDirectory } from "./fleetDirectory";

const listed = `
        # the first
        - name: acme-1 # of acme
          tenant: acme
          stackReference: { stack: a/b/c,   output: k }
        # the second
        - name: globex-1
          context: globex-1`;

function entriesOf(text: string): Entry[] {
    return (parse(text) as { config: Record<string, Entry[]> }).config["fleet-observability:customers"] ?? [];
}

/** The lines of `text` that are not the inventory's. */
function others(text: string): string[] {
    const lines = text.split("\n");
    const begin = lines.findIndex((line) => line.includes("fleet-observability:customers"));
    return [
        ...lines.slice(0, begin),
        ...lines.slice(lines.findIndex((line) => line.includes("# after the customers"))),
    ];
}

function inventory(customers = listed): Inventory {
    return Inventory.parse(environmentFile(customers), "Pulumi.test.yaml");
}

test("a change leaves everything else byte for byte, and the inventory's comments", () => {
    const changed = inventory();
    changed.set("globex-1", "shard", "eu-1");
    expect(others(changed.text)).toEqual(others(environmentFile(listed)));
    expect(changed.text).toContain("# the first");
    expect(changed.text).toContain("# the second");
    expect(changed.find("globex-1")).toEqual({ name: "globex-1", context: "globex-1", shard: "eu-1" });
    changed.set("globex-1", "shard", undefined);
    expect(changed.find("globex-1").shard).toBeUndefined();
});

test("an entry is removed; the last one leaves an empty list", () => {
    const changed = inventory();
    changed.remove(["acme-1"]);
    expect(changed.names).toEqual(["globex-1"]);
    changed.remove(["globex-1"]);
    expect(entriesOf(changed.text)).toEqual([]);
    expect(others(changed.text)).toEqual(others(environmentFile(listed)));
});

test.each([
    ["an empty list", "[] # nobody yet"],
    ["nothing", ""],
    ["a list in one line", "[{ name: acme-1, context: a }]"],
    ["a long list", listed],
])("an inventory takes the place of %s", (_, before) => {
    const changed = inventory(before);
    changed.replace({ customers: [{ name: "new-1", context: "n" }] });
    expect(entriesOf(changed.text)).toEqual([{ name: "new-1", context: "n" }]);
    expect(others(changed.text)).toEqual(others(environmentFile(before)));
});

test("a stack file without an inventory gets one", () => {
    const text = "config:\n    fleet-observability:environment: test\nencryptionsalt: v1:x\n";
    const changed = Inventory.parse(text, "f");
    changed.replace({ customers: [{ name: "a" }] });
    expect(parse(changed.text)).toEqual({
        config: { "fleet-observability:environment": "test", "fleet-observability:customers": [{ name: "a" }] },
        encryptionsalt: "v1:x",
    });
});

test("a name that is not there: which one may be meant", () => {
    expect(() => inventory().find("acme-2")).toThrow("acme-2 is not in the inventory; did you mean acme-1?");
});

describe("shards", () => {
    const names = (from: number, to: number) =>
        Array.from({ length: to - from + 1 }, (_, index) => ({ name: `c-${from + index}` }));
    const placed = (known: string, customers: Entry[], shardSize: number) => {
        const changed = inventory(known);
        changed.replace({ customers, shardSize });
        return Object.fromEntries(changed.entries.map(({ name, shard }) => [name, shard]));
    };

    test("new clusters fill numbered shards", () => {
        expect(placed("[]", names(1, 5), 2)).toEqual({
            "c-1": "shard-01",
            "c-2": "shard-01",
            "c-3": "shard-02",
            "c-4": "shard-02",
            "c-5": "shard-03",
        });
    });

    test("what has a place keeps it, inline too; who leaves makes room; a shard that is named counts", () => {
        const known =
            "[{ name: c-1 }, { name: c-2, shard: shard-01 }, { name: c-3, shard: shard-01 }, { name: c-4, shard: eu }]";
        expect(placed(known, [...names(1, 2), ...names(4, 6), { name: "c-7", shard: "shard-02" }], 2)).toEqual({
            "c-1": undefined,
            "c-2": "shard-01",
            "c-4": "eu",
            "c-5": "shard-01",
            "c-6": "shard-02",
            "c-7": "shard-02",
        });
    });

    test("without a size, nothing is placed", () => {
        const changed = inventory("[]");
        changed.replace({ customers: names(1, 2) });
        expect(changed.entries).toEqual(names(1, 2));
    });

    test("the second time nothing moves", () => {
        const once = inventory("[]");
        once.replace({ customers: names(1, 5), shardSize: 2 });
        const twice = Inventory.parse(once.text, "f");
        twice.replace({ customers: names(1, 5), shardSize: 2 });
        expect(twice.text).toBe(once.text);
    });
});

describe("a file with an inventory", () => {
    let directory: FleetDirectory;
    beforeEach(() => (directory = fleetDirectory()));
    afterEach(() => directory.remove());

    test("is read, with what its maps share", () => {
        const file = directory.write(
            "inventory.yaml",
            "shardSize: 50\ncustomers:\n  - &a { name: a, tenant: acme }\n  - { <<: *a, name: b }\n",
        );
        expect(readInventoryFile(file)).toEqual({
            customers: [
                { name: "a", tenant: "acme" },
                { name: "b", tenant: "acme" },
            ],
            shardSize: 50,
        });
    });

    test.each([
        ["customers: {}", "inventory.yaml: customers must be a list"],
        ["customers: [acme]", "inventory.yaml: customers[0] must be a map with a name"],
        ["customers: []\nshardsize: 5", "inventory.yaml: shardsize is not a key that exists"],
        ["customers: []\nshardSize: 0", "shardSize = 0 must be a whole number from 1"],
        ["- a", "inventory.yaml must be a YAML map with a list customers"],
        ["customers: [", "inventory.yaml must be a YAML map with a list customers"],
    ])("%j: %s", (text, message) => {
        const file = directory.write("inventory.yaml", text);
        expect(() => readInventoryFile(file)).toThrow(message);
    });

    test("that is not there", () => {
        expect(() => readInventoryFile("/nowhere.yaml")).toThrow("/nowhere.yaml does not exist");
    });
});

test("a value of another depth, and one whose map is missing", () => {
    expect(withValue("a:\n  b: 1 # one\nc: 2\n", ["a", "b"], { d: [3] })).toBe(
        "a:\n  b:\n    d:\n      - 3 # one\nc: 2\n",
    );
    expect(withValue("", ["a", "b"], 1)).toBe("a:\n  b: 1\n");
    expect(withValue("c: 2\n", ["a", "b"], 1)).toBe("c: 2\na:\n  b: 1\n");
    expect(withValue("a:\nc: 2\n", ["a", "b"], 1)).toBe("a:\n  b: 1\nc: 2\n");
});
