import { z } from "zod";
import { allowed, domain, key, pem, secret, size, url } from "./leaf";

const common = {
    protect: key(z.boolean().optional(), {
        description:
            "Refuse every delete of the bucket (Pulumi `protect`). Default true, false for filesystem. Whatever this says, a bucket or volume outlives `destroy` (`retainOnDelete`).",
        example: true,
    }),
    prefix: key(
        z
            .string()
            .regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[a-zA-Z0-9][-a-zA-Z0-9_./]*$/)
            .optional(),
        {
            description:
                "A path inside the bucket for all blocks (`prefix` of objstore.yml). Two environments must not share one: each has its own compactor.",
            allowed: "letters, digits, - _ . and /, no segment . or ..",
            example: "prod",
        },
    ),
};

const azureIdentity = z.discriminatedUnion("kind", [
    z.strictObject({
        kind: z.literal("workloadIdentity").describe("Microsoft Entra Workload ID: no key anywhere."),
        oidcIssuerUrl: key(url(), {
            description: "The observer cluster's OIDC issuer (`az aks show --query oidcIssuerProfile.issuerUrl`).",
            allowed: allowed.url,
            example: "https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/",
        }),
    }),
    z.strictObject({
        kind: z
            .literal("accountKey")
            .describe("The storage account's key, read from the account itself and kept as a secret."),
    }),
]);

const azure = z.strictObject({
    provider: z.literal("azure").describe("Azure Blob Storage."),
    account: key(z.string().regex(/^[a-z0-9]{3,24}$/, "is not a storage account name"), {
        description: "The storage account's name, unique in all of Azure.",
        allowed: "3 to 24 characters of a-z and 0-9, no hyphens",
        example: "examplefleetmetrics",
    }),
    container: key(
        z
            .string()
            .regex(/^(?!.*--)[a-z0-9][-a-z0-9]{1,61}[a-z0-9]$/, "is not a container name")
            .default("thanos"),
        {
            description: "The blob container's name.",
            allowed: "3 to 63 characters of a-z, 0-9 and single hyphens, not at the ends",
            example: "thanos",
        },
    ),
    resourceGroup: key(z.string().regex(/^[-\w.()]{1,90}$/), {
        description: "The existing resource group that holds the account.",
        allowed: "1 to 90 letters, digits, - _ . ( )",
        example: "observability",
    }),
    location: key(z.string().regex(/^[a-z0-9]+$/), {
        description: "The Azure region.",
        allowed: "a region's short name such as westeurope",
        example: "westeurope",
    }),
    endpointSuffix: key(domain().default("blob.core.windows.net"), {
        description: "The blob endpoint's suffix; other than the default in sovereign clouds.",
        allowed: allowed.domain,
        example: "blob.core.windows.net",
    }),
    redundancy: key(z.enum(["Standard_LRS", "Standard_ZRS", "Standard_GRS", "Standard_GZRS"]).default("Standard_ZRS"), {
        description: "The account's redundancy (SKU).",
        example: "Standard_ZRS",
    }),
    softDeleteDays: key(z.int().min(1).max(365).default(14), {
        description: "Days for which a deleted blob, version or container can be brought back.",
        allowed: "a whole number from 1 to 365",
        example: 14,
    }),
    coolAfterDays: key(z.int().min(1).max(3650).optional(), {
        description: "Days after which a block moves to the cool tier; never when unset.",
        allowed: "a whole number from 1 to 3650",
        example: 60,
    }),
    allowedSubnetIds: key(z.array(z.string().startsWith("/subscriptions/")).default([]), {
        description: "Subnets that may reach the account. With one or more, every other network is refused.",
        allowed: "subnet resource ids that start with /subscriptions/",
        example: [],
    }),
    identity: key(azureIdentity, { description: "How Thanos proves who it is." }),
    ...common,
});

const awsIdentity = z.discriminatedUnion("kind", [
    z.strictObject({
        kind: z.literal("irsa").describe("IAM role for service accounts: no key anywhere."),
        oidcProviderArn: key(
            z.string().regex(/^arn:aws[-a-z]*:iam::\d{12}:oidc-provider\/.+$/, "is not an OIDC provider ARN"),
            {
                description: "The IAM OIDC provider of the observer cluster.",
                allowed: "arn:aws:iam::<account>:oidc-provider/<issuer>",
                example: "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE",
            },
        ),
    }),
    z.strictObject({
        kind: z.literal("keys").describe("An access key of an IAM user made elsewhere."),
        accessKey: secret("The access key's id."),
        secretKey: secret("The secret access key."),
    }),
]);

const bucketName = () =>
    z
        .string()
        .regex(
            /^(?!xn--|sthree-|.*-s3alias$|.*\.\.|\d+\.\d+\.\d+\.\d+$)[a-z0-9][-a-z0-9.]{1,61}[a-z0-9]$/,
            "is not a bucket name",
        );
const bucketAllowed = "3 to 63 characters of a-z, 0-9, hyphens and single dots, not at the ends, not an IP address";

const aws = z.strictObject({
    provider: z.literal("aws").describe("AWS S3."),
    bucket: key(bucketName(), {
        description: "The bucket's name, unique in all of AWS.",
        allowed: bucketAllowed,
        example: "example-fleet-metrics",
    }),
    region: key(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "is not an AWS region"), {
        description: "The bucket's region.",
        allowed: "a region such as eu-central-1",
        example: "eu-central-1",
    }),
    encryptionKeyArn: key(
        z
            .string()
            .regex(/^arn:aws[-a-z]*:kms:[-a-z0-9]+:\d{12}:key\/.+$/, "is not a KMS key ARN")
            .optional(),
        {
            description: "A KMS key for the bucket's encryption; S3-managed keys (AES256) when unset.",
            allowed: "arn:aws:kms:<region>:<account>:key/<id>",
            example: "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000",
        },
    ),
    noncurrentVersionDays: key(z.int().min(1).max(3650).default(30), {
        description: "Days for which an overwritten or deleted object can be brought back.",
        allowed: "a whole number from 1 to 3650",
        example: 30,
    }),
    infrequentAccessAfterDays: key(z.int().min(30).max(3650).optional(), {
        description: "Days after which a block moves to STANDARD_IA; never when unset.",
        allowed: "a whole number from 30 to 3650",
        example: 60,
    }),
    identity: key(awsIdentity, { description: "How Thanos proves who it is." }),
    ...common,
});

const s3 = z.strictObject({
    provider: z.literal("s3").describe("Any store that speaks S3: Ceph, MinIO, SeaweedFS, a provider's own."),
    endpoint: key(z.string().regex(/^[a-z0-9][-a-z0-9.]*(:\d{1,5})?$/, "is not a host name"), {
        description: "The store's host, with a port where it is not the default (`endpoint` of objstore.yml).",
        allowed: "host or host:port, without https://",
        example: "s3.internal.example.org",
    }),
    bucket: key(bucketName(), { description: "The bucket's name.", allowed: bucketAllowed, example: "fleet-metrics" }),
    region: key(z.string().min(1).default("us-east-1"), {
        description: "The region to sign requests for.",
        example: "us-east-1",
    }),
    create: key(z.boolean().default(false), {
        description:
            "Make the bucket through the S3 API, versioned; the store itself must be told when old versions expire. False: the bucket is there already and is left alone.",
        example: false,
    }),
    insecure: key(z.boolean().default(false), {
        description: "Plain http instead of https. For trials only.",
        example: false,
    }),
    lookup: key(z.enum(["auto", "path", "virtual-hosted"]).default("auto"), {
        description: "How the bucket is addressed (`bucket_lookup_type`).",
        example: "path",
    }),
    caCertificate: key(pem().optional(), {
        description: "The certificate authority of the endpoint, PEM, where it is not a public one.",
        allowed: "a PEM block that starts with -----BEGIN CERTIFICATE-----",
        example: "-----BEGIN CERTIFICATE-----\n…",
    }),
    accessKey: secret("The access key's id."),
    secretKey: secret("The secret access key."),
    ...common,
});

const swift = z.strictObject({
    provider: z.literal("swift").describe("OpenStack Swift, with an application credential."),
    authUrl: key(
        z
            .url({ protocol: /^https?$/, error: "is not Keystone's version 3 URL" })
            .regex(/\/v3\/?$/, "is not Keystone's version 3 URL"),
        {
            description: "Keystone's URL, version 3.",
            allowed: "a URL that ends in /v3",
            example: "https://keystone.example.org:5000/v3",
        },
    ),
    region: key(z.string().min(1), { description: "The region's name.", example: "RegionOne" }),
    container: key(
        z
            .string()
            .regex(/^[^/]+$/)
            .max(256),
        {
            description: "The existing container's name.",
            allowed: "1 to 256 characters without a slash",
            example: "fleet-metrics",
        },
    ),
    applicationCredentialId: key(z.string().min(1), {
        description: "The application credential's id.",
        example: "21dced0fd20347869b93710d2b98aae0",
    }),
    applicationCredentialSecret: secret("The application credential's secret."),
    ...common,
});

const filesystem = z.strictObject({
    provider: z
        .literal("filesystem")
        .describe("A volume in the observer cluster. For trials: it is neither replicated nor backed up."),
    size: key(size().default("20Gi"), { description: "The volume's size.", allowed: allowed.size, example: "20Gi" }),
    storageClass: key(z.string().min(1).optional(), {
        description: "The volume's StorageClass; the cluster's default when unset.",
        example: "standard",
    }),
    accessMode: key(z.enum(["ReadWriteOnce", "ReadWriteMany"]).default("ReadWriteMany"), {
        description:
            "ReadWriteMany for a cluster of several nodes; ReadWriteOnce works only where every pod runs on one node.",
        example: "ReadWriteMany",
    }),
    ...common,
});

/** Where the blocks are kept. */
export const storage = z.discriminatedUnion("provider", [azure, aws, s3, swift, filesystem]);
