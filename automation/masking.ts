import { runtime } from "@pulumi/pulumi";

/** What is printed in place of a secret. */
export const secretMask = "[secret]";

/** What is printed in place of a value that only `up` can find out. */
export const unknownMask = "<known after up>";

/** A value as the SDK sends it, without secrets: each one, with all that is below it, becomes {@link secretMask}. */
export function masked(value: unknown): unknown {
    return transformed(value, () => secretMask);
}

/** The same, but of a secret map the keys stay. For maps whose keys are no secret, such as a Kubernetes Secret's data. */
export function maskedLeaves(value: unknown): unknown {
    return transformed(value, (secret) => leaves(secret));
}

/** A value as the SDK sends it, with every secret in clear: for another program, never for anybody's eyes. */
export function inClear(value: unknown): unknown {
    return transformed(value, (secret) => inClear(secret));
}

/** The paths below `value` that hold a secret, such as `grafana.adminPassword`. */
export function secretPaths(value: unknown, path: string[] = []): string[] {
    if (runtime.isRpcSecret(value)) {
        return [path.join(".")];
    }
    return typeof value === "object" && value !== null
        ? Object.entries(value).flatMap(([key, item]) => secretPaths(item, [...path, key]))
        : [];
}

function transformed(value: unknown, mask: (secret: unknown) => unknown): unknown {
    if (runtime.isRpcSecret(value)) {
        return mask(runtime.unwrapRpcSecret(value));
    }
    if (value === runtime.unknownValue) {
        return unknownMask;
    }
    return below(value, (item) => transformed(item, mask));
}

function leaves(secret: unknown): unknown {
    return typeof secret === "object" && secret !== null ? below(secret, leaves) : secretMask;
}

function below(value: unknown, each: (item: unknown) => unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(each);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, each(item)]))
        : value;
}
