import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { planStack, type Plan } from "../../automation/planStack";
import { planText } from "../../automation/planText";
import { exampleSections, ofType, onOneDay, withStackFile } from "./examples";

jest.setTimeout(120_000);

const release = "kubernetes:helm.sh/v3:Release";
const secret = "kubernetes:core/v1:Secret";
const kubernetesProvider = "pulumi:providers:kubernetes";
const customers = ["acme-1", "acme-2", "globex-1", "initech-edge"];

let dev: Plan;
let prod: Plan;

beforeAll(async () => {
    onOneDay();
    dev = await planStack({ stack: "dev" });
    prod = await planStack({ stack: "prod" });
});

/** A plan with another section here and there. */
function variant(stack: "dev" | "prod", changes: Record<string, unknown>): Promise<Plan> {
    return withStackFile(exampleSections(stack, changes), (config) => planStack({ stack, config }));
}

describe("prod", () => {
    test("keeps its history in a storage account that nothing deletes by mistake", () => {
        const account = ofType(prod, "azure-native:storage:StorageAccount").get("storage-account");
        expect(account).toMatchObject({
            cluster: "cloud",
            protect: true,
            retainOnDelete: true,
            inputs: { accountName: "examplefleetmetrics", allowSharedKeyAccess: false },
        });
        expect(ofType(prod, "azure-native:storage:BlobContainer").get("storage-container")).toMatchObject({
            protect: true,
            retainOnDelete: true,
        });
    });

    test("both releases run on the observer, through its own provider", () => {
        const releases = ofType(prod, release);
        for (const name of ["observer-a-kps", "observer-a-thanos"]) {
            expect(releases.get(name)).toMatchObject({
                cluster: "observer-a",
                provider: ofType(prod, kubernetesProvider).get("observer-a")?.urn,
                inputs: { namespace: "observability", skipCrds: true },
            });
        }
    });

    test("has a DNS record for each host", () => {
        const records = [...ofType(prod, "azure-native:privatedns:PrivateRecordSet").values()];
        expect(records.map(({ inputs }) => inputs["relativeRecordSetName"])).toEqual([
            "prod-alertmanager",
            "prod-grafana",
            "prod-grafana-acme",
            "prod-prometheus",
            "prod-query",
            "prod-receive",
            "prod-tenants",
        ]);
        expect(records.find(({ name }) => name === "dns-prod-grafana")?.inputs).toMatchObject({
            recordType: "A",
            aRecords: [{ ipv4Address: "10.20.0.10" }],
        });
        // Only a load balancer that exists says whether it has an address or a name.
        expect(records.find(({ name }) => name === "dns-prod-receive")?.inputs).toMatchObject({
            recordType: "<known after up>",
        });
    });

    test.each(customers)("%s has a provider of its own, a certificate and a release", (customer) => {
        const provider = ofType(prod, kubernetesProvider).get(customer);
        expect(provider?.inputs).toMatchObject({
            clusterIdentifier: `fleet-observability/prod/${customer}`,
            kubeconfig: "[secret]",
        });
        expect(ofType(prod, release).get(`${customer}-kps`)).toMatchObject({
            cluster: customer,
            provider: provider?.urn,
            inputs: { name: "kps", values: { prometheus: { agentMode: true } } },
        });
        expect(ofType(prod, secret).get(`${customer}-credentials`)).toMatchObject({
            cluster: customer,
            provider: provider?.urn,
            inputs: {
                type: "kubernetes.io/tls",
                stringData: {
                    "tls.crt": "[secret]",
                    "tls.key": "[secret]",
                    "ca-observer-a.crt": "[secret]",
                    "ca-observer-b.crt": "[secret]",
                },
            },
        });
    });

    test("the customers' inventory is the observer's", () => {
        const inventory = ofType(prod, "kubernetes:monitoring.coreos.com/v1:PrometheusRule").get("customers-inventory");
        expect(inventory?.cluster).toBe("observer-a");
    });

    test("secrets that `up` needs are listed with the command that sets them", () => {
        expect(prod.secretsToSet).toEqual(
            [
                "alerting.receivers.oncall.routingKey",
                "alerting.receivers.team.botToken",
                "alerting.receivers.decisions.url",
                "alerting.deadMansSwitch.url",
            ].map((key) => ({
                key: `fleet-observability:${key}`,
                command: `pulumi config set --secret --path 'fleet-observability:${key}' --stack prod`,
            })),
        );
        expect(prod.warnings.filter((warning) => warning.includes("is a secret"))).toEqual([]);
    });

    test("the outputs are those of the contract; the one secret is masked", () => {
        expect(prod.outputs).toMatchObject({
            contractVersion: 1,
            environment: "prod",
            grafanaUrl: "https://prod-grafana.internal.example.org",
            remoteWriteUrl: "https://prod-receive.internal.example.org/api/v1/receive",
            bucket: "azure:examplefleetmetrics/thanos",
            certificateAuthority: "<certPem of authority-certificate>",
            grafanaAdminPassword: "[secret]",
        });
        expect(Object.keys(prod.outputs["customers"] as object)).toEqual(customers);
    });
});

describe("dev", () => {
    test("leaves a bucket that exists alone, and says which secrets it still needs", () => {
        expect(dev.resources.filter(({ cluster }) => cluster === "cloud")).toEqual([]);
        expect(dev.secretsToSet.map(({ key }) => key)).toEqual([
            "fleet-observability:storage.accessKey",
            "fleet-observability:storage.secretKey",
        ]);
    });
});

describe.each<[string, () => Plan]>([
    ["dev", () => dev],
    ["prod", () => prod],
])("every resource of %s", (_stack, plan) => {
    test("has a purpose", () => {
        expect(plan().resources.filter(({ purpose }) => purpose === undefined)).toEqual([]);
    });

    test("in Kubernetes names its provider, so that nothing lands in whatever cluster the ambient kubeconfig means", () => {
        const ambient = plan().resources.filter(
            ({ type, provider }) => type.startsWith("kubernetes:") && provider === undefined,
        );
        expect(ambient).toEqual([]);
    });

    test("is counted once", () => {
        const { counts, resources } = plan();
        expect(counts.reduce((sum, count) => sum + count.resources, 0)).toBe(resources.length);
        for (const { resources: total, byType } of counts) {
            expect(Object.values(byType).reduce((sum, count) => sum + count, 0)).toBe(total);
        }
    });

    test("is put together from values that are there", () => {
        expect(JSON.stringify(plan())).not.toMatch(/undefined|\[object Object\]|Calling \[toString\]/);
    });

    test("has an object of its own in its cluster", () => {
        const objects = plan()
            .resources.filter(({ type }) => type.startsWith("kubernetes:") && type !== release)
            .map(({ cluster, inputs: { apiVersion, kind, metadata } }) =>
                [cluster, apiVersion, kind, (metadata as { name: string }).name].join(" "),
            );
        expect(objects).toEqual([...new Set(objects)]);
    });
});

test("the same stack gives the same plan, in this process and in the next", async () => {
    expect(JSON.stringify(await planStack({ stack: "prod" }))).toBe(JSON.stringify(prod));
});

test("a plan for people has the tree, the counts, the outputs and what is still to be done", () => {
    const text = planText(prod);
    expect(text).toMatch(
        /^ {3}├─ StorageAccount storage-account +The storage account .* \[protected, kept on delete\]$/m,
    );
    expect(text).toMatch(/^├─ kubernetes provider acme-1 +Reaches one cluster$/m);
    expect(text).toMatch(/^│ {2}├─ Release acme-1-kps +\S/m);
    expect(text).toMatch(/^ {2}acme-2: 7 \(.*4 Release.*\)$/m);
    expect(text).toContain("\n  grafanaUrl: https://prod-grafana.internal.example.org\n");
    expect(text).toContain(
        "\n  pulumi config set --secret --path 'fleet-observability:alerting.deadMansSwitch.url' --stack prod\n",
    );
});

test.each<[string, "dev" | "prod", Record<string, unknown>, [type: string, name: string][]]>([
    [
        "AWS",
        "prod",
        {
            storage: {
                provider: "aws",
                bucket: "example-fleet",
                region: "eu-central-1",
                identity: {
                    kind: "irsa",
                    oidcProviderArn: "arn:aws:iam::123456789012:oidc-provider/oidc.example.org/id/E",
                },
            },
            ingress: {
                kind: "ingress",
                privateZone: "example.org",
                address: "10.0.0.1",
                dns: { provider: "route53", zoneId: "Z1", region: "eu-central-1" },
            },
        },
        [
            ["aws:s3/bucket:Bucket", "storage-bucket"],
            ["aws:route53/record:Record", "dns-grafana"],
            ["kubernetes:networking.k8s.io/v1:Ingress", "observer-a-web-ingress"],
        ],
    ],
    [
        "an S3-compatible store whose bucket is made",
        "dev",
        { storage: { provider: "s3", endpoint: "s3.example.org", bucket: "fleet", create: true } },
        [["aws:s3/bucket:Bucket", "storage-bucket"]],
    ],
    [
        "a volume",
        "dev",
        { storage: { provider: "filesystem" } },
        [["kubernetes:core/v1:PersistentVolumeClaimPatch", "storage-volume"]],
    ],
    [
        "Swift",
        "dev",
        {
            storage: {
                provider: "swift",
                authUrl: "https://keystone.example.org/v3",
                region: "RegionOne",
                container: "fleet",
                applicationCredentialId: "21dced0f",
            },
        },
        [["fleet-observability:index:SwiftStore", "storage"]],
    ],
    [
        "Azure with the account's key",
        "prod",
        {
            storage: {
                provider: "azure",
                account: "example",
                resourceGroup: "observability",
                location: "westeurope",
                identity: { kind: "accountKey" },
            },
        },
        [["azure-native:storage:StorageAccount", "storage-account"]],
    ],
])("%s is planned too, with a purpose for every resource", async (_what, stack, changes, expected) => {
    const plan = await variant(stack, changes);
    for (const [type, name] of expected) {
        expect([...ofType(plan, type).keys()]).toContain(name);
    }
    expect(plan.resources.filter(({ purpose }) => purpose === undefined)).toEqual([]);
    expect(JSON.stringify(plan)).not.toMatch(/undefined|\[object Object\]/);
});

test("a config that is not right fails with every problem and nothing else", async () => {
    const failed = variant("dev", {
        observer: { nmae: "x", context: "kind-observer" },
        labels: { "not a label": "x" },
    });
    await expect(failed).rejects.toMatchObject({ name: "ConfigError" });
    await expect(failed).rejects.toThrow("The config of stack dev has 2 problems. Nothing was created.");
});

describe.each<[string, () => Plan]>([
    ["dev", () => dev],
    ["prod", () => prod],
])("the reviewed plan of %s", (stack, plan) => {
    test("names: a name that changes is a resource that is replaced", () => {
        golden(
            `urns.${stack}.txt`,
            plan()
                .resources.map(({ urn }) => `${urn}\n`)
                .join(""),
        );
    });

    test("settings", () => {
        golden(`plan.${stack}.json`, `${JSON.stringify(digested(plan()), undefined, 2)}\n`);
    });
});

function golden(file: string, content: string): void {
    const path = join(__dirname, "..", "golden", file);
    if (process.env["UPDATE_GOLDEN"] === "1") {
        writeFileSync(path, content);
    }
    // Line by line, so that a failure shows what differs. After a change that is meant: npm run test:update
    expect(content.split("\n")).toEqual(readFileSync(path, "utf8").split("\n"));
}

/** Long texts and lists of rules are reviewed where they are written; a digest says that they changed. */
function digested(value: unknown): unknown {
    if (typeof value === "string") {
        return value.length > 400 ? digest(value) : value;
    }
    if (Array.isArray(value)) {
        return value.map(digested);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(
              Object.entries(value).map(([key, item]) => [
                  key,
                  key === "rules" && Array.isArray(item) && item.length > 1
                      ? digest(JSON.stringify(item))
                      : digested(item),
              ]),
          )
        : value;
}

function digest(text: string): string {
    return `${text.length} characters, sha256 ${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}
