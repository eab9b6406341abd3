import { Provider } from "@pulumi/aws/provider";
import { Bucket, BucketVersioning } from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";

/** Arguments of a bucket in a store that speaks S3 and is not AWS. */
export interface S3CompatibleBucketArgs {
    /** The store's host, with a port where it is not the default. */
    endpoint: pulumi.Input<string>;
    /** The bucket's name. */
    bucket: pulumi.Input<string>;
    /** The region that requests are signed for. */
    region: pulumi.Input<string>;
    /** Plain http. */
    insecure: pulumi.Input<boolean>;
    /** How the bucket is addressed; `auto` is by path, as Thanos takes it outside AWS. */
    lookup: "auto" | "path" | "virtual-hosted";
    /** The access key's id. A secret. */
    accessKey: pulumi.Input<string>;
    /** The secret access key. A secret. */
    secretKey: pulumi.Input<string>;
    /** Refuse to delete the bucket. */
    protect: boolean;
}

/**
 * Makes a versioned bucket through the S3 API. It has no tags: not every store can keep them.
 *
 * @returns what must stand before the bucket is used.
 */
export function createS3CompatibleBucket(
    name: string,
    args: S3CompatibleBucketArgs,
    opts: { parent: pulumi.Resource },
): pulumi.Resource[] {
    const provider = new Provider(`${name}-provider`, providerArgs(args), opts);
    const inStore = { ...opts, provider, retainOnDelete: true };
    const bucket = new Bucket(`${name}-bucket`, { bucket: args.bucket }, { ...inStore, protect: args.protect });
    const versioning = new BucketVersioning(
        `${name}-versioning`,
        { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
        inStore,
    );
    return [bucket, versioning];
}

function providerArgs(args: S3CompatibleBucketArgs) {
    const scheme = pulumi.output(args.insecure).apply((insecure) => (insecure ? "http" : "https"));
    return {
        region: args.region,
        accessKey: args.accessKey,
        secretKey: args.secretKey,
        endpoints: [{ s3: pulumi.interpolate`${scheme}://${args.endpoint}` }],
        s3UsePathStyle: args.lookup !== "virtual-hosted",
        skipCredentialsValidation: true,
        skipMetadataApiCheck: true,
        skipRegionValidation: true,
        // Knowing an account, the provider reads tags through S3 Control, which no store but AWS has.
        skipRequestingAccountId: true,
    };
}
