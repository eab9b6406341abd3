/**
 * What tsyringe, the container below @peculiar/x509, asks of the reflect-metadata polyfill, and refuses to load without:
 * metadata of a class by key. Importing this module first spares the dependency.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>();

function getOwnMetadata(key: unknown, target: object): unknown {
    return metadata.get(target)?.get(key);
}

if (!("getMetadata" in Reflect)) {
    Object.assign(Reflect, {
        getOwnMetadata,
        getMetadata: getOwnMetadata,
        defineMetadata: (key: unknown, value: unknown, target: object) => {
            metadata.set(target, (metadata.get(target) ?? new Map<unknown, unknown>()).set(key, value));
        },
    });
}
