import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import { contractVersion, type Outputs } from "../../outputs";

// What `npm install` links in the example's own directory.
jest.mock("fleet-observability/outputs", () => jest.requireActual<object>("../../outputs"), { virtual: true });

const directory = join(__dirname, "../../examples/consumer");
const environment = "my-org/fleet-observability/prod";

const status = { tenant: "acme", status: "enrolled", credentialExpires: "2027-01-01T00:00:00.000Z" } as const;
const outputs: Partial<Outputs> = {
    contractVersion,
    grafanaUrl: "https://grafana.example.org/",
    queryUrl: "https://query.example.org/",
    customers: { "acme-1": status },
    shards: { eu: ["globex-1"] },
};

/** What the example makes, by name. */
let made: Record<string, Record<string, unknown>>;

/** Runs the example against stacks that have these outputs; returns what it gives out. */
async function run(cluster: string, stacks: Record<string, Partial<Outputs>>): Promise<unknown> {
    made = {};
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, inputs, id }) => {
                if (type === "pulumi:pulumi:StackReference") {
                    // A stack's outputs are in the state that is read, not in its inputs.
                    return { id: id ?? name, state: { name, outputs: stacks[name] ?? {}, secretOutputNames: [] } };
                }
                made[name] = inputs as Record<string, unknown>;
                return { id: name, state: made[name] };
            },
            call: () => ({}),
        },
        "portal-observability",
        "prod",
    );
    pulumi.runtime.setAllConfig({
        "portal-observability:environment": environment,
        "portal-observability:cluster": cluster,
    });
    const program = require("../../examples/consumer") as () => Promise<Record<string, pulumi.Input<string>>>;
    const given = await program();
    const exported = await new Promise((resolve) => pulumi.output(given).apply(resolve));
    await pulumi.runtime.disconnect();
    return exported;
}

test("its types fit the contract", () => {
    const file = join(directory, "tsconfig.json");
    const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as { config: unknown };
    const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, directory);
    const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
    expect(fileNames).toEqual([join(directory, "index.ts")]);
    expect([...errors, ...diagnostics].map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n"))).toEqual(
        [],
    );
}, 60_000);

test("makes a datasource and a scaler that ask the environment, and exports what it found of its cluster", async () => {
    const exported = await run("acme-1", { [environment]: outputs });
    expect(exported).toEqual({ ...status, grafanaUrl: outputs.grafanaUrl });
    expect(Object.keys(made).sort()).toEqual(["datasource", "scaler"]);
    const [file] = Object.values(made["datasource"]?.["data"] as Record<string, string>);
    expect(JSON.parse(file ?? "")).toMatchObject({ datasources: [{ type: "prometheus", url: outputs.queryUrl }] });
    expect(made["scaler"]).toMatchObject({
        apiVersion: "keda.sh/v1alpha1",
        spec: {
            triggers: [
                {
                    metadata: {
                        serverAddress: outputs.queryUrl,
                        query: expect.stringContaining('cluster="acme-1"') as string,
                    },
                },
            ],
        },
    });
});

test("of a cluster that a shard holds it exports what the shard's stack says", async () => {
    const exported = await run("globex-1", {
        [environment]: outputs,
        [`${environment}-eu`]: { customers: { "globex-1": { ...status, tenant: "globex" } } },
    });
    expect(exported).toMatchObject({ tenant: "globex", status: "enrolled" });
});

test.each<[string, Partial<Outputs>, string]>([
    [
        "a cluster that is not enrolled",
        { ...outputs, customers: {} },
        "Cluster acme-1 is not enrolled in my-org/fleet-observability/prod, which has: globex-1. Set portal-observability:cluster",
    ],
    [
        "outputs of another contract",
        { ...outputs, contractVersion: contractVersion + 1 },
        `prod are of contract ${contractVersion + 1}, and this program reads contract ${contractVersion}`,
    ],
    ["a stack that is no environment", {}, "has no output contractVersion. Set portal-observability:environment"],
])("%s is one clear error, before anything is made", async (_what, wrong, message) => {
    const failed = run("acme-1", { [environment]: wrong });
    await expect(failed).rejects.toThrow(message);
    await expect(failed).rejects.toBeInstanceOf(pulumi.RunError);
    expect(made).toEqual({});
});
