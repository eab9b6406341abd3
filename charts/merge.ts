/** Merges Helm values the way Helm does with several values files. */

/** True for a map as YAML or an object literal makes it, false for lists, `pulumi.Output`s and other class instances. */
export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
    if (typeof value !== "object" || value === null) {
        return false;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null;
}

/**
 * Merges values, the last overlay wins. Maps merge key by key, lists and scalars replace. A `null` is kept, because Helm
 * drops the chart's default for it; an `undefined` is as if the key were not there. Anything that is not a map, a list or
 * a scalar, such as a `pulumi.Output`, replaces whole and is passed on as it is.
 *
 * @returns New values that share no map or list with the arguments.
 */
export function mergeValues<Values extends object>(base: Values, ...overlays: readonly object[]): Values {
    return overlays.reduce<unknown>(merged, copied(base)) as Values;
}

function merged(base: unknown, overlay: unknown): unknown {
    if (!isMap(base) || !isMap(overlay)) {
        return copied(overlay);
    }
    const result = new Map(Object.entries(base));
    for (const [key, value] of Object.entries(overlay)) {
        if (value !== undefined) {
            result.set(key, merged(result.get(key), value));
        }
    }
    return Object.fromEntries(result);
}

function copied(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(copied);
    }
    return isMap(value) ? merged({}, value) : value;
}
