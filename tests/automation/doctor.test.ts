import { runDoctor } from "../../automation/doctor/command";
import type { Check, Group } from "../../automation/doctor/check";
import { examine } from "../../automation/doctor/examine";
import type { Report } from "../../automation/doctor/report";
import type { Connection } from "../../automation/doctor/cluster";
import { exampleSections, withStackFile } from "./examples";
import { connection, failed, healthyCluster, surroundings } from "./doctorSurroundings";

const ok = (title: string): Check => ({
    title,
    examine: () => Promise.resolve({ lookedAt: "it", findings: [{ level: "ok", text: "well" }] }),
});
const hanging: Check = {
    title: "hangs",
    whenLate: "kubectl get --raw /version",
    examine: () => new Promise(() => undefined),
};

describe("examine", () => {
    const cluster = (name: string, ...stages: Check[][]): Group => ({ name, stages, cluster: true });

    it("a check that hangs is a problem with its fix, and holds up no other cluster", async () => {
        const seen: string[] = [];
        const groups = [
            cluster("hung", [hanging], [ok("next")]),
            ...["a", "b", "c"].map((name) => cluster(name, [ok("first")])),
        ];
        const results = await examine(groups, { parallel: 2, timeout: 100 }, ({ group }) => seen.push(group));
        expect(seen).toEqual(["a", "b", "c", "hung", "hung"]);
        expect(results.map(({ group, title, findings }) => [group, title, findings[0]?.level])).toEqual([
            ["hung", "hangs", "problem"],
            ["hung", "next", "skipped"],
            ["a", "first", "ok"],
            ["b", "first", "ok"],
            ["c", "first", "ok"],
        ]);
        expect(results[0]?.findings).toEqual([
            { level: "problem", text: "no answer within 0.1 s", fix: "kubectl get --raw /version" },
        ]);
    });

    it("tells a check that its time is over", async () => {
        const aborted = jest.fn();
        const check: Check = {
            title: "slow",
            examine: (signal) => new Promise(() => signal.addEventListener("abort", aborted)),
        };
        await examine([cluster("one", [check])], { parallel: 1, timeout: 20 }, () => undefined);
        expect(aborted).toHaveBeenCalledTimes(1);
    });

    it("looks at no more clusters at once than it may, and at the machine besides", async () => {
        let running = 0;
        let most = 0;
        const counted: Check = {
            title: "counted",
            examine: async () => {
                most = Math.max(most, ++running);
                await new Promise((resolve) => setTimeout(resolve, 5));
                running--;
                return { lookedAt: "it", findings: [] };
            },
        };
        const clusters = Array.from({ length: 12 }, (_, index) => cluster(`c${index}`, [counted]));
        const results = await examine(
            [...clusters, { ...cluster("machine", [ok("one")]), cluster: false }],
            { parallel: 3, timeout: 1_000 },
            () => undefined,
        );
        expect(most).toBe(3);
        expect(results).toHaveLength(13);
    });

    it("says nothing of an error that nobody expected but its kind", async () => {
        const check: Check = { title: "breaks", examine: () => Promise.reject(new TypeError("canary")) };
        const [result] = await examine([cluster("one", [check])], { parallel: 1, timeout: 1_000 }, () => undefined);
        expect(result?.findings).toEqual([{ level: "problem", text: "unexpected TypeError", fix: undefined }]);
    });
});

describe("doctor", () => {
    const storage = {
        provider: "s3",
        endpoint: "minio:9000",
        bucket: "fleet-dev",
        accessKey: "canary-1",
        secretKey: "canary-2",
    };
    const sections = (changes: Record<string, unknown> = {}) => exampleSections("dev", { storage, ...changes });
    const quiet = jest.spyOn(console, "error").mockImplementation(() => undefined);
    afterEach(() => quiet.mockClear());

    const answers = { "stack output": failed("error: no stack named 'dev' found") };

    async function doctor(
        changes: Record<string, unknown> = {},
        request: { clusters?: string[]; json?: boolean } = {},
        around = surroundings({ answers }),
    ) {
        let printed = "";
        const exit = await withStackFile(sections(changes), (config) =>
            runDoctor({ stack: "dev", config, parallel: 8, timeout: 5, ...request }, around, {
                write: (text) => {
                    printed += text;
                },
            }),
        );
        return { exit, printed };
    }

    it("ends with 0 and a line for each check when there is no problem", async () => {
        const { exit, printed } = await doctor();
        expect({ exit, problems: printed.match(/^ +problem.*/gm) }).toEqual({ exit: 0, problems: null });
        expect(printed).toMatch(
            /^observer: API server: https:\/\/10\.0\.0\.2:6443, Kubernetes v1\.33\.1, signed in as admin/m,
        );
        expect(printed).toMatch(/^customer-1: pods: /m);
        expect(printed).toMatch(/\n\d+ checks of dev: \d+ ok, 1 with warnings, 0 with problems, \d+ skipped\.\n$/);
    });

    it("ends with 1 when there is one; the summary has it below its cluster, with its fix", async () => {
        const { exit, printed } = await doctor({ customers: [{ name: "customer-1", context: "kind-custommer-1" }] });
        expect(exit).toBe(1);
        expect(printed).toContain(
            "\n\ncustomer-1\n  problem: kubeconfig: there is no context kind-custommer-1; did you mean kind-customer-1?\n    fix: pulumi config set",
        );
    });

    it("prints one JSON document with --json", async () => {
        const { exit, printed } = await doctor({}, { json: true });
        const document = JSON.parse(printed) as Report;
        expect(exit).toBe(0);
        expect(document.summary).toMatchObject({ warning: 1, problem: 0 });
        expect(
            document.checks.find(({ group, title }) => group === "observer" && title === "API server"),
        ).toMatchObject({
            level: "ok",
            lookedAt: "https://10.0.0.2:6443",
        });
    });

    it("looks at the clusters that are named alone", async () => {
        const { printed } = await doctor({}, { clusters: ["customer-1"] });
        expect(printed).toContain("customer-1: API server");
        expect(printed).not.toContain("observer: API server");
    });

    it("calls no cluster that is gone", async () => {
        const customers = [{ name: "customer-1", context: "nowhere", decommissioned: true }];
        const { exit, printed } = await doctor({ customers });
        expect(exit).toBe(0);
        expect(printed).toContain("customer-1: cluster: skipped: decommissioned");
    });

    it("ends with 2 for a stack or a cluster that there is not", async () => {
        const write = jest.fn();
        const request = { stack: "dve", parallel: 1, timeout: 1 };
        expect(await runDoctor(request, surroundings(), { write })).toBe(2);
        expect(quiet.mock.calls[0]?.[0]).toContain("did you mean dev?");
        expect((await doctor({}, { clusters: ["customer-9"] })).exit).toBe(2);
        expect(quiet.mock.calls[1]?.[0]).toBe("There is no cluster customer-9. Clusters here: observer, customer-1");
        expect(write).not.toHaveBeenCalled();
    });

    it("ends with 2 for a config that is not right, and has looked at the machine all the same", async () => {
        const { exit, printed } = await doctor({ observer: { nmae: "observer", context: "kind-observer" } });
        expect(exit).toBe(2);
        expect(printed).toContain(
            "problem: config: fleet-observability:observer.nmae is not a key that exists; did you mean name?",
        );
        expect(printed).toContain("this machine: pulumi: /usr/local/bin/pulumi, version 3.270");
    });

    it("prints no secret: of the config, the environment, a kubeconfig or a cluster", async () => {
        const canary = "canary-7d1c";
        const failing = {
            ...healthyCluster(),
            get: () => Promise.reject(new Error(`Unexpected token in ${canary}`)),
        };
        const around = (client: Partial<Connection>) =>
            surroundings({
                variables: {
                    PULUMI_CONFIG_PASSPHRASE: canary,
                    AWS_SECRET_ACCESS_KEY: canary,
                    ARM_CLIENT_SECRET: canary,
                },
                answers: {
                    "stack output": { code: 0, stdout: JSON.stringify({ kubeconfig: canary }), stderr: canary },
                    whoami: failed(`error: cannot open postgres://pulumi:${canary}@db/state`),
                },
                kubeconfig: () =>
                    Promise.resolve({
                        contexts: ["main"],
                        currentContext: "main",
                        connection: () => connection(failing, client),
                    }),
            });
        const changes = {
            storage: { ...storage, accessKey: canary, secretKey: canary },
            observer: { name: "observer", kubeconfig: canary },
            customers: [
                { name: "customer-1", stackReference: { stack: "org/clusters/acme" } },
                { name: "customer-2", kubeconfig: `token: ${canary}` },
            ],
        };
        const cases: [Partial<Connection>, string][] = [
            [{}, "API server: problem: unexpected Error"],
            [{ clientCertificate: canary }, "kubeconfig: problem: client certificate is not a PEM certificate"],
        ];
        for (const [client, text] of cases) {
            const { exit, printed } = await doctor(changes, {}, around(client));
            expect(exit).toBe(1);
            expect(printed).toContain("cannot open postgres://db/state");
            for (const cluster of ["observer", "customer-1", "customer-2"]) {
                expect(printed).toContain(`${cluster}: ${text}`);
            }
            expect(printed).not.toContain(canary);
            expect((await doctor(changes, { json: true }, around(client))).printed).not.toContain(canary);
        }
        expect(JSON.stringify(quiet.mock.calls)).not.toContain(canary);
    });
});
