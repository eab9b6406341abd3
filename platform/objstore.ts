import { stringify } from "yaml";

/**
 * Thanos' objstore.yml. Its parser is strict: one unknown key and every component crash-loops, so each provider's keys
 * are written here and nowhere else. They are the structs of thanos-io/objstore as Thanos 0.42 pins it.
 */
export interface ObjectStoreConfig {
    type: "AZURE" | "S3" | "SWIFT" | "FILESYSTEM";
    config: Record<string, unknown>;
    /** A path inside the bucket. */
    prefix?: string;
}

/** Azure Blob. Without a key Thanos uses the pod's workload identity. */
export function azure(
    store: { account: string; container: string; endpointSuffix: string; prefix?: string },
    accountKey?: string,
): ObjectStoreConfig {
    return {
        type: "AZURE",
        config: {
            storage_account: store.account,
            container: store.container,
            endpoint: store.endpointSuffix,
            // The program makes the container; the identity has no right to.
            storage_create_container: false,
            ...(accountKey === undefined ? {} : { storage_account_key: accountKey }),
        },
        ...(store.prefix === undefined ? {} : { prefix: store.prefix }),
    };
}

/** An access key for an S3 API. */
export interface AccessKey {
    accessKey: string;
    secretKey: string;
}

/** AWS S3. Without a key Thanos uses the pod's IAM role. */
export function awsS3(
    store: { bucket: string; region: string; encryptionKeyArn?: string; prefix?: string },
    key?: AccessKey,
): ObjectStoreConfig {
    const domain = store.region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
    return {
        type: "S3",
        config: {
            bucket: store.bucket,
            endpoint: `s3.${store.region}.${domain}`,
            region: store.region,
            ...credentials(key),
            sse_config:
                store.encryptionKeyArn === undefined
                    ? { type: "SSE-S3" }
                    : { type: "SSE-KMS", kms_key_id: store.encryptionKeyArn },
        },
        ...(store.prefix === undefined ? {} : { prefix: store.prefix }),
    };
}

/** Where the certificate authority of a private endpoint is mounted in every pod that reads or writes blocks. */
export const certificateAuthorityFile = "/etc/objstore-ca/ca.crt";

/** Any store that speaks S3. */
export function s3Compatible(
    store: {
        bucket: string;
        endpoint: string;
        region: string;
        insecure: boolean;
        lookup: "auto" | "path" | "virtual-hosted";
        /** A file with the endpoint's certificate authority, PEM; the system's authorities when unset. */
        certificateAuthorityFile?: string;
        prefix?: string;
    },
    key: AccessKey,
): ObjectStoreConfig {
    return {
        type: "S3",
        config: {
            bucket: store.bucket,
            endpoint: store.endpoint,
            region: store.region,
            ...credentials(key),
            insecure: store.insecure,
            bucket_lookup_type: store.lookup,
            // Thanos knows no inline certificate here, unlike Prometheus: `ca` would be an unknown key.
            ...(store.certificateAuthorityFile === undefined
                ? {}
                : { http_config: { tls_config: { ca_file: store.certificateAuthorityFile } } }),
        },
        ...(store.prefix === undefined ? {} : { prefix: store.prefix }),
    };
}

function credentials(key: AccessKey | undefined): Record<string, unknown> {
    return key === undefined ? { aws_sdk_auth: true } : { access_key: key.accessKey, secret_key: key.secretKey };
}

/** OpenStack Swift with an application credential. */
export function swift(
    store: { authUrl: string; region: string; container: string; applicationCredentialId: string; prefix?: string },
    applicationCredentialSecret: string,
): ObjectStoreConfig {
    return {
        type: "SWIFT",
        config: {
            auth_version: 3,
            auth_url: store.authUrl,
            region_name: store.region,
            container_name: store.container,
            application_credential_id: store.applicationCredentialId,
            application_credential_secret: applicationCredentialSecret,
        },
        ...(store.prefix === undefined ? {} : { prefix: store.prefix }),
    };
}

/** Where a filesystem store is mounted in every pod that reads or writes blocks. */
export const filesystemDirectory = "/var/thanos/bucket";

/** A directory. */
export function filesystem(store: { directory: string; prefix?: string }): ObjectStoreConfig {
    return {
        type: "FILESYSTEM",
        config: { directory: store.directory },
        ...(store.prefix === undefined ? {} : { prefix: store.prefix }),
    };
}

/** The file's text. */
export function objstoreYaml(store: ObjectStoreConfig): string {
    return quotedYaml(store);
}

/**
 * YAML with every string quoted: Thanos and Loki read YAML 1.1, where a container called `on` is true and a key id such
 * as `1_000` a number.
 */
export function quotedYaml(value: object): string {
    return stringify(value, {
        lineWidth: 0,
        defaultKeyType: "PLAIN",
        defaultStringType: "QUOTE_DOUBLE",
        doubleQuotedAsJSON: true,
    });
}
