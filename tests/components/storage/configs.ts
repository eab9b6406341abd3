import { createObjectStore } from "../../../components/storage/createObjectStore";
import type { ObjectStore } from "../../../components/storage/objectStore";
import type { StackConfig } from "../../../config/schema";
import { storage } from "../../../config/schema/storage";
import { namespace } from "../../../platform/names";
import * as k8s from "@pulumi/kubernetes/provider";

/** The shortest config of each provider, in each of its identities: everything else is the schema's default. */
export const configs = {
    azure: {
        provider: "azure",
        account: "examplefleetmetrics",
        resourceGroup: "observability",
        location: "westeurope",
        identity: {
            kind: "workloadIdentity",
            oidcIssuerUrl: "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/",
        },
    },
    azureWithKey: {
        provider: "azure",
        account: "examplefleetmetrics",
        resourceGroup: "observability",
        location: "westeurope",
        identity: { kind: "accountKey" },
    },
    aws: {
        provider: "aws",
        bucket: "example-fleet-metrics",
        region: "eu-central-1",
        identity: {
            kind: "irsa",
            oidcProviderArn: "arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE",
        },
    },
    awsWithKeys: {
        provider: "aws",
        bucket: "example-fleet-metrics",
        region: "eu-central-1",
        identity: { kind: "keys", accessKey: "plain-access-key", secretKey: "plain-secret-key" },
    },
    s3: {
        provider: "s3",
        endpoint: "s3.internal.example.org",
        bucket: "fleet-metrics",
        accessKey: "plain-access-key",
        secretKey: "plain-secret-key",
    },
    s3Created: {
        provider: "s3",
        endpoint: "s3.internal.example.org",
        bucket: "fleet-metrics",
        create: true,
        accessKey: "plain-access-key",
        secretKey: "plain-secret-key",
    },
    swift: {
        provider: "swift",
        authUrl: "https://keystone.example.org:5000/v3",
        region: "RegionOne",
        container: "fleet-metrics",
        applicationCredentialId: "21dced0fd20347869b93710d2b98aae0",
        applicationCredentialSecret: "plain-credential-secret",
    },
    filesystem: { provider: "filesystem" },
} as const;

/** Parses a config as the program does. */
export function parsed(config: object): StackConfig["storage"] {
    return storage.parse(config);
}

/** Makes the store of a config, called `storage`, for the environment `prod`. */
export function make(config: object): ObjectStore {
    const provider = new k8s.Provider("observer", { context: "observer" });
    return createObjectStore(
        "storage",
        parsed(config),
        { environment: "prod", labels: { owner: "platform-team" }, namespace },
        { provider },
    );
}

/** The tags that everything made in a cloud carries. */
export const tags = { owner: "platform-team", environment: "prod", "managed-by": "fleet-observability" };
