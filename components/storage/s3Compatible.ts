import * as pulumi from "@pulumi/pulumi";
import { certificateAuthorityFile, objstoreYaml, s3Compatible } from "../../platform/objstore";
import type { ObjectStore } from "./objectStore";

/** Arguments of a store that speaks S3. */
export interface S3CompatibleStoreArgs {
    /** The store's host, with a port where it is not the default. */
    endpoint: pulumi.Input<string>;
    /** The bucket's name. */
    bucket: pulumi.Input<string>;
    /** The region that requests are signed for. */
    region: pulumi.Input<string>;
    /**
     * Make the bucket, versioned. Old versions stay until the store itself is told to expire them: the AWS provider
     * cannot set lifecycle rules elsewhere (hashicorp/terraform-provider-aws#46021).
     */
    create: boolean;
    /** Plain http. */
    insecure: pulumi.Input<boolean>;
    /** How the bucket is addressed. */
    lookup: "auto" | "path" | "virtual-hosted";
    /**
     * The endpoint's certificate authority, PEM; the system's authorities when unset. With `create`, the machine that
     * runs `up` has to trust it too (`AWS_CA_BUNDLE`).
     */
    caCertificate?: pulumi.Input<string>;
    /** The access key's id. A secret. */
    accessKey: pulumi.Input<string>;
    /** The secret access key. A secret. */
    secretKey: pulumi.Input<string>;
    /** A path inside the bucket for all blocks. */
    prefix?: pulumi.Input<string>;
    /** Refuse to delete a bucket made here. */
    protect: boolean;
}

/** Blocks in any store that speaks S3. */
export class S3CompatibleStore extends pulumi.ComponentResource implements ObjectStore {
    readonly objstore: pulumi.Output<string>;
    readonly bucket: pulumi.Output<string>;
    readonly serviceAccountAnnotations = {};
    readonly podLabels = {};
    readonly certificateAuthority?: pulumi.Output<string>;
    readonly ready: pulumi.Resource[];

    constructor(name: string, args: S3CompatibleStoreArgs, opts?: pulumi.ComponentResourceOptions) {
        const inputs = { endpoint: args.endpoint, bucket: args.bucket };
        super("fleet-observability:index:S3CompatibleStore", name, inputs, opts);
        this.ready = args.create ? makeBucket(name, args, this) : [];
        this.objstore = pulumi.secret(objstore(args));
        this.bucket = pulumi.interpolate`s3:${args.endpoint}/${args.bucket}`;
        if (args.caCertificate !== undefined) {
            this.certificateAuthority = pulumi.output(args.caCertificate);
        }
        this.registerOutputs({ bucket: this.bucket });
    }
}

/** Loads the AWS SDK, which a store that exists already has no use for. */
function makeBucket(name: string, args: S3CompatibleStoreArgs, parent: pulumi.Resource): pulumi.Resource[] {
    const { createS3CompatibleBucket } = require("./s3CompatibleBucket") as typeof import("./s3CompatibleBucket");
    return createS3CompatibleBucket(name, args, { parent });
}

function objstore(args: S3CompatibleStoreArgs): pulumi.Output<string> {
    const { endpoint, bucket, region, insecure, lookup, prefix, accessKey, secretKey } = args;
    const authority = args.caCertificate === undefined ? {} : { certificateAuthorityFile };
    return pulumi
        .output({ endpoint, bucket, region, insecure, prefix, accessKey, secretKey })
        .apply((store) => objstoreYaml(s3Compatible({ ...store, ...authority, lookup }, store)));
}
