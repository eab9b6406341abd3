import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Customer, Settings } from "../../config/load";
import { overHttp, queryOf, queryThrough } from "../../automation/fleet/query";
import { statusOf } from "../../automation/fleet/status";
import type { Fleet, FleetStack } from "../../automation/fleet/stackFiles";
import type { Known } from "../../automation/fleet/stackRuns";
import { statusText, verifiedText } from "../../automation/fleet/text";
import { verify } from "../../automation/fleet/verification";

type Series = { metric: Record<string, string>; value: [number, string] };

let server: Server;
let asked: { expression: string; authorization?: string }[];
let answer: (expression: string) => Series[] | string;

beforeEach(async () => {
    asked = [];
    answer = () => [];
    server = createServer((request, response) => {
        const expression = new URL(request.url ?? "", "http://x").searchParams.get("query") ?? "";
        asked.push({ expression, authorization: request.headers.authorization });
        const result = answer(expression);
        response.end(
            typeof result === "string"
                ? result
                : JSON.stringify({ status: "success", data: { resultType: "vector", result } }),
        );
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const series = (metric: Record<string, string>, value: number): Series => ({ metric, value: [0, String(value)] });
const customer = (name: string, tenant = name) => ({ name, tenant, context: `ctx-${name}` }) as unknown as Customer;
const settings = {
    readiness: "wait",
    observer: { name: "observer", context: "obs" },
    customers: [],
} as unknown as Settings;

function verification(customers: Customer[], wait = 1) {
    const query = queryThrough(overHttp(url(), undefined));
    return {
        query,
        customers,
        settings,
        remoteWriteUrl: "https://receive.test:30291/api/v1/receive",
        wait,
        interval: 0.05,
    };
}

describe("verification", () => {
    test("waits until every cluster's samples come", async () => {
        answer = () => [
            series({ cluster: "acme-1", tenant: "acme" }, 12),
            ...(asked.length > 2 ? [series({ cluster: "globex-1", tenant: "globex-1" }, 7)] : []),
        ];
        const verified = await verify(verification([customer("acme-1", "acme"), customer("globex-1")]));
        expect(verified).toEqual([
            { name: "acme-1", seconds: 0, targets: 12, lookAt: [] },
            { name: "globex-1", seconds: 0, targets: 7, lookAt: [] },
        ]);
        expect(asked[0]?.expression).toBe(
            'count by (cluster, tenant) (up{application_instance="",cluster=~"acme-1|globex-1"})',
        );
        expect(asked.at(-1)?.expression).toContain('cluster=~"globex-1"');
        expect(verifiedText(verified)).toContain("acme-1: 12 targets report, seen after 0 s.");
    });

    test("says what is missing and where to look, in order", async () => {
        const [verified] = await verify(verification([customer("acme-1", "acme")], 0));
        expect(verified?.missing).toMatch(/^no sample has come in \d s$/);
        expect(verified?.lookAt.map((line) => line.slice(0, line.indexOf("?")))).toEqual([
            "Did the release come up",
            "What do the agents log",
            "Does the endpoint answer",
            "Is the tenant right",
        ]);
        expect(verified?.lookAt[0]).toContain("kubectl --context ctx-acme-1 -n observability get pods");
        expect(verified?.lookAt[2]).toContain("-connect receive.test:30291");
        expect(verifiedText(verified === undefined ? [] : [verified])).toContain("  4. Is the tenant right?");
    });

    test("samples under another tenant are not enough", async () => {
        answer = () => [series({ cluster: "acme-1", tenant: "globex" }, 3)];
        const [verified] = await verify(verification([customer("acme-1", "acme")], 0));
        expect(verified?.missing).toContain("come as tenant globex");
    });

    test("a Query that does not answer is told, and asked again", async () => {
        answer = () =>
            asked.length > 1 ? [series({ cluster: "a", tenant: "a" }, 1)] : '{"status":"error","error":"no store"}';
        expect((await verify(verification([customer("a")])))[0]?.targets).toBe(1);
        answer = () => "<html>";
        expect((await verify(verification([customer("a")], 0)))[0]?.missing).toContain("Query refuses");
    });

    test("an interruption ends it", async () => {
        const [verified] = await verify({ ...verification([customer("a")], 60), signal: AbortSignal.abort() });
        expect(verified?.missing).toBeDefined();
    });
});

describe("Query", () => {
    afterEach(() => delete process.env["FLEET_QUERY_TOKEN"]);

    test("at a given URL, with the token of the environment", async () => {
        process.env["FLEET_QUERY_TOKEN"] = "canary";
        await (
            await queryOf({ settings }, { url: `${url()}/` })
        )("up");
        expect(asked).toEqual([{ expression: "up", authorization: "Bearer canary" }]);
    });

    test("that nobody serves: where, and never the token", async () => {
        const query = queryThrough(overHttp("http://127.0.0.1:1", "canary"));
        await expect(query("up")).rejects.toThrow(/^http:\/\/127.0.0.1:1 does not answer: /);
        await expect(query("up")).rejects.not.toThrow(/canary/);
    });
});

describe("status", () => {
    const now = new Date("2026-11-21T12:00:00Z");
    const environment: FleetStack = { name: "test", file: "", held: [{ name: "a" }, { name: "b" }] };
    const shard: FleetStack = { name: "test-eu", shard: "eu", file: "", held: [{ name: "c" }] };
    const fleet = (readiness = "wait") =>
        ({
            environment,
            shards: [shard],
            emptied: [],
            settings: { ...settings, readiness, customers: ["a", "b", "c"].map((name) => customer(name)) },
        }) as unknown as Fleet;
    const enrolled = { tenant: "t", status: "enrolled" as const, credentialExpires: "2027-01-01T00:00:00.000Z" };
    const known =
        (
            result = "succeeded",
            customers: Record<string, typeof enrolled> = { a: enrolled, b: enrolled, old: enrolled },
        ) =>
        (stack: FleetStack): Promise<Known> =>
            Promise.resolve(
                stack === environment
                    ? {
                          exists: true,
                          outputs: { customers },
                          lastUpdate: { kind: "update", result, message: "", endTime: now },
                      }
                    : { exists: false, outputs: {} },
            );
    const query = () => Promise.resolve(queryThrough(overHttp(url(), undefined)));
    const seconds = (time: string) => new Date(time).getTime() / 1000;

    test("who reports, who is silent and since when, who is not made yet, who is not yet gone", async () => {
        answer = (expression) =>
            expression.includes("max_over_time")
                ? [series({ cluster: "b" }, seconds("2026-11-21T09:00:00Z"))]
                : [series({ cluster: "a" }, seconds("2026-11-21T11:59:30Z"))];
        const status = await statusOf(fleet(), known(), query, now);
        expect(
            status.clusters.map(({ name, status: how, silent, lastSample }) => [name, how, silent, lastSample]),
        ).toEqual([
            ["a", "enrolled", false, new Date("2026-11-21T11:59:30Z")],
            ["b", "enrolled", true, new Date("2026-11-21T09:00:00Z")],
            ["old", "not in the inventory", false, undefined],
            ["c", "not onboarded", false, undefined],
        ]);
        expect(status.well).toBe(false);
        expect(asked.at(-1)?.expression).toContain('up{application_instance="",cluster=~"b"}');
        expect(statusText(status)).toContain("SILENT: 2026-11-21 09:00:00");
    });

    test("all well", async () => {
        answer = () => ["a", "b"].map((cluster) => series({ cluster }, seconds("2026-11-21T11:59:30Z")));
        expect((await statusOf(fleet(), known(), query, now)).well).toBe(true);
    });

    test("a failed update is not well", async () => {
        answer = () => ["a", "b"].map((cluster) => series({ cluster }, seconds("2026-11-21T11:59:30Z")));
        expect((await statusOf(fleet(), known("failed"), query, now)).well).toBe(false);
    });

    test("without Query nobody is silent, and it is said why", async () => {
        const status = await statusOf(fleet(), known(), () => Promise.reject(new Error("no way")), now);
        expect(status).toMatchObject({ well: true, samplesUnknown: "no way" });
        expect(statusText(status)).toContain("samples unknown (no way)");
    });

    test("where nothing runs yet, nobody is asked", async () => {
        const status = await statusOf(fleet("skip"), known(), query, now);
        expect(status.samplesUnknown).toContain("readiness is skip");
        expect(asked).toEqual([]);
    });
});
