import { once } from "node:events";
import type { FleetDescription } from "../../local/fleet";
import { findPrograms, fleetPrograms, furtherPrograms } from "../../local/programs";
import { instantQuery } from "../../local/query";
import { TenantClient } from "../../local/tenantClient";
import { onPath } from "./apiServer";
import { eventually, leftovers, startFleet, type RunningFleet } from "./runningFleet";

jest.setTimeout(180_000);

let running: RunningFleet;
let fleet: FleetDescription;
let everything: NonNullable<FleetDescription["everything"]>;

beforeAll(
    () => findPrograms([...fleetPrograms, ...furtherPrograms], { report: () => undefined }),
    // The programs may have to be built first.
    60 * 60_000,
);

beforeAll(async () => {
    running = await startFleet("--everything");
    fleet = running.fleet;
    if (fleet.everything === undefined) {
        throw new Error("the fleet does not describe what --everything is");
    }
    everything = fleet.everything;
});

afterAll(async () => {
    if (running.process.exitCode === null) {
        running.process.kill("SIGINT");
        await once(running.process, "exit");
    }
    expect(leftovers(fleet)).toEqual([]);
});

/** Somebody with the certificate of the first or the second customer. */
function customer(number: 1 | 2): TenantClient {
    const described = fleet.customers[number - 1];
    if (described === undefined) {
        throw new Error(`there is no customer ${number}`);
    }
    return new TenantClient(everything.tenants, fleet.files.certificateAuthority, described);
}

/** Pushes one gauge to a customer's gateway, as any program could. */
async function push(number: 1 | 2, name: string, attributes: Record<string, string>): Promise<void> {
    const url = fleet.customers[number - 1]?.push?.otlpHttp ?? "";
    const point = {
        asDouble: 1,
        timeUnixNano: `${BigInt(Date.now()) * 1_000_000n}`,
        attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    };
    const response = await fetch(`${url}/v1/metrics`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
            resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints: [point] } }] }] }],
        }),
    });
    expect([response.status, await response.text()]).toEqual([200, '{"partialSuccess":{}}']);
}

describe("what is pushed", () => {
    test.each([
        ["OTLP/gRPC", "cluster_temperature_celsius", "21.5"],
        ["OTLP/HTTP", "battery_ratio", "0.87"],
        ["textfile", "door_open", "1"],
        ["statsd", "gunicorn_request_duration_seconds_count", "1"],
    ])("by %s is read through Query, of the right cluster and tenant", (way, metric, value) => {
        expect(everything.demonstrated.metrics).toContainEqual(
            expect.objectContaining({
                way,
                metric,
                value,
                labels: expect.objectContaining({ cluster: "cluster-1", tenant: "customer-1" }) as object,
            }),
        );
    });

    test("is of the customer whose gateway it was pushed to", async () => {
        await push(2, "pushed_to_the_second", {});
        await eventually(60, async () => {
            const samples = await instantQuery(fleet.urls.query, "pushed_to_the_second");
            expect(samples.map(({ labels }) => [labels["cluster"], labels["tenant"]])).toEqual([
                ["cluster-2", "customer-2"],
            ]);
        });
    });

    test("cannot pretend to be somebody else's", async () => {
        await push(1, "pushed_as_another", { cluster: "cluster-2", tenant: "customer-2", prometheus_replica: "x" });
        await eventually(60, async () => {
            const samples = await instantQuery(fleet.urls.query, "pushed_as_another");
            expect(samples.map(({ labels }) => labels)).toEqual([
                expect.objectContaining({
                    cluster: "cluster-1",
                    tenant: "customer-1",
                    exported_cluster: "cluster-2",
                    exported_tenant: "customer-2",
                }),
            ]);
        });
    });

    test("is never taken for an agent's target", async () => {
        await push(2, "up", { pretended: "yes" });
        await eventually(60, async () => {
            expect(await instantQuery(fleet.urls.query, 'pushed_up{pretended="yes"}')).toHaveLength(1);
        });
        expect(await instantQuery(fleet.urls.query, 'up{pretended="yes"}')).toEqual([]);
    });
});

test("an application's Prometheus is expected, sends, and keeps what it has about itself", async () => {
    const ask = (expr: string) => instantQuery(fleet.urls.query, expr);
    await eventually(60, async () => {
        const expected = await ask("fleet_application_info");
        expect(expected.map(({ labels }) => labels["application_instance"]).sort()).toEqual([
            "cluster-1.portal",
            "cluster-2.portal",
        ]);
        expect(await ask('up{application_instance!="",job="portal-prometheus"} == 1')).toHaveLength(2);
    });
    expect(await ask('prometheus_build_info{job="portal-prometheus"}')).toEqual([]);
});

describe("logs", () => {
    test("are found under their tenant, and under no other", async () => {
        expect(await customer(1).lines('{app="portal"}')).toContain(everything.demonstrated.line);
        expect(await customer(2).lines('{app="portal"}')).toEqual([]);
    });

    test("are in Loki itself under the tenant of the certificate", async () => {
        const lines = async (tenant: string) => {
            const response = await fetch(
                `${everything.loki}/loki/api/v1/query_range?since=1h&query=${encodeURIComponent('{app="portal"}')}`,
                { headers: { "X-Scope-OrgID": tenant } },
            );
            const answer = (await response.json()) as { data: { result: { values: [string, string][] }[] } };
            return answer.data.result.flatMap(({ values }) => values.map(([, line]) => line));
        };
        expect(await lines("customer-1")).toContain(everything.demonstrated.line);
        expect(await lines("customer-2")).toEqual([]);
    });

    const collector = onPath("alloy");
    const itWithAlloy = collector === undefined ? test.skip : test;
    const skipped = collector === undefined ? " (skipped: alloy not found)" : "";

    itWithAlloy(`come from a file without the password in it${skipped}`, () => {
        expect(everything.demonstrated).toMatchObject({
            logged: "Alloy",
            line: "portal is ready, password=<redacted:secret>",
        });
    });

    test.each<Record<string, string>>([
        { "X-Scope-OrgID": "customer-1" },
        { "x-scope-orgid": "customer-1" },
        { "X-Scope-OrgID": "customer-1|customer-2" },
        { "X-Scope-OrgID": "customer-1", Connection: "X-Scope-OrgID" },
    ])("of others are not seen with a forged header: %p", async (headers) => {
        expect(await customer(2).lines('{app="portal"}', headers)).toEqual([]);
    });

    test("that are pushed with a forged header are the sender's own", async () => {
        const line = `pushed by the second at ${Date.now()}`;
        expect(await customer(2).log({ app: "forged" }, line, { "X-Scope-OrgID": "customer-1" })).toMatchObject({
            status: 204,
        });
        await eventually(30, async () => expect(await customer(2).lines('{app="forged"}')).toEqual([line]));
        expect(await customer(1).lines('{app="forged"}')).toEqual([]);
    });
});

describe("a tenant's own view", () => {
    const everybody = 'count by (tenant) ({cluster!=""})';

    async function tenantsOf(client: TenantClient, path: string, headers: Record<string, string>): Promise<string[]> {
        const { status, body } = await client.ask(path, { headers });
        expect(status).toBe(200);
        const { data } = JSON.parse(body) as { data: { result: { metric: { tenant: string } }[] } };
        return data.result.map(({ metric }) => metric.tenant);
    }

    test("has all of the tenant's clusters, and nothing of others", async () => {
        const all = (await instantQuery(fleet.urls.query, everybody)).map(({ labels }) => labels["tenant"]);
        expect(all).toEqual(expect.arrayContaining(["customer-1", "customer-2"]));
        const own = await customer(2).query(everybody);
        expect(own.map(({ labels }) => labels["tenant"])).toEqual(["customer-2"]);
        expect(Number(own[0]?.value)).toBeGreaterThan(10);
    });

    test.each<Record<string, string>>([
        { "THANOS-TENANT": "customer-1" },
        { "thanos-tenant": "customer-1" },
        { "THANOS-TENANT": "customer-1", Connection: "THANOS-TENANT" },
        { "X-Scope-OrgID": "customer-1", "X-Forwarded-For": "127.0.0.1" },
    ])("has nothing of others with a forged header: %p", async (headers) => {
        const path = `/api/v1/query?query=${encodeURIComponent(everybody)}`;
        expect(await tenantsOf(customer(2), path, headers)).toEqual(["customer-2"]);
    });

    test.each(["tenant=customer-1", 'storeMatch[]={tenant="customer-1"}', "replicaLabels[]=tenant", "dedup=false"])(
        "has nothing of others with the parameter %s",
        async (parameter) => {
            const path = `/api/v1/query?query=${encodeURIComponent(everybody)}&${encodeURI(parameter)}`;
            const { body } = await customer(2).ask(path);
            expect(body).not.toContain("customer-1");
        },
    );

    test("answers an expression about somebody else with nothing", async () => {
        expect(await customer(2).query('{tenant="customer-1"}')).toEqual([]);
        expect(await customer(2).query('up{cluster="cluster-1"} or up{tenant=~".+",cluster="cluster-1"}')).toEqual([]);
        for (const path of [
            "/api/v1/label/cluster/values",
            "/api/v1/label/tenant/values",
            "/api/v1/series?match[]=up",
            "/loki/api/v1/label/app/values",
        ]) {
            const { status, body } = await customer(2).ask(path);
            expect([path, status]).toEqual([path, 200]);
            expect(body).not.toMatch(/cluster-1|customer-1/);
        }
        expect((await customer(2).ask("/loki/api/v1/label/app/values")).body).not.toContain("portal");
    });

    test.each([
        "/api/v1/rules",
        "/api/v1/targets",
        "/api/v1/metadata",
        "/api/v1/stores",
        "/api/v1/status/config",
        "/federate",
        "/metrics",
        "/loki/api/v1/delete",
        "/loki/api/v1/rules",
        "/config",
        "/flush",
        "/api/v1/../v1/rules",
        "//api/v1/rules",
        "/api/v1/query/../rules",
        "/api/v1/query%2f..%2frules",
    ])("does not know %s", async (path) => {
        expect((await customer(2).ask(path)).status).toBe(404);
    });

    test("is nobody's without a certificate", async () => {
        const nobody = new TenantClient(everything.tenants, fleet.files.certificateAuthority);
        await expect(nobody.ask("/api/v1/query?query=up")).rejects.toThrow(/certificate|ECONNRESET|socket hang up/);
    });
});
