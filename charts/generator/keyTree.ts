/** Builds the tree of a chart's keys: those in its `values.yaml`, and those that only its templates know. */
import { isMap } from "../merge";
import type { KeyTree, Kind } from "../values";
import { Usage } from "./usage";

/**
 * Keys whose default hides that other kinds of scalar are as good: Kubernetes takes a number or a percentage, an image tag
 * may look like a number, and `false` switches a limit, file or address off.
 */
const anyScalar = new Set([
    "clusterAdvertiseAddress",
    "enforcedLabelLimit",
    "enforcedLabelNameLengthLimit",
    "enforcedLabelValueLengthLimit",
    "enforcedSampleLimit",
    "enforcedTargetLimit",
    "maxUnavailable",
    "minAvailable",
    "queryLogFile",
    "sampleLimit",
    "tag",
    "targetPort",
]);

/**
 * The tree of keys.
 *
 * @param defaults - The chart's default values, with those of its dependencies under their names.
 * @param usage - What the templates do with the values.
 * @param free - Top-level keys whose inside is left free: dependencies that the platform never switches on.
 */
export function keyTree(defaults: unknown, usage: Usage, free: ReadonlySet<string>): KeyTree {
    const tree = mapTree(defaults, usage);
    return typeof tree === "string"
        ? {}
        : Object.fromEntries(Object.entries(tree).map(([key, entry]) => [key, free.has(key) ? "map" : entry]));
}

function entryTree(key: string, value: unknown, usage: Usage): Kind | KeyTree {
    if (isMap(value)) {
        return mapTree(value, usage);
    }
    if (usage.kindAsked) {
        return "any";
    }
    if (Array.isArray(value)) {
        return "list";
    }
    switch (typeof value) {
        case "string":
            // An empty default says nothing but that a scalar belongs there.
            return value === "" || anyScalar.has(key) ? "scalar" : "string";
        case "number":
        case "boolean":
            return anyScalar.has(key) ? "scalar" : typeof value === "number" ? "number" : "boolean";
        default:
            return usage.printed || usage.entries !== undefined || usage.fields.size === 0 ? "any" : mapTree({}, usage);
    }
}

function mapTree(value: unknown, usage: Usage): Kind | KeyTree {
    const defaults = isMap(value) ? value : {};
    if (usage.printed) {
        return "map";
    }
    if (usage.entries !== undefined) {
        const entries = Object.values(defaults).filter(isMap);
        const entry = entryTree(
            "*",
            entries.length === 0 ? undefined : Object.assign({}, ...entries),
            combined([usage.entries, ...usage.fields.values()]),
        );
        return typeof entry === "string" ? "map" : { "*": entry };
    }
    const names = [...new Set([...Object.keys(defaults), ...usage.fields.keys()])].sort();
    return names.length === 0
        ? "map"
        : Object.fromEntries(
              names.map((name) => [name, entryTree(name, defaults[name], usage.fields.get(name) ?? new Usage())]),
          );
}

function combined(usages: readonly Usage[]): Usage {
    const result = new Usage();
    result.printed = usages.some((usage) => usage.printed);
    result.kindAsked = usages.some((usage) => usage.kindAsked);
    const entries = usages.flatMap((usage) => usage.entries ?? []);
    result.entries = entries.length === 0 ? undefined : combined(entries);
    for (const name of new Set(usages.flatMap((usage) => [...usage.fields.keys()]))) {
        result.fields.set(name, combined(usages.flatMap((usage) => usage.fields.get(name) ?? [])));
    }
    return result;
}
