import { PersistentVolumeClaimPatch } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { namespace, objects } from "../../platform/names";
import { filesystem, filesystemDirectory, objstoreYaml } from "../../platform/objstore";
import { metadata, skipAwait } from "../cluster/metadata";
import type { ObjectStore } from "./objectStore";

/** Arguments of a store on a volume. */
export interface FilesystemStoreArgs {
    /** The volume's size, a Kubernetes quantity such as `20Gi`. Growing it needs a class that can expand volumes. */
    size: pulumi.Input<string>;
    /** The StorageClass; the cluster's default when unset. */
    storageClass?: pulumi.Input<string>;
    /** `ReadWriteMany`, or `ReadWriteOnce` where every pod runs on one node. */
    accessMode: pulumi.Input<string>;
    /** A directory on the volume for all blocks. */
    prefix?: pulumi.Input<string>;
    /** Refuse to delete the volume. */
    protect: boolean;
}

/** Blocks on a volume in the observer cluster. For trials: nothing replicates it and nothing backs it up. */
export class FilesystemStore extends pulumi.ComponentResource implements ObjectStore {
    readonly objstore: pulumi.Output<string>;
    readonly bucket: pulumi.Output<string>;
    readonly serviceAccountAnnotations = {};
    readonly podLabels = {};
    readonly volumeClaim = objects.objectStoreVolume;
    readonly ready: pulumi.Resource[];

    constructor(name: string, args: FilesystemStoreArgs, opts?: pulumi.ComponentResourceOptions) {
        super("fleet-observability:index:FilesystemStore", name, { size: args.size }, opts);
        // A Patch makes the claim, takes over one that an earlier environment left, and deletes none.
        const claim = new PersistentVolumeClaimPatch(`${name}-volume`, volumeClaim(args), {
            parent: this,
            protect: args.protect,
            retainOnDelete: true,
        });
        this.objstore = pulumi.secret(
            pulumi
                .output(args.prefix)
                .apply((prefix) => objstoreYaml(filesystem({ directory: filesystemDirectory, prefix }))),
        );
        this.bucket = pulumi.interpolate`filesystem:${namespace}/${objects.objectStoreVolume}`;
        this.ready = [claim];
        this.registerOutputs({ bucket: this.bucket });
    }
}

function volumeClaim(args: FilesystemStoreArgs) {
    return {
        // A class that waits for its first consumer binds when a pod comes, and the pods wait for this claim.
        metadata: metadata(objects.objectStoreVolume, { annotations: skipAwait }),
        spec: {
            accessModes: [args.accessMode],
            resources: { requests: { storage: args.size } },
            ...(args.storageClass === undefined ? {} : { storageClassName: args.storageClass }),
        },
    };
}
