import { Role, RolePolicy } from "@pulumi/aws/iam";
import { Provider } from "@pulumi/aws/provider";
import {
    Bucket,
    BucketLifecycleConfiguration,
    BucketOwnershipControls,
    BucketPolicy,
    BucketPublicAccessBlock,
    BucketServerSideEncryptionConfiguration,
    BucketVersioning,
} from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { awsS3, objstoreYaml } from "../../platform/objstore";
import { accessPolicy, tlsOnlyPolicy, trustPolicy } from "./awsPolicies";
import type { ObjectStore } from "./objectStore";
import { trustedServiceAccounts } from "./serviceAccounts";

/** How Thanos proves to AWS who it is. */
export type AwsIdentity =
    /** An IAM role for service accounts, through the IAM OIDC provider of the observer cluster. */
    | { kind: "irsa"; oidcProviderArn: pulumi.Input<string> }
    /** An access key of a user made elsewhere. Secrets. */
    | { kind: "keys"; accessKey: pulumi.Input<string>; secretKey: pulumi.Input<string> };

/** Arguments of a store in AWS S3. */
export interface AwsS3StoreArgs {
    /** The bucket's name, unique in all of AWS. */
    bucket: pulumi.Input<string>;
    /** The bucket's region. */
    region: pulumi.Input<string>;
    /** The ARN of the KMS key that encrypts the bucket; S3-managed keys when unset. */
    encryptionKeyArn?: pulumi.Input<string>;
    /** Days for which an overwritten or deleted object can be brought back. */
    noncurrentVersionDays: pulumi.Input<number>;
    /** Days, 30 or more, after which a block moves to STANDARD_IA; never when unset. */
    infrequentAccessAfterDays?: pulumi.Input<number>;
    identity: AwsIdentity;
    /** The name of the IAM role, unique in the account. */
    identityName: pulumi.Input<string>;
    /** The namespace of the pods that read and write blocks. */
    namespace: string;
    /** A path inside the bucket for all blocks. */
    prefix?: pulumi.Input<string>;
    /** Tags of everything made here. */
    tags: Record<string, pulumi.Input<string>>;
    /** Refuse to delete the bucket. */
    protect: boolean;
}

/** Options of everything in the bucket's region. */
interface InRegion {
    parent: pulumi.Resource;
    provider: Provider;
}

/** Blocks in an S3 bucket of their own. */
export class AwsS3Store extends pulumi.ComponentResource implements ObjectStore {
    readonly objstore: pulumi.Output<string>;
    readonly bucket: pulumi.Output<string>;
    readonly serviceAccountAnnotations: Record<string, pulumi.Input<string>>;
    readonly podLabels = {};
    readonly ready: pulumi.Resource[];

    constructor(name: string, args: AwsS3StoreArgs, opts?: pulumi.ComponentResourceOptions) {
        super("fleet-observability:index:AwsS3Store", name, { bucket: args.bucket, region: args.region }, opts);
        const provider = new Provider(
            `${name}-provider`,
            { region: args.region, defaultTags: { tags: args.tags } },
            { parent: this },
        );
        const inRegion = { parent: this, provider };
        const bucket = new Bucket(
            `${name}-bucket`,
            { bucket: args.bucket },
            { ...inRegion, protect: args.protect, retainOnDelete: true },
        );
        const settings = bucketSettings(name, args, bucket, inRegion);
        const access = args.identity.kind === "irsa" ? role(name, args, args.identity, bucket, inRegion) : undefined;

        this.objstore = pulumi.secret(objstore(args));
        this.bucket = pulumi.interpolate`s3:${args.bucket}`;
        this.serviceAccountAnnotations = access?.serviceAccountAnnotations ?? {};
        this.ready = [bucket, ...settings, ...(access?.ready ?? [])];
        this.registerOutputs({ bucket: this.bucket });
    }
}

function bucketSettings(name: string, args: AwsS3StoreArgs, bucket: Bucket, inRegion: InRegion): pulumi.Resource[] {
    // A bucket that outlives the stack keeps its locks and its safety net.
    const opts = { ...inRegion, retainOnDelete: true };
    const of = { bucket: bucket.bucket };
    const versioning = new BucketVersioning(
        `${name}-versioning`,
        { ...of, versioningConfiguration: { status: "Enabled" } },
        opts,
    );
    const encryption = new BucketServerSideEncryptionConfiguration(
        `${name}-encryption`,
        { ...of, rules: [encryptionRule(args.encryptionKeyArn)] },
        opts,
    );
    const ownership = new BucketOwnershipControls(
        `${name}-ownership`,
        { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } },
        opts,
    );
    const publicAccessBlock = new BucketPublicAccessBlock(
        `${name}-public-access-block`,
        { ...of, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
        // S3 refuses changes of who may reach a bucket while another one is under way, so these three take turns.
        { ...opts, dependsOn: [ownership] },
    );
    const policy = new BucketPolicy(
        `${name}-policy`,
        { ...of, policy: bucket.arn.apply(tlsOnlyPolicy) },
        { ...opts, dependsOn: [publicAccessBlock] },
    );
    const lifecycle = new BucketLifecycleConfiguration(
        `${name}-lifecycle`,
        { ...of, rules: lifecycleRules(args) },
        { ...opts, dependsOn: [versioning] },
    );
    return [versioning, encryption, ownership, publicAccessBlock, policy, lifecycle];
}

function encryptionRule(encryptionKeyArn: pulumi.Input<string> | undefined) {
    return encryptionKeyArn === undefined
        ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
        : {
              applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: encryptionKeyArn },
              bucketKeyEnabled: true,
          };
}

/** Old versions go, current objects never do: what is current, and for how long, is the compactor's to decide. */
function lifecycleRules({ noncurrentVersionDays, infrequentAccessAfterDays }: AwsS3StoreArgs) {
    const everything = { status: "Enabled", filter: {} };
    return [
        {
            id: "abort-incomplete-uploads",
            ...everything,
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
        {
            id: "expire-noncurrent-versions",
            ...everything,
            noncurrentVersionExpiration: { noncurrentDays: noncurrentVersionDays },
            // A delete leaves a marker, and markers of blocks long gone would slow every listing down.
            expiration: { expiredObjectDeleteMarker: true },
        },
        ...(infrequentAccessAfterDays === undefined
            ? []
            : [
                  {
                      id: "infrequent-access",
                      ...everything,
                      transitions: [{ days: infrequentAccessAfterDays, storageClass: "STANDARD_IA" }],
                  },
              ]),
    ];
}

function role(
    name: string,
    args: AwsS3StoreArgs,
    { oidcProviderArn }: Extract<AwsIdentity, { kind: "irsa" }>,
    bucket: Bucket,
    inRegion: InRegion,
): Pick<ObjectStore, "serviceAccountAnnotations" | "ready"> {
    const subjects = trustedServiceAccounts(args.namespace).map(({ subject }) => subject);
    const made = new Role(
        `${name}-role`,
        {
            name: args.identityName,
            assumeRolePolicy: pulumi.output(oidcProviderArn).apply((arn) => trustPolicy(arn, subjects)),
        },
        inRegion,
    );
    const policy = new RolePolicy(
        `${name}-role-policy`,
        {
            role: made.name,
            policy: pulumi
                .output({ bucketArn: bucket.arn, keyArn: args.encryptionKeyArn })
                .apply(({ bucketArn, keyArn }) => accessPolicy(bucketArn, keyArn)),
        },
        inRegion,
    );
    return { serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": made.arn }, ready: [policy] };
}

function objstore(args: AwsS3StoreArgs): pulumi.Output<string> {
    const { bucket, region, encryptionKeyArn, prefix, identity } = args;
    const key = identity.kind === "keys" ? { accessKey: identity.accessKey, secretKey: identity.secretKey } : undefined;
    return pulumi
        .output({ bucket, region, encryptionKeyArn, prefix, key })
        .apply(({ key: plain, ...store }) => objstoreYaml(awsS3(store, plain)));
}
