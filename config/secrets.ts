import { child, schema, variant, type JsonSchema } from "./jsonSchema";
import type { Path } from "./problems";

/** A place that the schema marks secret, in a config as it was read. */
export interface SecretLeaf {
    path: Path;
    /** The config has a value there. */
    present: boolean;
    /** The config is not complete without it. */
    required: boolean;
}

/** Every secret that `data` has, and every one that its choices of provider and kind ask for. */
export function secretLeaves(data: Record<string, unknown>): SecretLeaf[] {
    return leavesBelow(schema, data, []);
}

function leavesBelow(node: JsonSchema, data: unknown, path: Path): SecretLeaf[] {
    const chosen = variant(node, data);
    if (Array.isArray(data)) {
        return data.flatMap((item, position) => {
            const next = child(chosen, position);
            return next === undefined ? [] : leavesBelow(next, item, [...path, position]);
        });
    }
    if (typeof data !== "object" || data === null) {
        return [];
    }
    const map = data as Record<string, unknown>;
    const keys = new Set([...Object.keys(map), ...Object.keys(chosen.properties ?? {})]);
    return [...keys].flatMap((key) => {
        const next = child(chosen, key);
        if (next === undefined) {
            return [];
        }
        return next.secret === true
            ? [
                  {
                      path: [...path, key],
                      present: map[key] !== undefined,
                      required: chosen.required?.includes(key) === true,
                  },
              ]
            : leavesBelow(next, map[key], [...path, key]);
    });
}
