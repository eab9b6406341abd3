import {
    BlobContainer,
    BlobServiceProperties,
    listStorageAccountKeysOutput,
    ManagementPolicy,
    StorageAccount,
} from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import { azure, objstoreYaml } from "../../platform/objstore";
import { workloadIdentity, type AzureAccess } from "./azureWorkloadIdentity";
import type { ObjectStore } from "./objectStore";

/** How Thanos proves to Azure who it is. */
export type AzureIdentity =
    /** Microsoft Entra Workload ID, with the OIDC issuer of the observer cluster, exactly as its tokens spell it. */
    | { kind: "workloadIdentity"; oidcIssuerUrl: pulumi.Input<string> }
    /** The storage account's key. */
    | { kind: "accountKey" };

/** Arguments of a store in Azure Blob Storage. */
export interface AzureBlobStoreArgs {
    /** The storage account's name, unique in all of Azure. */
    account: pulumi.Input<string>;
    /** The blob container's name. */
    container: pulumi.Input<string>;
    /** The resource group, which exists. */
    resourceGroup: pulumi.Input<string>;
    /** The region's short name. */
    location: pulumi.Input<string>;
    /** The blob endpoint's suffix: `blob.core.windows.net` but for sovereign clouds. */
    endpointSuffix: pulumi.Input<string>;
    /** The account's SKU, such as `Standard_ZRS`. */
    redundancy: pulumi.Input<string>;
    /** Days for which a deleted blob, version or container can be brought back. */
    softDeleteDays: pulumi.Input<number>;
    /** Days after which a block moves to the cool tier; never when unset. */
    coolAfterDays?: pulumi.Input<number>;
    /** Resource ids of the subnets that may reach the account; every network may when empty. */
    allowedSubnetIds: pulumi.Input<string>[];
    identity: AzureIdentity;
    /** The name of the managed identity, unique in the resource group. */
    identityName: pulumi.Input<string>;
    /** The namespace of the pods that read and write blocks. */
    namespace: string;
    /** A path inside the container for all blocks. */
    prefix?: pulumi.Input<string>;
    /** Tags of the account and the identity. */
    tags: Record<string, pulumi.Input<string>>;
    /** Refuse to delete the account and the container. */
    protect: boolean;
}

/** Blocks in a storage account of their own. */
export class AzureBlobStore extends pulumi.ComponentResource implements ObjectStore {
    readonly objstore: pulumi.Output<string>;
    readonly bucket: pulumi.Output<string>;
    readonly serviceAccountAnnotations: Record<string, pulumi.Input<string>>;
    readonly podLabels: Record<string, string>;
    readonly ready: pulumi.Resource[];

    constructor(name: string, args: AzureBlobStoreArgs, opts?: pulumi.ComponentResourceOptions) {
        super(
            "fleet-observability:index:AzureBlobStore",
            name,
            { account: args.account, container: args.container },
            opts,
        );
        const account = storageAccount(`${name}-account`, args, this);
        const recovery = blobRecovery(`${name}-recovery`, args, account, this);
        const container = blobContainer(`${name}-container`, args, account, this);
        lifecycle(`${name}-lifecycle`, args, { account, recovery }, this);
        const access =
            args.identity.kind === "workloadIdentity"
                ? workloadIdentity(name, { ...args, ...args.identity, account, container }, { parent: this })
                : accountKey(args, account, this);

        this.objstore = pulumi.secret(objstore(args, access.key));
        this.bucket = pulumi.interpolate`azure:${args.account}/${args.container}`;
        this.serviceAccountAnnotations = access.serviceAccountAnnotations;
        this.podLabels = access.podLabels;
        this.ready = [container, ...access.ready];
        this.registerOutputs({ bucket: this.bucket });
    }
}

function storageAccount(name: string, args: AzureBlobStoreArgs, parent: pulumi.Resource): StorageAccount {
    return new StorageAccount(
        name,
        {
            accountName: args.account,
            resourceGroupName: args.resourceGroup,
            location: args.location,
            kind: "StorageV2",
            sku: { name: args.redundancy },
            accessTier: "Hot",
            minimumTlsVersion: "TLS1_2",
            enableHttpsTrafficOnly: true,
            allowBlobPublicAccess: false,
            allowCrossTenantReplication: false,
            allowSharedKeyAccess: args.identity.kind === "accountKey",
            networkRuleSet: {
                // Azure keeps the rules that it has when a request leaves them out, so an open account says so.
                defaultAction: args.allowedSubnetIds.length === 0 ? "Allow" : "Deny",
                // Lifecycle management is such a service: a closed account without this would never drop old versions.
                bypass: "AzureServices",
                virtualNetworkRules: args.allowedSubnetIds.map((subnet) => ({
                    virtualNetworkResourceId: subnet,
                    action: "Allow",
                })),
            },
            tags: args.tags,
        },
        { parent, protect: args.protect, retainOnDelete: true },
    );
}

function blobRecovery(
    name: string,
    args: AzureBlobStoreArgs,
    account: StorageAccount,
    parent: pulumi.Resource,
): BlobServiceProperties {
    const retention = { enabled: true, days: args.softDeleteDays };
    return new BlobServiceProperties(
        name,
        {
            accountName: account.name,
            resourceGroupName: args.resourceGroup,
            blobServicesName: "default",
            isVersioningEnabled: true,
            deleteRetentionPolicy: retention,
            containerDeleteRetentionPolicy: retention,
            changeFeed: { enabled: false },
        },
        // An account that outlives the stack keeps its safety net.
        { parent, retainOnDelete: true },
    );
}

function blobContainer(
    name: string,
    args: AzureBlobStoreArgs,
    account: StorageAccount,
    parent: pulumi.Resource,
): BlobContainer {
    return new BlobContainer(
        name,
        {
            accountName: account.name,
            resourceGroupName: args.resourceGroup,
            containerName: args.container,
            publicAccess: "None",
        },
        { parent, protect: args.protect, retainOnDelete: true },
    );
}

/** Old versions go, current blobs never do: what is current, and for how long, is the compactor's to decide. */
function lifecycle(
    name: string,
    args: AzureBlobStoreArgs,
    { account, recovery }: { account: StorageAccount; recovery: BlobServiceProperties },
    parent: pulumi.Resource,
): ManagementPolicy {
    const filters = { blobTypes: ["blockBlob"], prefixMatch: [pulumi.interpolate`${args.container}/`] };
    const oldVersions = {
        name: "delete-old-versions",
        enabled: true,
        type: "Lifecycle",
        definition: {
            filters,
            actions: { version: { delete: { daysAfterCreationGreaterThan: args.softDeleteDays } } },
        },
    };
    const coolBlocks = {
        name: "cool-blocks",
        enabled: true,
        type: "Lifecycle",
        definition: {
            filters,
            actions: { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: args.coolAfterDays } } },
        },
    };
    return new ManagementPolicy(
        name,
        {
            accountName: account.name,
            resourceGroupName: args.resourceGroup,
            managementPolicyName: "default",
            policy: { rules: args.coolAfterDays === undefined ? [oldVersions] : [oldVersions, coolBlocks] },
        },
        // Azure refuses a rule about versions for an account that keeps none.
        { parent, retainOnDelete: true, dependsOn: [recovery] },
    );
}

function accountKey(args: AzureBlobStoreArgs, account: StorageAccount, parent: pulumi.Resource): AzureAccess {
    const { keys } = listStorageAccountKeysOutput(
        { accountName: account.name, resourceGroupName: args.resourceGroup },
        { parent },
    );
    const key = keys.apply(([first]) => {
        if (first === undefined) {
            throw new pulumi.ResourceError("Azure returned no key for the storage account. Run `up` again.", parent);
        }
        return first.value;
    });
    return { key: pulumi.secret(key), serviceAccountAnnotations: {}, podLabels: {}, ready: [] };
}

function objstore(args: AzureBlobStoreArgs, key: pulumi.Output<string> | undefined): pulumi.Output<string> {
    const { account, container, endpointSuffix, prefix } = args;
    return pulumi
        .output({ account, container, endpointSuffix, prefix, key })
        .apply(({ key: plain, ...store }) => objstoreYaml(azure(store, plain)));
}
