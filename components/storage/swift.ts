import * as pulumi from "@pulumi/pulumi";
import { objstoreYaml, swift } from "../../platform/objstore";
import type { ObjectStore } from "./objectStore";

/** Arguments of a Swift store. */
export interface SwiftStoreArgs {
    /** Keystone's URL, with its version: `https://keystone.example.org:5000/v3`. */
    authUrl: pulumi.Input<string>;
    /** The region's name. */
    region: pulumi.Input<string>;
    /** The container, which exists. */
    container: pulumi.Input<string>;
    /** The application credential's id. */
    applicationCredentialId: pulumi.Input<string>;
    /** The application credential's secret. A secret. */
    applicationCredentialSecret: pulumi.Input<string>;
    /** A path inside the container for all blocks. */
    prefix?: pulumi.Input<string>;
}

/** Blocks in an existing OpenStack Swift container. Makes nothing in the cloud. */
export class SwiftStore extends pulumi.ComponentResource implements ObjectStore {
    readonly objstore: pulumi.Output<string>;
    readonly bucket: pulumi.Output<string>;
    readonly serviceAccountAnnotations = {};
    readonly podLabels = {};
    readonly ready: pulumi.Resource[] = [];

    constructor(name: string, args: SwiftStoreArgs, opts?: pulumi.ComponentResourceOptions) {
        super("fleet-observability:index:SwiftStore", name, { region: args.region, container: args.container }, opts);
        this.objstore = pulumi.secret(
            pulumi
                .output(args)
                .apply(({ applicationCredentialSecret, ...store }) =>
                    objstoreYaml(swift(store, applicationCredentialSecret)),
                ),
        );
        this.bucket = pulumi.interpolate`swift:${args.region}/${args.container}`;
        this.registerOutputs({ bucket: this.bucket });
    }
}
