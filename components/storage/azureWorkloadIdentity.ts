import { RoleAssignment } from "@pulumi/azure-native/authorization";
import { FederatedIdentityCredential, UserAssignedIdentity } from "@pulumi/azure-native/managedidentity";
import type { BlobContainer, StorageAccount } from "@pulumi/azure-native/storage";
import type * as pulumi from "@pulumi/pulumi";
import type { ObjectStore } from "./objectStore";
import { trustedServiceAccounts } from "./serviceAccounts";

/** How pods come to a container. */
export interface AzureAccess extends Pick<ObjectStore, "serviceAccountAnnotations" | "podLabels" | "ready"> {
    /** The account's key, where that is the way. A secret. */
    key?: pulumi.Output<string>;
}

/** Arguments of a workload identity. */
export interface WorkloadIdentityArgs {
    /** The managed identity's name, unique in the resource group. */
    identityName: pulumi.Input<string>;
    /** The resource group, which exists. */
    resourceGroup: pulumi.Input<string>;
    /** The region's short name. */
    location: pulumi.Input<string>;
    /** The cluster's OIDC issuer, exactly as its tokens spell it. */
    oidcIssuerUrl: pulumi.Input<string>;
    /** The namespace of the pods. */
    namespace: string;
    /** The account that the container is in. */
    account: StorageAccount;
    /** What the pods may read and write. */
    container: BlobContainer;
    /** Tags of the identity. */
    tags: Record<string, pulumi.Input<string>>;
}

/** The built-in role "Storage Blob Data Contributor": read, write and delete blobs, and nothing about the account. */
const blobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";

/** Makes an identity that exactly the pods of the trusted service accounts can take, without a key anywhere. */
export function workloadIdentity(
    name: string,
    args: WorkloadIdentityArgs,
    opts: { parent: pulumi.Resource },
): AzureAccess {
    const identity = new UserAssignedIdentity(
        `${name}-identity`,
        {
            resourceName: args.identityName,
            resourceGroupName: args.resourceGroup,
            location: args.location,
            tags: args.tags,
        },
        opts,
    );
    const credentials: FederatedIdentityCredential[] = [];
    for (const { name: serviceAccount, subject } of trustedServiceAccounts(args.namespace)) {
        credentials.push(
            new FederatedIdentityCredential(
                `${name}-trust-${serviceAccount}`,
                {
                    federatedIdentityCredentialResourceName: serviceAccount,
                    resourceName: identity.name,
                    resourceGroupName: args.resourceGroup,
                    issuer: args.oidcIssuerUrl,
                    subject,
                    audiences: ["api://AzureADTokenExchange"],
                },
                // Azure refuses concurrent writes of one identity's credentials.
                { ...opts, dependsOn: credentials.slice(-1) },
            ),
        );
    }
    const role = new RoleAssignment(
        `${name}-role`,
        {
            scope: args.container.id,
            principalId: identity.principalId,
            // Without the type, Azure looks up an identity that it may not have replicated yet.
            principalType: "ServicePrincipal",
            roleDefinitionId: roleDefinitionId(args.account),
        },
        opts,
    );
    return {
        serviceAccountAnnotations: { "azure.workload.identity/client-id": identity.clientId },
        podLabels: { "azure.workload.identity/use": "true" },
        ready: [...credentials, role],
    };
}

/** In the account's subscription: Azure answers with this form, and any other would be a difference for ever. */
function roleDefinitionId(account: StorageAccount): pulumi.Output<string> {
    return account.id.apply((id) => {
        const [subscription] = /^\/subscriptions\/[^/]+/.exec(id) ?? [""];
        return `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${blobDataContributor}`;
    });
}
