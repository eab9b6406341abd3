import { isDeepStrictEqual } from "node:util";
import { isMap } from "../charts/merge";
import type { Monitors } from "../platform/monitors";
import { monitors } from "./schema/monitors";

/** The section monitors as an output: what config said, without what is a default anyway. */
export type GivenMonitors = Record<string, unknown>;

/** What an environment tells its shards, and whoever reads its outputs, of the section monitors. */
export function givenMonitors(settings: Monitors): GivenMonitors {
    return withoutDefaults({ ...settings }, { ...monitors.parse({}) });
}

/**
 * The same with defaults again.
 *
 * @throws ZodError when it is of another version's form
 */
export function completeMonitors(given: GivenMonitors): Monitors {
    return monitors.parse(given);
}

function withoutDefaults(value: Record<string, unknown>, defaults: Readonly<Record<string, unknown>>): GivenMonitors {
    return Object.fromEntries(
        Object.entries(value).flatMap(([key, item]) => {
            const byDefault = defaults[key];
            if (item === undefined || isDeepStrictEqual(item, byDefault)) {
                return [];
            }
            return [[key, isMap(item) && isMap(byDefault) ? withoutDefaults({ ...item }, byDefault) : item]];
        }),
    );
}
