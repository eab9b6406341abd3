import fc from "fast-check";
import { parse } from "yaml";
import {
    awsS3,
    azure,
    certificateAuthorityFile,
    filesystem,
    filesystemDirectory,
    objstoreYaml,
    s3Compatible,
    swift,
    type ObjectStoreConfig,
} from "../../platform/objstore";

const azureStore = { account: "examplefleetmetrics", container: "thanos", endpointSuffix: "blob.core.windows.net" };
const awsStore = { bucket: "example-fleet-metrics", region: "eu-central-1" };
const s3Store = {
    bucket: "fleet-metrics",
    endpoint: "s3.internal.example.org:9000",
    region: "us-east-1",
    insecure: false,
    lookup: "auto" as const,
};
const swiftStore = {
    authUrl: "https://keystone.example.org:5000/v3",
    region: "RegionOne",
    container: "fleet-metrics",
    applicationCredentialId: "21dced0fd20347869b93710d2b98aae0",
};
const key = { accessKey: "key id", secretKey: "key secret" };
const keyArn = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000";

/** Every shape of file that there is: what it is made of and its exact text, without a prefix. */
const files: { name: string; make: (prefix?: string) => ObjectStoreConfig; text: string }[] = [
    {
        name: "Azure with a workload identity",
        make: (prefix) => azure({ ...azureStore, prefix }),
        text: `type: "AZURE"
config:
  storage_account: "examplefleetmetrics"
  container: "thanos"
  endpoint: "blob.core.windows.net"
  storage_create_container: false
`,
    },
    {
        name: "Azure with a key, in a sovereign cloud",
        make: (prefix) =>
            azure({ ...azureStore, endpointSuffix: "blob.core.chinacloudapi.cn", prefix }, "account key=="),
        text: `type: "AZURE"
config:
  storage_account: "examplefleetmetrics"
  container: "thanos"
  endpoint: "blob.core.chinacloudapi.cn"
  storage_create_container: false
  storage_account_key: "account key=="
`,
    },
    {
        name: "AWS with a role",
        make: (prefix) => awsS3({ ...awsStore, prefix }),
        text: `type: "S3"
config:
  bucket: "example-fleet-metrics"
  endpoint: "s3.eu-central-1.amazonaws.com"
  region: "eu-central-1"
  aws_sdk_auth: true
  sse_config:
    type: "SSE-S3"
`,
    },
    {
        name: "AWS with a key of its own for encryption, in China",
        make: (prefix) => awsS3({ ...awsStore, region: "cn-north-1", encryptionKeyArn: keyArn, prefix }),
        text: `type: "S3"
config:
  bucket: "example-fleet-metrics"
  endpoint: "s3.cn-north-1.amazonaws.com.cn"
  region: "cn-north-1"
  aws_sdk_auth: true
  sse_config:
    type: "SSE-KMS"
    kms_key_id: "${keyArn}"
`,
    },
    {
        name: "AWS with an access key",
        make: (prefix) => awsS3({ ...awsStore, prefix }, key),
        text: `type: "S3"
config:
  bucket: "example-fleet-metrics"
  endpoint: "s3.eu-central-1.amazonaws.com"
  region: "eu-central-1"
  access_key: "key id"
  secret_key: "key secret"
  sse_config:
    type: "SSE-S3"
`,
    },
    {
        name: "S3-compatible",
        make: (prefix) => s3Compatible({ ...s3Store, prefix }, key),
        text: `type: "S3"
config:
  bucket: "fleet-metrics"
  endpoint: "s3.internal.example.org:9000"
  region: "us-east-1"
  access_key: "key id"
  secret_key: "key secret"
  insecure: false
  bucket_lookup_type: "auto"
`,
    },
    {
        name: "S3-compatible with a private authority",
        make: (prefix) => s3Compatible({ ...s3Store, lookup: "path", certificateAuthorityFile, prefix }, key),
        text: `type: "S3"
config:
  bucket: "fleet-metrics"
  endpoint: "s3.internal.example.org:9000"
  region: "us-east-1"
  access_key: "key id"
  secret_key: "key secret"
  insecure: false
  bucket_lookup_type: "path"
  http_config:
    tls_config:
      ca_file: "/etc/objstore-ca/ca.crt"
`,
    },
    {
        name: "Swift",
        make: (prefix) => swift({ ...swiftStore, prefix }, "credential secret"),
        text: `type: "SWIFT"
config:
  auth_version: 3
  auth_url: "https://keystone.example.org:5000/v3"
  region_name: "RegionOne"
  container_name: "fleet-metrics"
  application_credential_id: "21dced0fd20347869b93710d2b98aae0"
  application_credential_secret: "credential secret"
`,
    },
    {
        name: "a volume",
        make: (prefix) => filesystem({ directory: filesystemDirectory, prefix }),
        text: `type: "FILESYSTEM"
config:
  directory: "/var/thanos/bucket"
`,
    },
];

test.each(files)("$name: the text, with and without a prefix", ({ make, text }) => {
    expect(objstoreYaml(make())).toBe(text);
    expect(objstoreYaml(make("prod/eu"))).toBe(`${text}prefix: "prod/eu"\n`);
});

/**
 * The keys that Thanos 0.42 parses: the yaml tags of the Config structs in thanos-io/objstore v0.0.0-20250804093838
 * (client/factory.go, providers/*, exthttp). An unknown one ends the process.
 */
const http = [
    "idle_conn_timeout",
    "response_header_timeout",
    "insecure_skip_verify",
    "tls_handshake_timeout",
    "expect_continue_timeout",
    "max_idle_conns",
    "max_idle_conns_per_host",
    "max_conns_per_host",
    "disable_compression",
    ...["ca_file", "cert_file", "key_file", "server_name", "insecure_skip_verify"].map((each) => `tls_config.${each}`),
].map((each) => `http_config.${each}`);

const parsedKeys: Record<ObjectStoreConfig["type"], string[]> = {
    AZURE: [
        "az_tenant_id",
        "client_id",
        "client_secret",
        "storage_account",
        "storage_account_key",
        "storage_connection_string",
        "storage_create_container",
        "container",
        "endpoint",
        "user_assigned_id",
        "max_retries",
        ...http,
    ],
    S3: [
        "bucket",
        "endpoint",
        "region",
        "disable_dualstack",
        "aws_sdk_auth",
        "access_key",
        "insecure",
        "signature_version2",
        "secret_key",
        "session_token",
        "list_objects_version",
        "bucket_lookup_type",
        "send_content_md5",
        "disable_multipart",
        "part_size",
        "sse_config.type",
        "sse_config.kms_key_id",
        "sse_config.encryption_key",
        "sts_endpoint",
        "max_retries",
        ...http,
    ],
    SWIFT: [
        "auth_version",
        "auth_url",
        "username",
        "user_domain_name",
        "user_domain_id",
        "user_id",
        "password",
        "domain_id",
        "domain_name",
        "application_credential_id",
        "application_credential_name",
        "application_credential_secret",
        "project_id",
        "project_name",
        "project_domain_id",
        "project_domain_name",
        "region_name",
        "container_name",
        "large_object_chunk_size",
        "large_object_segments_container_name",
        "retries",
        "connect_timeout",
        "timeout",
        "use_dynamic_large_objects",
        ...http,
    ],
    FILESYSTEM: ["directory"],
};

test.each(files)("$name: Thanos knows every key", ({ make }) => {
    const file = parse(objstoreYaml(make("prod"))) as ObjectStoreConfig;
    expect(Object.keys(file)).toEqual(["type", "config", "prefix"]);
    const known = new Set(parsedKeys[file.type]);
    expect(leaves(file.config).filter((leaf) => !known.has(leaf))).toEqual([]);
});

test("exactly one way to prove an identity is in a file", () => {
    const ways = ["storage_account_key", "access_key", "aws_sdk_auth", "application_credential_secret"];
    for (const { name, make } of files) {
        const used = ways.filter((way) => way in make().config);
        expect({ name, used: used.length }).toEqual({
            name,
            used: name === "a volume" || name === "Azure with a workload identity" ? 0 : 1,
        });
    }
});

describe("a string stays the string that it is, in the YAML 1.1 that Thanos reads", () => {
    test.each([
        "on",
        "no",
        "y",
        "null",
        "~",
        "0123",
        "1_000",
        "0x1f",
        "1e5",
        "12:30:45",
        "2026-11-21",
        "a: b",
        "#",
        "é\n\t",
    ])("%j", (text) => {
        const yaml = objstoreYaml(swift({ ...swiftStore, container: text, prefix: text }, text));
        const file = parse(yaml, { version: "1.1" }) as ObjectStoreConfig;
        expect([file.config.container_name, file.config.application_credential_secret, file.prefix]).toEqual([
            text,
            text,
            text,
        ]);
    });

    test("whatever the secret", () => {
        fc.assert(
            fc.property(fc.string({ unit: "grapheme" }), (secret) => {
                const file = parse(objstoreYaml(swift(swiftStore, secret)), { version: "1.1" }) as ObjectStoreConfig;
                expect(file.config.application_credential_secret).toBe(secret);
            }),
        );
    });
});

/** Paths of all values below `node`, joined with dots. */
function leaves(node: Record<string, unknown>): string[] {
    return Object.entries(node).flatMap(([name, value]) =>
        typeof value === "object" && value !== null
            ? leaves(value as Record<string, unknown>).map((below) => `${name}.${below}`)
            : [name],
    );
}
