import type { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config/schema";
import { objects } from "../../platform/names";
import { FilesystemStore } from "./filesystem";
import type { ObjectStore } from "./objectStore";
import { S3CompatibleStore } from "./s3Compatible";
import { SwiftStore } from "./swift";

/** What an object store needs to know about the environment. */
export interface ObjectStoreArgs {
    /** The environment's name: a tag, and part of the names of cloud identities. */
    environment: string;
    /** Tags for what is made in a cloud, besides `environment` and `managed-by`. */
    labels: Record<string, string>;
    /** The namespace of the pods that read and write blocks. */
    namespace: string;
}

/** Options of an object store. */
export interface ObjectStoreOptions {
    /** The observer cluster's provider. */
    provider: Provider;
    /** What must stand before anything is put into the observer cluster. A bucket in a cloud does not wait for it. */
    dependsOn?: pulumi.Input<pulumi.Resource>[];
}

/**
 * Makes the store that `storage` describes. A bucket, account, container or volume outlives `destroy`, and all but a
 * trial's volume are protected unless `storage.protect` says otherwise.
 *
 * Azure's and AWS's SDKs each cost more to load than everything else together, so each is loaded in its own branch.
 * `require` and not `import()`: Pulumi runs the program through ts-node, which leaves `import()` to Node, and Node does
 * not find a TypeScript file by it.
 */
export function createObjectStore(
    name: string,
    storage: StackConfig["storage"],
    args: ObjectStoreArgs,
    opts: ObjectStoreOptions,
): ObjectStore {
    const { environment, namespace } = args;
    const cloud = {
        tags: { ...args.labels, environment, "managed-by": "fleet-observability" },
        identityName: `${objects.objectStore}-${environment}`,
        namespace,
        protect: storage.protect ?? true,
    };
    switch (storage.provider) {
        case "azure": {
            const { AzureBlobStore } = require("./azureBlob") as typeof import("./azureBlob");
            return new AzureBlobStore(name, { ...storage, ...cloud });
        }
        case "aws": {
            const { AwsS3Store } = require("./awsS3") as typeof import("./awsS3");
            return new AwsS3Store(name, { ...storage, ...cloud });
        }
        case "s3":
            return new S3CompatibleStore(name, { ...storage, protect: cloud.protect });
        case "swift":
            return new SwiftStore(name, storage);
        case "filesystem":
            return new FilesystemStore(name, { ...storage, protect: storage.protect ?? false }, opts);
    }
}
