import * as pulumi from "@pulumi/pulumi";
import { configs, make } from "./configs";
import { known, record } from "./recordedStack";

const modes = ["preview", "update"] as const;

/** What every store is made of: the component, and below it these and nothing else. */
const made: Record<keyof typeof configs, { component: string; bucket: string; children: string[] }> = {
    azure: {
        component: "AzureBlobStore",
        bucket: "azure:examplefleetmetrics/thanos",
        children: [
            "azure-native:authorization:RoleAssignment storage-role",
            "azure-native:managedidentity:FederatedIdentityCredential storage-trust-kps-prometheus",
            "azure-native:managedidentity:FederatedIdentityCredential storage-trust-kps-thanos-ruler",
            "azure-native:managedidentity:FederatedIdentityCredential storage-trust-loki",
            "azure-native:managedidentity:FederatedIdentityCredential storage-trust-thanos",
            "azure-native:managedidentity:UserAssignedIdentity storage-identity",
            "azure-native:storage:BlobContainer storage-container",
            "azure-native:storage:BlobServiceProperties storage-recovery",
            "azure-native:storage:ManagementPolicy storage-lifecycle",
            "azure-native:storage:StorageAccount storage-account",
        ],
    },
    azureWithKey: {
        component: "AzureBlobStore",
        bucket: "azure:examplefleetmetrics/thanos",
        children: [
            "azure-native:storage:BlobContainer storage-container",
            "azure-native:storage:BlobServiceProperties storage-recovery",
            "azure-native:storage:ManagementPolicy storage-lifecycle",
            "azure-native:storage:StorageAccount storage-account",
        ],
    },
    aws: {
        component: "AwsS3Store",
        bucket: "s3:example-fleet-metrics",
        children: [
            "aws:iam/role:Role storage-role",
            "aws:iam/rolePolicy:RolePolicy storage-role-policy",
            "aws:s3/bucket:Bucket storage-bucket",
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration storage-lifecycle",
            "aws:s3/bucketOwnershipControls:BucketOwnershipControls storage-ownership",
            "aws:s3/bucketPolicy:BucketPolicy storage-policy",
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock storage-public-access-block",
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration storage-encryption",
            "aws:s3/bucketVersioning:BucketVersioning storage-versioning",
            "pulumi:providers:aws storage-provider",
        ],
    },
    awsWithKeys: {
        component: "AwsS3Store",
        bucket: "s3:example-fleet-metrics",
        children: [
            "aws:s3/bucket:Bucket storage-bucket",
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration storage-lifecycle",
            "aws:s3/bucketOwnershipControls:BucketOwnershipControls storage-ownership",
            "aws:s3/bucketPolicy:BucketPolicy storage-policy",
            "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock storage-public-access-block",
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration storage-encryption",
            "aws:s3/bucketVersioning:BucketVersioning storage-versioning",
            "pulumi:providers:aws storage-provider",
        ],
    },
    s3: { component: "S3CompatibleStore", bucket: "s3:s3.internal.example.org/fleet-metrics", children: [] },
    s3Created: {
        component: "S3CompatibleStore",
        bucket: "s3:s3.internal.example.org/fleet-metrics",
        children: [
            "aws:s3/bucket:Bucket storage-bucket",
            "aws:s3/bucketVersioning:BucketVersioning storage-versioning",
            "pulumi:providers:aws storage-provider",
        ],
    },
    swift: { component: "SwiftStore", bucket: "swift:RegionOne/fleet-metrics", children: [] },
    filesystem: {
        component: "FilesystemStore",
        bucket: "filesystem:observability/thanos-objstore",
        children: ["kubernetes:core/v1:PersistentVolumeClaimPatch storage-volume"],
    },
};

/** What holds blocks, and is therefore protected. */
const holdBlocks = [
    "azure-native:storage:StorageAccount",
    "azure-native:storage:BlobContainer",
    "aws:s3/bucket:Bucket",
    "kubernetes:core/v1:PersistentVolumeClaimPatch",
];

/** What goes with the stack: identities, and providers, which are nothing in a cloud. */
const goWithTheStack = ["managedidentity", "authorization", "aws:iam", "pulumi:providers"];

const names = Object.keys(configs) as (keyof typeof configs)[];

describe.each(modes)("in a %s", (mode) => {
    test.each(names)("%s makes exactly its resources, as children of its component", async (name) => {
        const { registrations } = await record(mode, () => make(configs[name]));
        const component = registrations.find(({ type }) => type.startsWith("fleet-observability:"));
        expect(component).toMatchObject({
            type: `fleet-observability:index:${made[name].component}`,
            name: "storage",
        });
        const children = registrations.filter(
            ({ urn }) => urn !== component?.urn && !urn.includes("pulumi:providers:kubernetes"),
        );
        expect(children.map(({ type, name: child }) => `${type} ${child}`).sort()).toEqual(made[name].children);
        expect(children.map(({ parent }) => parent)).toEqual(children.map(() => component?.urn));
    });

    test.each(names)("%s says where blocks are and keeps objstore.yml secret", async (name) => {
        const { store, registrations } = await record(mode, () => make(configs[name]));
        expect(await known(store.bucket)).toBe(made[name].bucket);
        expect(await pulumi.isSecret(store.bucket)).toBe(false);
        expect(await pulumi.isSecret(store.objstore)).toBe(true);
        // The key of an Azure account that does not exist yet is the one thing that a preview cannot know.
        const unknowable = mode === "preview" && name === "azureWithKey";
        expect(await known(store.objstore)).toEqual(unknowable ? "unknown" : expect.stringMatching(/^type: "/));
        const urns = registrations.map(({ urn }) => urn);
        const waitedFor = await Promise.all(store.ready.map((resource) => known(resource.urn)));
        expect(urns).toEqual(expect.arrayContaining(waitedFor));
    });
});

describe("what outlives the stack", () => {
    test.each(names)("%s retains its bucket and everything that guards it", async (name) => {
        const { registrations } = await record("update", () => make(configs[name]));
        for (const { type, retainOnDelete } of registrations) {
            const goes = type.startsWith("fleet-observability:") || goWithTheStack.some((part) => type.includes(part));
            expect({ type, retainOnDelete }).toEqual({ type, retainOnDelete: !goes });
        }
    });

    test.each(
        names.flatMap((name) =>
            [undefined, true, false].map((protect) => ({
                name,
                protect,
                expected: protect ?? configs[name].provider !== "filesystem",
            })),
        ),
    )("$name with protect $protect is protected: $expected", async ({ name, protect, expected }) => {
        const { registrations } = await record("update", () => make({ ...configs[name], protect }));
        for (const registration of registrations) {
            const { type } = registration;
            expect({ type, protect: registration.protect }).toEqual({
                type,
                protect: expected && holdBlocks.includes(type),
            });
        }
    });
});

test("nothing that is secret in the config is plain in what the engine is sent", async () => {
    for (const name of names) {
        const { registrations } = await record("update", () => make(configs[name]));
        expect(unsealed(registrations.map(({ sent }) => sent))).not.toMatch(/plain-|key-of-/);
    }
});

/** The JSON of what is not in a secret's envelope. */
function unsealed(value: unknown): string {
    return JSON.stringify(value, (_key, inner: unknown) =>
        typeof inner === "object" && inner !== null && "4dabf18193072939515e22adb298388d" in inner ? "sealed" : inner,
    );
}
