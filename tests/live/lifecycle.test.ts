import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroy, move, offboard, up, type FleetOptions, type FleetResult } from "../../automation/fleet/lifecycle";
import { failed } from "../../automation/fleet/stackRuns";
import { fleetDirectory, type FleetDirectory } from "../automation/fleetDirectory";
import { chartsDirectory } from "../charts/chartsDirectory";
import { ApiServer, onPath } from "./apiServer";

const charts = chartsDirectory();
const missing = [
    ...["pulumi", "kube-apiserver", "etcd"].filter((program) => onPath(program) === undefined),
    ...(charts === undefined ? ["the charts (CHARTS_DIR)"] : []),
];

const minutes = (count: number) => count * 60_000;

/** The life of a fleet in which everything is real but the nodes. */
(missing.length === 0 ? describe : describe.skip)(
    missing.length === 0 ? "the life of a fleet" : `the life of a fleet (skipped: ${missing.join(", ")} not found)`,
    () => {
        const environment = { ...process.env };
        const state = mkdtempSync(join(tmpdir(), "fleet-state-"));
        let directory: FleetDirectory;
        let inventory: string;
        let servers: Record<"observer" | "acme-1" | "globex-1" | "late-1", ApiServer>;
        let options: FleetOptions & { inventory: string };

        function writeKubeconfig(): void {
            writeFileSync(join(state, "kubeconfig"), ApiServer.kubeconfig(Object.values(servers)));
        }

        beforeAll(async () => {
            directory = fleetDirectory("[]", `    fleet-observability:mirror: { chartDirectory: ${charts} }`);
            // The engine's own salt comes with the stack.
            directory.write(
                "Pulumi.test.yaml",
                directory.read("Pulumi.test.yaml").replace("encryptionsalt: v1:salt\n", ""),
            );
            inventory = directory.write(
                "inventory.yaml",
                [
                    "shardSize: 1",
                    "customers:",
                    "  - { name: acme-1, tenant: acme, context: acme-1 }",
                    "  - { name: globex-1, context: globex-1 }",
                    "  - { name: late-1, context: late-1 }",
                    "",
                ].join("\n"),
            );
            servers = {
                observer: await ApiServer.reserve("observer"),
                "acme-1": await ApiServer.reserve("acme-1"),
                "globex-1": await ApiServer.reserve("globex-1"),
                "late-1": await ApiServer.reserve("late-1"),
            };
            await Promise.all(
                [servers.observer, servers["acme-1"], servers["globex-1"]].map((server) => server.start()),
            );
            writeKubeconfig();
            Object.assign(process.env, {
                PULUMI_BACKEND_URL: `file://${state}`,
                PULUMI_CONFIG_PASSPHRASE: "test",
                KUBECONFIG: join(state, "kubeconfig"),
            });
            options = { environment: "test", directory: directory.path, parallel: 3, inventory };
        }, minutes(5));

        afterAll(async () => {
            process.env = environment;
            await Promise.all(Object.values(servers).map((server) => server.stop()));
            directory.remove();
            rmSync(state, { recursive: true });
        }, minutes(2));

        const namespaceOf = (name: keyof typeof servers) => servers[name].status("/api/v1/namespaces/observability");

        function customers({ rows }: FleetResult): Record<string, string> {
            return Object.fromEntries(
                rows.flatMap(({ name, customer, outcome }) => (customer ? [[name, outcome]] : [])),
            );
        }

        test(
            "three clusters are onboarded at once; the one that does not answer stops neither of the others",
            async () => {
                const result = await up(options);
                expect(customers(result)).toEqual({
                    "acme-1": "onboarded",
                    "globex-1": "onboarded",
                    "late-1": "failed",
                });
                expect(result.rows.filter(failed)).toMatchObject([
                    { name: "late-1", stack: "test-shard-03", why: `cluster unreachable: ${servers["late-1"].url}` },
                ]);
                expect(await namespaceOf("acme-1")).toBe(200);
            },
            minutes(20),
        );

        test(
            "when it answers, a rerun completes it and touches nothing else",
            async () => {
                await servers["late-1"].start();
                writeKubeconfig();
                const result = await up(options);
                expect(customers(result)).toEqual({
                    "acme-1": "unchanged",
                    "globex-1": "unchanged",
                    "late-1": "onboarded",
                });
                expect(result.rows.filter(({ seconds }) => seconds > 0).map(({ stack }) => stack)).toEqual(
                    expect.arrayContaining(["test-shard-03"]),
                );
                expect(result.rows.filter(({ stack, seconds }) => stack !== "test-shard-03" && seconds > 0)).toEqual(
                    [],
                );
                expect(await namespaceOf("late-1")).toBe(200);
            },
            minutes(20),
        );

        test(
            "a cluster is offboarded, and its shard with it",
            async () => {
                const result = await offboard({ ...options, inventory: undefined, names: ["globex-1"] });
                expect(customers(result)).toEqual({ "globex-1": "offboarded" });
                expect(existsSync(join(directory.path, "Pulumi.test-shard-02.yaml"))).toBe(false);
                expect(directory.read("Pulumi.test.yaml")).not.toContain("globex-1");
            },
            minutes(20),
        );

        test(
            "a cluster moves to another shard and back, and nothing of it is made anew",
            async () => {
                const there = await move({ ...options, name: "acme-1", to: "shard-03" });
                expect(there.rows.filter(failed)).toEqual([]);
                expect(customers(there)).toEqual({ "acme-1": "unchanged", "late-1": "unchanged" });
                const back = await move({ ...options, name: "acme-1", to: "shard-01" });
                expect(back.rows.filter(failed)).toEqual([]);
                expect(customers(back)["acme-1"]).toBe("unchanged");
            },
            minutes(30),
        );

        test(
            "destroy leaves no stack of a shard",
            async () => {
                expect(existsSync(join(directory.path, "Pulumi.test-shard-01.yaml"))).toBe(true);
                const result = await destroy(options);
                expect(result.rows.filter(failed)).toEqual([]);
                expect(existsSync(join(directory.path, "Pulumi.test-shard-01.yaml"))).toBe(false);
            },
            minutes(20),
        );
    },
);
