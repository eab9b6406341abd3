import { certificateAuthorityFile } from "../../../platform/objstore";
import { configs, make } from "./configs";
import { isSealed, known, only, record } from "./recordedStack";

const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

describe("a store that speaks S3", () => {
    test("objstore.yml has the store, the key and the prefix", async () => {
        const { store } = await record("update", () => make({ ...configs.s3, prefix: "prod" }));
        expect(await known(store.objstore)).toBe(
            `type: "S3"
config:
  bucket: "fleet-metrics"
  endpoint: "s3.internal.example.org"
  region: "us-east-1"
  access_key: "plain-access-key"
  secret_key: "plain-secret-key"
  insecure: false
  bucket_lookup_type: "auto"
prefix: "prod"
`,
        );
        expect(store.certificateAuthority).toBeUndefined();
        expect(store.ready).toEqual([]);
    });

    test("a private authority is handed over to be mounted where objstore.yml looks for it", async () => {
        const { store } = await record("update", () => make({ ...configs.s3, caCertificate: pem }));
        expect(await known(store.certificateAuthority as never)).toBe(pem);
        expect(await known(store.objstore)).toContain(`ca_file: "${certificateAuthorityFile}"`);
        expect(await known(store.objstore)).not.toContain("BEGIN CERTIFICATE");
    });

    test("a bucket is made through the store's own API, with nothing asked of AWS", async () => {
        const { store, registrations } = await record("update", () => make(configs.s3Created));
        const provider = only(registrations, "pulumi:providers:aws");
        expect(provider.inputs).toMatchObject({
            region: "us-east-1",
            accessKey: "plain-access-key",
            secretKey: "plain-secret-key",
            endpoints: JSON.stringify([{ s3: "https://s3.internal.example.org" }]),
            s3UsePathStyle: "true",
            skipCredentialsValidation: "true",
            skipMetadataApiCheck: "true",
            skipRegionValidation: "true",
            skipRequestingAccountId: "true",
        });
        expect(provider.inputs).not.toHaveProperty("defaultTags");
        expect([provider.sent.accessKey, provider.sent.secretKey].map(isSealed)).toEqual([true, true]);
        const inStore = registrations.filter(({ type }) => type.startsWith("aws:"));
        expect(inStore.map((each) => each.provider.startsWith(`${provider.urn}::`))).toEqual([true, true]);
        expect(inStore.map(({ inputs }) => inputs)).toEqual([
            { bucket: "fleet-metrics" },
            { bucket: "fleet-metrics", versioningConfiguration: { status: "Enabled" } },
        ]);
        expect(await Promise.all(store.ready.map((resource) => known(resource.urn)))).toEqual(
            inStore.map(({ urn }) => urn),
        );
    });

    test.each([
        { insecure: true, lookup: "path", endpoint: "http://s3.internal.example.org", pathStyle: "true" },
        { insecure: false, lookup: "virtual-hosted", endpoint: "https://s3.internal.example.org", pathStyle: "false" },
    ])("insecure $insecure, lookup $lookup", async ({ insecure, lookup, endpoint, pathStyle }) => {
        const { store, registrations } = await record("update", () => make({ ...configs.s3Created, insecure, lookup }));
        expect(only(registrations, "pulumi:providers:aws").inputs).toMatchObject({
            endpoints: JSON.stringify([{ s3: endpoint }]),
            s3UsePathStyle: pathStyle,
        });
        expect(await known(store.objstore)).toContain(
            `  insecure: ${String(insecure)}\n  bucket_lookup_type: "${lookup}"\n`,
        );
    });
});

describe("Swift", () => {
    test("objstore.yml has the application credential", async () => {
        const { store } = await record("update", () => make({ ...configs.swift, prefix: "prod" }));
        expect(await known(store.objstore)).toBe(
            `type: "SWIFT"
config:
  auth_version: 3
  auth_url: "https://keystone.example.org:5000/v3"
  region_name: "RegionOne"
  container_name: "fleet-metrics"
  application_credential_id: "21dced0fd20347869b93710d2b98aae0"
  application_credential_secret: "plain-credential-secret"
prefix: "prod"
`,
        );
    });
});

describe("a volume", () => {
    test("is claimed in the observer, without waiting for a pod", async () => {
        const { store, registrations } = await record("update", () => make(configs.filesystem));
        const claim = only(registrations, "kubernetes:core/v1:PersistentVolumeClaimPatch");
        expect(claim.inputs).toEqual({
            apiVersion: "v1",
            kind: "PersistentVolumeClaim",
            metadata: {
                name: "thanos-objstore",
                namespace: "observability",
                labels: { "app.kubernetes.io/managed-by": "fleet-observability" },
                annotations: {
                    "pulumi.com/deletionPropagationPolicy": "background",
                    "pulumi.com/skipAwait": "true",
                },
            },
            spec: { accessModes: ["ReadWriteMany"], resources: { requests: { storage: "20Gi" } } },
        });
        expect(claim.provider).toMatch(/pulumi:providers:kubernetes::observer::/);
        expect(store.volumeClaim).toBe("thanos-objstore");
        expect(await Promise.all(store.ready.map((resource) => known(resource.urn)))).toEqual([claim.urn]);
    });

    test("has the class, the size and the access mode of the config", async () => {
        const { store, registrations } = await record("update", () =>
            make({
                provider: "filesystem",
                storageClass: "fast",
                size: "50Gi",
                accessMode: "ReadWriteOnce",
                prefix: "prod",
            }),
        );
        expect(only(registrations, "kubernetes:core/v1:PersistentVolumeClaimPatch").inputs.spec).toEqual({
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: "50Gi" } },
            storageClassName: "fast",
        });
        expect(await known(store.objstore)).toBe(
            `type: "FILESYSTEM"
config:
  directory: "/var/thanos/bucket"
prefix: "prod"
`,
        );
    });
});

test.each(["s3", "s3Created", "swift", "filesystem"] as const)("%s needs no identity", async (name) => {
    const { store } = await record("update", () => make(configs[name]));
    expect(store.serviceAccountAnnotations).toEqual({});
    expect(store.podLabels).toEqual({});
    expect(store.volumeClaim).toBe(name === "filesystem" ? "thanos-objstore" : undefined);
});
