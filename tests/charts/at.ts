/** What stands in a manifest, or in values, at a path of keys and positions; undefined where there is nothing. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
    return path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown> | undefined)?.[key], value);
}
