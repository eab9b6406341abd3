import { configs, make, tags } from "./configs";
import { known, only, record } from "./recordedStack";

const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000";
const bucketArn = "arn:aws:s3:::example-fleet-metrics";

const versioning = "aws:s3/bucketVersioning:BucketVersioning";
const encryption = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration";
const ownership = "aws:s3/bucketOwnershipControls:BucketOwnershipControls";
const publicAccessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const policy = "aws:s3/bucketPolicy:BucketPolicy";
const lifecycle = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const role = "aws:iam/role:Role";
const rolePolicy = "aws:iam/rolePolicy:RolePolicy";

test("everything goes through one provider of the region, which tags it", async () => {
    const { registrations } = await record("update", () => make(configs.aws));
    const provider = only(registrations, "pulumi:providers:aws");
    // A provider's own inputs travel as JSON.
    expect(provider.inputs).toMatchObject({ region: "eu-central-1", defaultTags: JSON.stringify({ tags }) });
    const inAws = registrations.filter(({ type }) => type.startsWith("aws:"));
    expect(inAws.map((each) => each.provider.startsWith(`${provider.urn}::`))).toEqual(inAws.map(() => true));
});

test("the bucket is versioned, owned, closed to the public and to plain http", async () => {
    const { registrations } = await record("update", () => make(configs.aws));
    const of = { bucket: "example-fleet-metrics" };
    expect(only(registrations, "aws:s3/bucket:Bucket").inputs).toEqual(of);
    expect(only(registrations, versioning).inputs).toEqual({ ...of, versioningConfiguration: { status: "Enabled" } });
    expect(only(registrations, ownership).inputs).toEqual({ ...of, rule: { objectOwnership: "BucketOwnerEnforced" } });
    expect(only(registrations, publicAccessBlock).inputs).toEqual({
        ...of,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
    });
    expect(parsedPolicy(only(registrations, policy).inputs.policy)).toEqual([
        {
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [bucketArn, `${bucketArn}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
    ]);
});

test("who may reach the bucket is changed one thing at a time, and versions expire once there are any", async () => {
    const { registrations } = await record("update", () => make(configs.aws));
    expect(only(registrations, publicAccessBlock).dependsOn).toContain(only(registrations, ownership).urn);
    expect(only(registrations, policy).dependsOn).toContain(only(registrations, publicAccessBlock).urn);
    expect(only(registrations, lifecycle).dependsOn).toContain(only(registrations, versioning).urn);
});

describe("encryption", () => {
    test.each([
        {
            encryptionKeyArn: undefined,
            rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
            sse: ["SSE-S3"],
        },
        {
            encryptionKeyArn: keyArn,
            rule: {
                applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
                bucketKeyEnabled: true,
            },
            sse: ["SSE-KMS", keyArn],
        },
    ])("with key $encryptionKeyArn", async ({ encryptionKeyArn, rule, sse }) => {
        const { store, registrations } = await record("update", () => make({ ...configs.aws, encryptionKeyArn }));
        expect(only(registrations, encryption).inputs.rules).toEqual([rule]);
        const objstore = await known(store.objstore);
        for (const part of sse) {
            expect(objstore).toContain(`"${part}"`);
        }
    });
});

describe("lifecycle", () => {
    const always = [
        {
            id: "abort-incomplete-uploads",
            status: "Enabled",
            filter: {},
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
        },
        {
            id: "expire-noncurrent-versions",
            status: "Enabled",
            filter: {},
            noncurrentVersionExpiration: { noncurrentDays: 30 },
            expiration: { expiredObjectDeleteMarker: true },
        },
    ];
    const colder = {
        id: "infrequent-access",
        status: "Enabled",
        filter: {},
        transitions: [{ days: 60, storageClass: "STANDARD_IA" }],
    };
    test.each([
        { infrequentAccessAfterDays: undefined, rules: always },
        { infrequentAccessAfterDays: 60, rules: [...always, colder] },
    ])("with infrequentAccessAfterDays $infrequentAccessAfterDays no current object ever expires", async (example) => {
        const { infrequentAccessAfterDays, rules } = example;
        const { registrations } = await record("update", () => make({ ...configs.aws, infrequentAccessAfterDays }));
        expect(only(registrations, lifecycle).inputs.rules).toEqual(rules);
    });
});

describe("a role for service accounts", () => {
    test("trusts exactly the four service accounts of the one cluster", async () => {
        const { registrations } = await record("update", () => make(configs.aws));
        const { name, assumeRolePolicy } = only(registrations, role).inputs;
        expect(name).toBe("thanos-objstore-prod");
        const issuer = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE";
        expect(parsedPolicy(assumeRolePolicy)).toEqual([
            {
                Effect: "Allow",
                Principal: { Federated: configs.aws.identity.oidcProviderArn },
                Action: "sts:AssumeRoleWithWebIdentity",
                Condition: {
                    StringEquals: {
                        [`${issuer}:aud`]: "sts.amazonaws.com",
                        [`${issuer}:sub`]: [
                            "system:serviceaccount:observability:thanos",
                            "system:serviceaccount:observability:kps-prometheus",
                            "system:serviceaccount:observability:kps-thanos-ruler",
                            "system:serviceaccount:observability:loki",
                        ],
                    },
                },
            },
        ]);
    });

    const toBucket = [
        { Effect: "Allow", Action: ["s3:ListBucket"], Resource: bucketArn },
        { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource: `${bucketArn}/*` },
    ];
    const toKey = { Effect: "Allow", Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: keyArn };
    test.each([
        { encryptionKeyArn: undefined, statements: toBucket },
        { encryptionKeyArn: keyArn, statements: [...toBucket, toKey] },
    ])("may do what Thanos does, with key $encryptionKeyArn", async ({ encryptionKeyArn, statements }) => {
        const { registrations } = await record("update", () => make({ ...configs.aws, encryptionKeyArn }));
        const made = only(registrations, rolePolicy);
        expect(made.inputs.role).toBe("thanos-objstore-prod");
        expect(parsedPolicy(made.inputs.policy)).toEqual(statements);
    });

    test("service accounts name the role, and objstore.yml has no key", async () => {
        const { store } = await record("update", () => make({ ...configs.aws, prefix: "prod" }));
        expect(Object.keys(store.serviceAccountAnnotations)).toEqual(["eks.amazonaws.com/role-arn"]);
        expect(await known(store.serviceAccountAnnotations["eks.amazonaws.com/role-arn"])).toBe(
            "arn:aws:iam::123456789012:role/thanos-objstore-prod",
        );
        expect(store.podLabels).toEqual({});
        expect(await known(store.objstore)).toBe(
            `type: "S3"
config:
  bucket: "example-fleet-metrics"
  endpoint: "s3.eu-central-1.amazonaws.com"
  region: "eu-central-1"
  aws_sdk_auth: true
  sse_config:
    type: "SSE-S3"
prefix: "prod"
`,
        );
    });

    test("pods wait for its policy", async () => {
        const { store, registrations } = await record("update", () => make(configs.aws));
        const ready = await Promise.all(store.ready.map((resource) => known(resource.urn)));
        expect(ready).toContain(only(registrations, rolePolicy).urn);
    });
});

test("with an access key there is no role, and objstore.yml has the key", async () => {
    const { store } = await record("update", () => make(configs.awsWithKeys));
    expect(store.serviceAccountAnnotations).toEqual({});
    expect(await known(store.objstore)).toBe(
        `type: "S3"
config:
  bucket: "example-fleet-metrics"
  endpoint: "s3.eu-central-1.amazonaws.com"
  region: "eu-central-1"
  access_key: "plain-access-key"
  secret_key: "plain-secret-key"
  sse_config:
    type: "SSE-S3"
`,
    );
});

function parsedPolicy(text: unknown): unknown {
    const { Version, Statement } = JSON.parse(String(text)) as { Version: string; Statement: unknown };
    expect(Version).toBe("2012-10-17");
    return Statement;
}
