import { configs, make, tags } from "./configs";
import { known, only, record, type Registration } from "./recordedStack";

const account = "azure-native:storage:StorageAccount";
const container = "azure-native:storage:BlobContainer";
const recovery = "azure-native:storage:BlobServiceProperties";
const lifecycle = "azure-native:storage:ManagementPolicy";
const identity = "azure-native:managedidentity:UserAssignedIdentity";
const credential = "azure-native:managedidentity:FederatedIdentityCredential";
const role = "azure-native:authorization:RoleAssignment";

const subscription = "/subscriptions/00000000-0000-0000-0000-000000000001";
const subnet = `${subscription}/resourceGroups/network/providers/Microsoft.Network/virtualNetworks/hub/subnets/observer`;

test("the account is closed to the public, to plain http and to shared keys", async () => {
    const { registrations } = await record("update", () => make(configs.azure));
    expect(only(registrations, account).inputs).toEqual({
        accountName: "examplefleetmetrics",
        resourceGroupName: "observability",
        location: "westeurope",
        kind: "StorageV2",
        sku: { name: "Standard_ZRS" },
        accessTier: "Hot",
        minimumTlsVersion: "TLS1_2",
        enableHttpsTrafficOnly: true,
        allowBlobPublicAccess: false,
        allowCrossTenantReplication: false,
        allowSharedKeyAccess: false,
        networkRuleSet: { defaultAction: "Allow", bypass: "AzureServices", virtualNetworkRules: [] },
        tags,
    });
    expect(only(registrations, container).inputs).toEqual({
        accountName: "examplefleetmetrics",
        resourceGroupName: "observability",
        containerName: "thanos",
        publicAccess: "None",
    });
});

test("with allowed subnets every other network is refused", async () => {
    const { registrations } = await record("update", () => make({ ...configs.azure, allowedSubnetIds: [subnet] }));
    expect(only(registrations, account).inputs.networkRuleSet).toEqual({
        defaultAction: "Deny",
        bypass: "AzureServices",
        virtualNetworkRules: [{ virtualNetworkResourceId: subnet, action: "Allow" }],
    });
});

test("a deleted blob, version or container can be brought back", async () => {
    const { registrations } = await record("update", () => make({ ...configs.azure, softDeleteDays: 30 }));
    expect(only(registrations, recovery).inputs).toEqual({
        accountName: "examplefleetmetrics",
        resourceGroupName: "observability",
        blobServicesName: "default",
        isVersioningEnabled: true,
        deleteRetentionPolicy: { enabled: true, days: 30 },
        containerDeleteRetentionPolicy: { enabled: true, days: 30 },
        changeFeed: { enabled: false },
    });
});

describe("lifecycle", () => {
    test.each([
        { coolAfterDays: undefined, actions: [{ version: { delete: { daysAfterCreationGreaterThan: 14 } } }] },
        {
            coolAfterDays: 60,
            actions: [
                { version: { delete: { daysAfterCreationGreaterThan: 14 } } },
                { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: 60 } } },
            ],
        },
    ])("with coolAfterDays $coolAfterDays no current blob is ever deleted", async ({ coolAfterDays, actions }) => {
        const { registrations } = await record("update", () => make({ ...configs.azure, coolAfterDays }));
        const policy = only(registrations, lifecycle);
        const { rules } = policy.inputs.policy as { rules: { definition: { actions: object; filters: object } }[] };
        expect(rules.map(({ definition }) => definition.actions)).toEqual(actions);
        expect(rules.map(({ definition }) => definition.filters)).toEqual(
            actions.map(() => ({ blobTypes: ["blockBlob"], prefixMatch: ["thanos/"] })),
        );
        expect(policy.dependsOn).toContain(only(registrations, recovery).urn);
    });
});

describe("workload identity", () => {
    test("trusts exactly the four service accounts, one after the other", async () => {
        const { registrations } = await record("update", () => make(configs.azure));
        expect(only(registrations, identity).inputs).toEqual({
            resourceName: "thanos-objstore-prod",
            resourceGroupName: "observability",
            location: "westeurope",
            tags,
        });
        const credentials = registrations.filter(({ type }) => type === credential);
        expect(credentials.map(({ inputs }) => inputs)).toEqual(
            ["thanos", "kps-prometheus", "kps-thanos-ruler", "loki"].map((serviceAccount) => ({
                federatedIdentityCredentialResourceName: serviceAccount,
                resourceName: "thanos-objstore-prod",
                resourceGroupName: "observability",
                issuer: "https://westeurope.oic.prod-aks.azure.com/tenant/cluster/",
                subject: `system:serviceaccount:observability:${serviceAccount}`,
                audiences: ["api://AzureADTokenExchange"],
            })),
        );
        expect(credentials.map((each) => credentialsBefore(each, credentials))).toEqual([
            [],
            ["storage-trust-thanos"],
            ["storage-trust-kps-prometheus"],
            ["storage-trust-kps-thanos-ruler"],
        ]);
    });

    test("may read and write the one container and nothing else", async () => {
        const { registrations } = await record("update", () => make(configs.azure));
        expect(only(registrations, role).inputs).toEqual({
            scope: `${subscription}/resourceGroups/observability/providers/Microsoft.Storage/storageAccounts/examplefleetmetrics/blobServices/default/containers/thanos`,
            principalId: "principal-id",
            principalType: "ServicePrincipal",
            roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe`,
        });
    });

    test("pods are labelled and annotated for it, and wait for the role and the trust", async () => {
        const { store } = await record("update", () => make(configs.azure));
        expect(store.podLabels).toEqual({ "azure.workload.identity/use": "true" });
        expect(Object.keys(store.serviceAccountAnnotations)).toEqual(["azure.workload.identity/client-id"]);
        expect(await known(store.serviceAccountAnnotations["azure.workload.identity/client-id"])).toBe("client-id");
        expect(await readyTypes(store.ready)).toEqual([
            container,
            credential,
            credential,
            credential,
            credential,
            role,
        ]);
    });

    test("no key is asked for and none is anywhere", async () => {
        const { store, registrations } = await record("update", () => make(configs.azure));
        expect(JSON.stringify(registrations)).not.toContain("key-of-");
        expect(await known(store.objstore)).toBe(
            `type: "AZURE"
config:
  storage_account: "examplefleetmetrics"
  container: "thanos"
  endpoint: "blob.core.windows.net"
  storage_create_container: false
`,
        );
    });
});

describe("account key", () => {
    test("the account accepts it and objstore.yml has it", async () => {
        const { store, registrations } = await record("update", () =>
            make({ ...configs.azureWithKey, prefix: "prod", endpointSuffix: "blob.core.usgovcloudapi.net" }),
        );
        expect(only(registrations, account).inputs.allowSharedKeyAccess).toBe(true);
        expect(await known(store.objstore)).toBe(
            `type: "AZURE"
config:
  storage_account: "examplefleetmetrics"
  container: "thanos"
  endpoint: "blob.core.usgovcloudapi.net"
  storage_create_container: false
  storage_account_key: "key-of-examplefleetmetrics"
prefix: "prod"
`,
        );
    });

    test("pods carry no sign of a workload identity", async () => {
        const { store } = await record("update", () => make(configs.azureWithKey));
        expect(store.podLabels).toEqual({});
        expect(store.serviceAccountAnnotations).toEqual({});
        expect(await readyTypes(store.ready)).toEqual([container]);
    });
});

function credentialsBefore(registration: Registration, credentials: Registration[]): string[] {
    return credentials.filter(({ urn }) => registration.dependsOn.includes(urn)).map(({ name }) => name);
}

async function readyTypes(ready: { urn: Parameters<typeof known>[0] }[]): Promise<string[]> {
    const urns = await Promise.all(ready.map((resource) => known(resource.urn)));
    return urns.map((urn) => String(urn).split("::")[2]?.split("$").at(-1) ?? "");
}
