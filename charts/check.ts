/** Checks values that a user adds to a chart's, which no compiler has seen, against the keys of the pinned chart. */
import { distance } from "fastest-levenshtein";
import { isMap } from "./merge";
import type { KeyTree, Kind } from "./values";

/** A key that the chart does not have. Helm would take it without a word and do nothing. */
export interface UnknownKey {
    /** Where it is, key by key from the top of the values. */
    readonly keys: readonly string[];
    /** The same as a text: `grafana.sidecar.dashbords`, `grafana["grafana.ini"]`. */
    readonly path: string;
    /** The key that was probably meant, as a path from the map that holds the unknown key; absent when none is near. */
    readonly suggestion?: string;
    /** The keys that the chart has at that place, sorted. */
    readonly allowed: readonly string[];
    /** The path, what is wrong and what to write instead, on one line. */
    readonly message: string;
}

/** A value of a kind that the chart cannot use, such as the text "false", which a template takes for true. */
export interface WrongKind {
    /** Where it is, as in {@link UnknownKey}. */
    readonly keys: readonly string[];
    readonly path: string;
    readonly expected: Kind;
    /** The path, what was expected and what was found, on one line. */
    readonly message: string;
}

/**
 * The keys in `values` that the chart does not have, at any depth of its known tree. What is inside free maps, lists and
 * `pulumi.Output`s is not looked at.
 */
export function unknownValues(keys: KeyTree, values: object): UnknownKey[] {
    return mapsOf(keys, values).flatMap(({ tree, map, path }) =>
        Object.keys(map)
            .filter((key) => entryOf(tree, key) === undefined)
            .map((key) => unknownKey(tree, path, key)),
    );
}

/** The values in `values` that are of another kind than the chart's default. `null` is right everywhere. */
export function wrongKinds(keys: KeyTree, values: object): WrongKind[] {
    return mapsOf(keys, values).flatMap(({ tree, map, path }) =>
        Object.entries(map).flatMap(([key, value]) => {
            const known = entryOf(tree, key);
            const expected = typeof known === "object" ? "map" : known;
            return expected === undefined || fits(expected, value) ? [] : [wrongKind([...path, key], expected, value)];
        }),
    );
}

interface KnownMap {
    readonly tree: KeyTree;
    readonly map: Readonly<Record<string, unknown>>;
    readonly path: readonly string[];
}

/** Every map in the values whose keys the chart knows, outermost first. */
function mapsOf(tree: KeyTree, values: object, path: readonly string[] = []): KnownMap[] {
    if (!isMap(values)) {
        return [];
    }
    const inner = Object.entries(values).flatMap(([key, value]) => {
        const entry = entryOf(tree, key);
        return typeof entry === "object" && isMap(value) ? mapsOf(entry, value, [...path, key]) : [];
    });
    return [{ tree, map: values, path }, ...inner];
}

function entryOf(tree: KeyTree, key: string): Kind | KeyTree | undefined {
    return Object.hasOwn(tree, key) ? tree[key] : tree["*"];
}

function unknownKey(tree: KeyTree, place: readonly string[], key: string): UnknownKey {
    const keys = [...place, key];
    const path = pathText(keys);
    const allowed = Object.keys(tree).sort();
    const suggestion = nearest(allowed, key) ?? deeper(tree, key);
    const instead = suggestion === undefined ? `allowed here: ${listed(allowed)}` : `did you mean "${suggestion}"?`;
    const message = `${path}: the chart has no such key; ${instead}`;
    return { keys, path, ...(suggestion === undefined ? {} : { suggestion }), allowed, message };
}

/** The key that differs in at most a third of its letters, not counting upper and lower case. */
function nearest(allowed: readonly string[], key: string): string | undefined {
    const far = Math.max(1, Math.floor(key.length / 3));
    const [best] = allowed
        .map((name) => ({ name, letters: distance(name.toLowerCase(), key.toLowerCase()) }))
        .filter(({ letters }) => letters <= far)
        .sort((a, b) => a.letters - b.letters);
    return best?.name;
}

/** The right key one or more levels too high: `prometheus.remoteWrite` is found as `prometheusSpec.remoteWrite`. */
function deeper(tree: KeyTree, key: string): string | undefined {
    let level: { path: readonly string[]; tree: KeyTree }[] = [{ path: [], tree }];
    while (level.length > 0) {
        const found = level.filter((place) => Object.hasOwn(place.tree, key));
        if (found.length > 0) {
            return found.length === 1 ? pathText([...(found[0]?.path ?? []), key]) : undefined;
        }
        level = level.flatMap((place) =>
            Object.entries(place.tree).flatMap(([name, inner]) =>
                typeof inner === "object" ? [{ path: [...place.path, name], tree: inner }] : [],
            ),
        );
    }
    return undefined;
}

const mostListed = 20;

function listed(keys: readonly string[]): string {
    const rest = keys.length - mostListed;
    return keys.slice(0, mostListed).join(", ") + (rest > 0 ? `, and ${rest} more` : "");
}

function fits(expected: Kind, value: unknown): boolean {
    const isOther = typeof value === "object" && !Array.isArray(value) && !isMap(value);
    if (value === null || value === undefined || isOther || expected === "any") {
        return true;
    }
    switch (expected) {
        case "list":
            return Array.isArray(value);
        case "map":
            return isMap(value);
        case "scalar":
            return typeof value !== "object";
        default:
            return typeof value === expected;
    }
}

function wrongKind(keys: readonly string[], expected: Kind, value: unknown): WrongKind {
    const path = pathText(keys);
    // The value itself is not shown: it may be a secret. Any text that is not empty counts as true in a Go template.
    const trap = expected === "boolean" && value === "false" ? ' "false", which the chart takes for true' : "";
    const found = Array.isArray(value) ? "list" : isMap(value) ? "map" : typeof value;
    return { keys, path, expected, message: `${path}: expected ${kindText[expected]}, got a ${found}${trap}` };
}

const kindText: Readonly<Record<Kind, string>> = {
    string: "a string",
    number: "a number",
    boolean: "true or false",
    scalar: "a string, number or boolean",
    list: "a list",
    map: "a map",
    any: "anything",
};

function pathText(path: readonly string[]): string {
    return path
        .map((key, index) => (/^[\w-]+$/.test(key) ? (index === 0 ? key : `.${key}`) : `[${JSON.stringify(key)}]`))
        .join("");
}
