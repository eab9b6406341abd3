import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parse } from "yaml";
import { kindCommand } from "../../automation/kind/command";
import { clusterConfig } from "../../automation/kind/clusters";
import { planStack } from "../../automation/planStack";
import { fakeKind, type FakeKind } from "./fakeKind";

jest.setTimeout(120_000);

const path = process.env["PATH"];
let directory = "";
let kind: FakeKind;
const fakes: FakeKind[] = [];
let said: string[] = [];
let onboarded: { environment: string; customers: string[]; kubeconfig: string | undefined }[] = [];

let errors: jest.SpyInstance<void, unknown[]>;

beforeEach(() => {
    errors = jest.spyOn(console, "error").mockImplementation(() => undefined);
    directory = mkdtempSync(join(tmpdir(), "kind-fleet-"));
    use(fakeKind());
    said = [];
    onboarded = [];
});

afterEach(() => {
    errors.mockRestore();
    process.env["PATH"] = path;
    process.exitCode = undefined;
    rmSync(directory, { recursive: true });
    fakes.splice(0).forEach((fake) => rmSync(fake.directory, { recursive: true }));
});

/** Puts a kind first on PATH. */
function use(fake: FakeKind): void {
    kind = fake;
    fakes.push(fake);
    process.env["PATH"] = [fake.directory, path].join(delimiter);
}

/** Runs `fleet kind`; returns its exit code. */
async function run(...args: string[]): Promise<number> {
    process.exitCode = undefined;
    await kindCommand({
        directory,
        write: (line) => void said.push(line),
        onboard: (environment, customers, { KUBECONFIG }) => {
            onboarded.push({ environment, customers, kubeconfig: KUBECONFIG });
            return Promise.resolve(0);
        },
    }).parseAsync(args, { from: "user" });
    return Number(process.exitCode);
}

/** What was written to standard error. */
const complaint = () => errors.mock.calls.flat().join("\n");

const stackFile = (environment = "kind") => join(directory, `Pulumi.${environment}.yaml`);
const kubeconfigFile = (environment = "kind") => join(directory, "out", "kind", environment, "kubeconfig");
const customersIn = (file: string) =>
    (parse(readFileSync(file, "utf8")) as { config: { "fleet-observability:customers": { name: string }[] } }).config[
        "fleet-observability:customers"
    ].map(({ name }) => name);
const called = (...command: string[]) =>
    kind
        .calls()
        .filter(({ args }) => command.every((word, index) => args[index] === word))
        .map(({ args }) => args[args.indexOf("--name") + 1]);

describe("a fleet is made", () => {
    test("its clusters, kubeconfig and stack file, and then it is onboarded", async () => {
        expect(await run("--customers", "2")).toBe(0);
        expect(kind.clusters().sort()).toEqual(["kind-customer-1", "kind-customer-2", "kind-observer"]);
        const kubeconfig = parse(readFileSync(kubeconfigFile(), "utf8")) as { contexts: { name: string }[] };
        expect(kubeconfig.contexts.map(({ name }) => name)).toEqual([
            "kind-kind-observer",
            "kind-kind-customer-1",
            "kind-kind-customer-2",
        ]);
        expect(statSync(kubeconfigFile()).mode & 0o777).toBe(0o600);
        expect(customersIn(stackFile())).toEqual(["kind-customer-1", "kind-customer-2"]);
        expect(onboarded).toEqual([
            { environment: "kind", customers: ["kind-customer-1", "kind-customer-2"], kubeconfig: kubeconfigFile() },
        ]);
        expect(said.join("\n")).toContain(`export KUBECONFIG=${kubeconfigFile()}`);
        expect(said.join("\n")).toMatch(/Z kind-observer Preparing nodes\n/);
        expect(said.join("\n")).toMatch(/Z kind-observer made\n/);
    });

    test("kind is told the config on stdin and leaves the user's kubeconfig alone", async () => {
        await run("dev2", "--customers", "1", "--image", "kindest/node:v1.34.0", "--clusters-only");
        const created = kind.calls().filter(({ args }) => args[0] === "create");
        expect(created).toHaveLength(2);
        for (const { args, stdin } of created) {
            const name = args[args.indexOf("--name") + 1] ?? "";
            expect(args.slice(args.indexOf("--image"))).toEqual(["--image", "kindest/node:v1.34.0"]);
            expect(args[args.indexOf("--kubeconfig") + 1]).toMatch(/fleet-kind-/);
            expect(stdin).toBe(clusterConfig(name === "dev2-observer" ? "observer" : "customer"));
        }
        expect(onboarded).toEqual([]);
        expect(existsSync(stackFile("dev2"))).toBe(true);
    });

    test("the stack file loads as it is", async () => {
        await run("--customers", "2", "--clusters-only");
        const plan = await planStack({ stack: "kind", config: stackFile() });
        expect(plan.secretsToSet).toEqual([]);
        expect(plan.outputs["remoteWriteUrl"]).toBe("https://kind-observer-control-plane:30291/api/v1/receive");
        const releases = new Map(plan.resources.map(({ name, inputs }) => [name, inputs["values"]]));
        expect(releases.get("kind-observer-kps")).toMatchObject({
            grafana: { service: { type: "NodePort", nodePort: 30000 } },
        });
        expect(releases.get("kind-observer-thanos")).toMatchObject({
            queryFrontend: { service: { type: "NodePort", nodePort: 30002 } },
            receive: { ingester: { resources: { requests: { memory: "256Mi" }, limits: { memory: "4Gi" } } } },
        });
    });

    test("no more clusters at once than it is told to", async () => {
        await run("--customers", "4", "--parallel", "2", "--clusters-only");
        expect(Math.max(...kind.calls().map(({ making }) => making))).toBe(2);
    });
});

describe("a fleet is there already", () => {
    test("its clusters are kept, and what the stack file has besides", async () => {
        await run("--customers", "1", "--clusters-only");
        const changed = readFileSync(stackFile(), "utf8").replace("size: small", "size: small # mine");
        writeFileSync(stackFile(), `${changed}encryptionsalt: v1:abc\n`);
        expect(await run("--customers", "2", "--clusters-only")).toBe(0);
        expect(called("create", "cluster").sort()).toEqual(["kind-customer-1", "kind-customer-2", "kind-observer"]);
        const text = readFileSync(stackFile(), "utf8");
        expect(text).toContain("size: small # mine");
        expect(text).toContain("encryptionsalt: v1:abc");
        expect(customersIn(stackFile())).toEqual(["kind-customer-1", "kind-customer-2"]);
    });

    test("asked for fewer customers, it has as many as before", async () => {
        await run("--customers", "3", "--clusters-only");
        expect(await run("--customers", "1", "--clusters-only")).toBe(0);
        const { contexts } = parse(readFileSync(kubeconfigFile(), "utf8")) as { contexts: unknown[] };
        expect(contexts).toHaveLength(4);
        expect(customersIn(stackFile())).toHaveLength(3);
    });

    test("a cluster whose making was interrupted is made anew", async () => {
        use(fakeKind(["kind-observer", "kind-customer-1"]));
        mkdirSync(join(directory, "out", "kind", "kind"), { recursive: true });
        writeFileSync(join(directory, "out", "kind", "kind", "kind-customer-1.unfinished"), "");
        expect(await run("--customers", "1", "--clusters-only")).toBe(0);
        expect(called("delete", "cluster")).toEqual(["kind-customer-1"]);
        expect(called("create", "cluster")).toEqual(["kind-customer-1"]);
    });

    test("a stack file of somebody else's is left alone, and no cluster is made", async () => {
        writeFileSync(stackFile("prod"), "config: {}\n");
        expect(await run("prod")).toBe(2);
        expect(await run("prod", "--delete")).toBe(2);
        expect(complaint()).toMatch(/Pulumi\.prod\.yaml is there already/);
        expect(readFileSync(stackFile("prod"), "utf8")).toBe("config: {}\n");
        expect(kind.calls()).toEqual([]);
    });
});

describe("something fails", () => {
    test("a customer that cannot be made stops no other, and a rerun makes it", async () => {
        kind.behave({ failing: ["kind-customer-1"] });
        expect(await run("--customers", "2")).toBe(1);
        expect(onboarded.map(({ customers }) => customers)).toEqual([["kind-customer-2"]]);
        expect(customersIn(stackFile())).toEqual(["kind-customer-2"]);
        expect(said.join("\n")).toMatch(
            /kind-customer-1 +failed +\d+ s +docker: Error .*port is already allocated\. \(.*\.log\)/,
        );
        expect(readFileSync(join(directory, "out/kind/kind/kind-customer-1.log"), "utf8")).toContain(
            "✗ Preparing nodes",
        );

        kind.behave({});
        expect(await run("--customers", "2")).toBe(0);
        expect(customersIn(stackFile())).toEqual(["kind-customer-2", "kind-customer-1"]);
    });

    test("without an observer nothing is onboarded, and there is no stack file", async () => {
        kind.behave({ failing: ["kind-observer"] });
        expect(await run("--customers", "1")).toBe(1);
        expect(onboarded).toEqual([]);
        expect(existsSync(stackFile())).toBe(false);
        expect(kind.clusters()).toEqual(["kind-customer-1"]);
    });

    test("without a customer nothing is onboarded", async () => {
        kind.behave({ failing: ["kind-customer-1"] });
        expect(await run("--customers", "1")).toBe(1);
        expect(onboarded).toEqual([]);
        expect(customersIn(stackFile())).toEqual([]);
    });

    test("a cluster that is listed and has no kubeconfig has failed", async () => {
        use(fakeKind(["kind-observer", "kind-customer-1"]));
        kind.behave({ broken: ["kind-customer-1"] });
        expect(await run("--customers", "1", "--clusters-only")).toBe(1);
        expect(said.join("\n")).toContain("kind delete cluster --name kind-customer-1");
        expect(customersIn(stackFile())).toEqual([]);
    });

    test("the exit code of an onboarding that failed is the command's", async () => {
        await kindCommand({ directory, write: () => undefined, onboard: () => Promise.resolve(130) }).parseAsync(
            ["--customers", "1"],
            { from: "user" },
        );
        expect(process.exitCode).toBe(130);
    });

    test.each([
        ["no container engine answers", { unreachable: true }, /Cannot connect to the Docker daemon.*\n.*Start Docker/],
        ["kind is too old", { version: "kind v0.20.0 go1.20.4 linux/amd64" }, /kind v0\.20\.0 .*is not new enough/],
    ])("%s", async (_, behaviour, message) => {
        kind.behave(behaviour);
        expect(await run()).toBe(2);
        expect(complaint()).toMatch(message);
        expect(called("create")).toEqual([]);
    });

    test("kind is not there", async () => {
        process.env["PATH"] = directory;
        expect(await run()).toBe(2);
        expect(complaint()).toMatch(/kind is not on PATH/);
    });

    test("an environment's name that nothing can be called", async () => {
        expect(await run("Not_a_name")).toBe(2);
        expect(complaint()).toMatch(/is not an environment name/);
        expect(kind.calls()).toEqual([]);
    });
});

describe("a fleet is deleted", () => {
    test("its clusters and no others, and the stack file stays", async () => {
        use(fakeKind(["other-observer", "kind", "kind-customer-1-copy", "kind-customer-12"]));
        await run("--customers", "1", "--clusters-only");
        expect(await run("--delete")).toBe(0);
        expect(kind.clusters().sort()).toEqual(["kind", "kind-customer-1-copy", "other-observer"]);
        expect(existsSync(kubeconfigFile())).toBe(false);
        expect(existsSync(stackFile())).toBe(true);
        expect(said.join("\n")).toContain("pulumi stack rm kind --force");
    });

    test("that has no cluster", async () => {
        expect(await run("--delete")).toBe(0);
        expect(said.join("\n")).toContain("kind has no cluster of the environment kind");
    });
});

describe("kind's config", () => {
    const config = (role: "observer" | "customer") =>
        parse(clusterConfig(role)) as {
            nodes: {
                kubeadmConfigPatches: string[];
                extraPortMappings?: { hostPort: number; listenAddress: string }[];
            }[];
        };

    test.each(["observer", "customer"] as const)("opens the control plane's metrics of an %s", (role) => {
        const patches = config(role).nodes[0]?.kubeadmConfigPatches.map((text) => parse(text) as unknown);
        expect(patches).toMatchObject([
            {
                kind: "ClusterConfiguration",
                controllerManager: { extraArgs: { "bind-address": "0.0.0.0" } },
                scheduler: { extraArgs: { "bind-address": "0.0.0.0" } },
                etcd: { local: { extraArgs: { "listen-metrics-urls": "http://0.0.0.0:2381" } } },
            },
            { kind: "KubeProxyConfiguration", metricsBindAddress: "0.0.0.0:10249" },
        ]);
    });

    test("publishes the observer's ports on loopback, and nothing of a customer", () => {
        expect(config("observer").nodes[0]?.extraPortMappings).toMatchObject(
            [30000, 30002, 30291].map((hostPort) => ({ hostPort, listenAddress: "127.0.0.1" })),
        );
        expect(config("customer").nodes[0]?.extraPortMappings).toBeUndefined();
    });
});

describe("the real kind", () => {
    const answers = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
    const missing = !answers("kind", "version") ? "kind" : !answers("kind", "get", "clusters") ? "docker" : undefined;
    const environment = `t${process.pid}`;

    (missing === undefined ? test : test.skip)(
        `makes a cluster, answers for it and deletes it${missing === undefined ? "" : ` (skipped: ${missing} not found)`}`,
        async () => {
            process.env["PATH"] = path;
            try {
                expect(await run(environment, "--customers", "1", "--clusters-only")).toBe(0);
                const kubeconfig = parse(readFileSync(kubeconfigFile(environment), "utf8")) as {
                    contexts: { name: string }[];
                };
                expect(kubeconfig.contexts.map(({ name }) => name)).toEqual([
                    `kind-${environment}-observer`,
                    `kind-${environment}-customer-1`,
                ]);
            } finally {
                await run(environment, "--delete");
            }
        },
        15 * 60_000,
    );
});
