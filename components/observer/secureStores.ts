import { Secret } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { SecureEndpoint } from "../../platform/thanos";
import { metadata } from "../cluster/metadata";

/** Thanos stores elsewhere whose gRPC speaks TLS. */
export interface SecureStores {
    /** What they are called. */
    name: string;
    /** host:port. */
    addresses: string[];
    /** The name that their certificate must carry, where it is not the address'. */
    serverName?: string;
    /** Who signed their certificate, PEM; the system's authorities when unset. */
    serverCa?: string;
    /** What they are shown, PEM. */
    clientCertificate?: string;
    /** Its key, PEM. A secret. */
    clientKey?: pulumi.Input<string>;
}

const secretName = "thanos-secure-stores";
const directory = "/etc/thanos-secure-stores";

/** The certificates of all of them, by file name. */
function files(stores: SecureStores[]): Record<string, pulumi.Input<string>> {
    const given = stores.flatMap(({ name, serverCa, clientCertificate, clientKey }) => [
        [caFile(name), serverCa] as const,
        [certificateFile(name), clientCertificate] as const,
        [keyFile(name), clientKey] as const,
    ]);
    return Object.fromEntries(given.flatMap(([file, pem]) => (pem === undefined ? [] : [[file, pem] as const])));
}

const caFile = (store: string) => `${store}-ca.crt`;
const certificateFile = (store: string) => `${store}-tls.crt`;
const keyFile = (store: string) => `${store}-tls.key`;

/** The Secret of what they are known by and what they are shown; none where no store needs any. */
export function secureStoresSecret(
    name: string,
    stores: SecureStores[],
    opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
    const stringData = files(stores);
    return Object.keys(stringData).length === 0
        ? []
        : [new Secret(name, { metadata: metadata(secretName), type: "Opaque", stringData }, opts)];
}

/** Where Query mounts that Secret. */
export function secureStoreVolumes(stores: SecureStores[]) {
    return Object.keys(files(stores)).length === 0
        ? { extraVolumes: [], extraVolumeMounts: [] }
        : {
              extraVolumes: [{ name: "secure-stores", secret: { secretName } }],
              extraVolumeMounts: [{ name: "secure-stores", mountPath: directory, readOnly: true }],
          };
}

/** The stores as Query is told of them. */
export function secureEndpoints(stores: SecureStores[]): SecureEndpoint[] {
    return stores.flatMap(({ name, addresses, serverName, serverCa, clientCertificate }) =>
        addresses.map((address) => ({
            address,
            serverName,
            ...(serverCa === undefined ? {} : { caFile: `${directory}/${caFile(name)}` }),
            ...(clientCertificate === undefined
                ? {}
                : {
                      certificateFile: `${directory}/${certificateFile(name)}`,
                      keyFile: `${directory}/${keyFile(name)}`,
                  }),
        })),
    );
}
