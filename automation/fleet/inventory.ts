import { existsSync, readFileSync } from "node:fs";
import { isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import { namespace } from "../../config/schema";
import { nearest } from "../../config/problems";
import { UsageError } from "../commandLine";
import { withValue } from "./yamlText";

/** A customer cluster as the inventory has it: what of an entry decides where it is made, and the rest as it is written. */
export interface Entry {
    name: string;
    /** The shard that holds it; unset for the environment's own stack. */
    shard?: string;
    tenant?: string;
    context?: string;
    [key: string]: unknown;
}

/** A file with an inventory of its own, from another program or another repository. */
export interface InventoryFile {
    customers: Entry[];
    /** How many clusters a shard holds; an entry without `shard` is then given one. Unset, it is made inline. */
    shardSize?: number;
}

const path: [string, string] = ["config", `${namespace}:customers`];

/** The inventory in an environment's stack file. Changes are made to the text; comments and everything else in it stay. */
export class Inventory {
    private constructor(private current: string) {}

    /** @throws UsageError when the inventory is not a list of maps with names */
    static parse(text: string, file: string): Inventory {
        const inventory = new Inventory(text);
        checkedEntries(inventory.read(), `${file}: ${path[1]}`);
        return inventory;
    }

    /** The stack file's text with all changes. */
    get text(): string {
        return this.current;
    }

    get entries(): Entry[] {
        return (this.read() ?? []) as Entry[];
    }

    get names(): string[] {
        return this.entries.map(({ name }) => name);
    }

    /** @throws UsageError that says which name is meant, when there is none of this name */
    find(name: string): Entry {
        const entry = this.entries.find((candidate) => candidate.name === name);
        if (entry === undefined) {
            const meant = nearest(name, this.names);
            throw new UsageError(
                `${name} is not in the inventory${meant === undefined ? "" : `; did you mean ${meant}?`}\n` +
                    "Add it to fleet-observability:customers of the environment's stack file, or to the file of --inventory.",
            );
        }
        return entry;
    }

    /** Takes the inventory of a file in place of its own. What has a place keeps it; what is new gets one. */
    replace({ customers, shardSize }: InventoryFile): void {
        const placed = shardSize === undefined ? customers : withShards(customers, this.entries, shardSize);
        this.current = withValue(this.current, path, placed);
    }

    /** Sets a key of one entry, or removes it. */
    set(name: string, key: "shard", value: string | undefined): void {
        this.change((list) => {
            const entry = list.items.find((item) => item.get("name") === name);
            if (value === undefined) {
                entry?.delete(key);
            } else {
                entry?.set(key, value);
            }
        });
    }

    /** Removes entries. */
    remove(names: string[]): void {
        this.change((list) => {
            list.items = list.items.filter((item) => !names.includes(String(item.get("name"))));
            list.flow = list.items.length === 0;
        });
    }

    private change(edit: (list: YAMLSeq<YAMLMap>) => void): void {
        const list = parseDocument(this.current, { merge: true }).getIn(path, true);
        if (isSeq<YAMLMap>(list) && list.items.every(isMap)) {
            edit(list);
            this.current = withValue(this.current, path, list);
        }
    }

    private read(): unknown {
        const content: unknown = parseDocument(this.current, { merge: true }).toJS({ maxAliasCount: -1 });
        return (content as { config?: Record<string, unknown> } | null)?.config?.[path[1]];
    }
}

/**
 * Reads a file with an inventory.
 *
 * @throws UsageError that names the file and what is wrong with it
 */
export function readInventoryFile(file: string): InventoryFile {
    if (!existsSync(file)) {
        throw new UsageError(`${file} does not exist; --inventory takes a YAML file with a list customers`);
    }
    const document = parseDocument(readFileSync(file, "utf8"), { prettyErrors: false, merge: true });
    const content: unknown = document.errors.length > 0 ? undefined : document.toJS({ maxAliasCount: -1 });
    if (typeof content !== "object" || content === null || !("customers" in content)) {
        throw new UsageError(`${file} must be a YAML map with a list customers, and shardSize where shards are wanted`);
    }
    const unknown = Object.keys(content).find((key) => key !== "customers" && key !== "shardSize");
    if (unknown !== undefined) {
        throw new UsageError(`${file}: ${unknown} is not a key that exists; allowed: customers, shardSize`);
    }
    const { customers, shardSize } = content as { customers: unknown; shardSize?: unknown };
    if (shardSize !== undefined && !(Number.isInteger(shardSize) && (shardSize as number) > 0)) {
        throw new UsageError(
            `${file}: shardSize = ${JSON.stringify(shardSize)} must be a whole number from 1, such as 50`,
        );
    }
    return { customers: checkedEntries(customers, `${file}: customers`), shardSize: shardSize as number | undefined };
}

/** What else is wrong with an entry, the config's own rules find. */
function checkedEntries(customers: unknown, place: string): Entry[] {
    if (customers !== undefined && customers !== null && !Array.isArray(customers)) {
        throw new UsageError(`${place} must be a list`);
    }
    const entries = (customers ?? []) as (Partial<Entry> | null)[];
    for (const [position, entry] of entries.entries()) {
        if (typeof entry?.name !== "string") {
            throw new UsageError(`${place}[${position}] must be a map with a name, such as: - name: acme-1`);
        }
    }
    return entries as Entry[];
}

/** Entries that have no shard, each with one: where it is already, inline too, or the first numbered shard with room. */
function withShards(entries: Entry[], known: Entry[], shardSize: number): Entry[] {
    const places = new Map(known.map(({ name, shard }) => [name, shard]));
    const settled = entries.map((entry) => ({
        entry,
        place: entry.shard ?? places.get(entry.name),
        settled: entry.shard !== undefined || places.has(entry.name),
    }));
    const held = new Map<string, number>();
    const count = (shard: string) => held.set(shard, (held.get(shard) ?? 0) + 1);
    settled.forEach(({ place }) => place !== undefined && count(place));
    const firstWithRoom = (): string => {
        for (let number = 1; ; number += 1) {
            const shard = `shard-${String(number).padStart(2, "0")}`;
            if ((held.get(shard) ?? 0) < shardSize) {
                count(shard);
                return shard;
            }
        }
    };
    return settled.map(({ entry, place, settled: stays }) => {
        const shard = stays ? place : firstWithRoom();
        return shard === undefined ? entry : { ...entry, shard };
    });
}
