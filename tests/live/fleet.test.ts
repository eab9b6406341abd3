import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { overHttp, queryThrough } from "../../automation/fleet/query";
import { verify } from "../../automation/fleet/verification";
import { load, type Customer } from "../../config/load";
import type { DescribedCustomer } from "../../local/fleet";
import { findPrograms } from "../../local/programs";
import { instantQuery, type Sample } from "../../local/query";
import type { Notification } from "../../local/switchboard";
import { receiveLimits } from "../../platform/thanos";
import { raw, rightConfig } from "../config/fixture";
import { remoteWriteRequest } from "./remoteWriteRequest";
import { eventually, leftovers, startFleet, type RunningFleet } from "./runningFleet";

let running: RunningFleet;

beforeAll(async () => {
    await findPrograms(["thanos", "prometheus", "promtool", "alertmanager", "amtool", "node_exporter"], {
        report: () => undefined,
    });
    running = await startFleet();
}, 40 * 60_000);

afterAll(async () => {
    if (running.process.exitCode === null && running.process.signalCode === null) {
        running.process.kill("SIGKILL");
        await once(running.process, "exit");
    }
});

const ask = (expression: string): Promise<Sample[]> => instantQuery(running.fleet.urls.query, expression);

/** Every series of its own, replicas included. */
async function undeduplicated(expression: string): Promise<{ metric: Record<string, string> }[]> {
    const url = `${running.fleet.urls.query}/api/v1/query?dedup=false&query=${encodeURIComponent(expression)}`;
    const answer = (await (await fetch(url)).json()) as { data: { result: { metric: Record<string, string> }[] } };
    return answer.data.result;
}

function customer(index: number): DescribedCustomer {
    return running.fleet.customers[index] as DescribedCustomer;
}

/** Posts one sample as a customer, or as nobody; returns the status. */
function write(
    labels: Record<string, string>,
    as?: DescribedCustomer,
    headers: Record<string, string> = {},
): Promise<number> {
    return new Promise((resolve, reject) => {
        const posted = request(
            running.fleet.urls.remoteWrite[0] ?? "",
            {
                method: "POST",
                ca: readFileSync(running.fleet.files.certificateAuthority),
                ...(as === undefined ? {} : { cert: readFileSync(as.certificate), key: readFileSync(as.key) }),
                headers: { "content-encoding": "snappy", "content-type": "application/x-protobuf", ...headers },
            },
            (response) => {
                response.resume();
                resolve(response.statusCode ?? 0);
            },
        );
        posted.on("error", reject);
        posted.end(remoteWriteRequest(labels, 1, Date.now()));
    });
}

describe("two customers report in", () => {
    test("each under its own cluster and tenant", () => {
        expect(
            running.fleet.customers.map(({ name, tenant, firstSample }) => [
                name,
                tenant,
                firstSample.labels.cluster,
                firstSample.labels.tenant,
            ]),
        ).toEqual([
            ["cluster-1", "customer-1", "cluster-1", "customer-1"],
            ["cluster-2", "customer-2", "cluster-2", "customer-2"],
        ]);
    });

    test("from a pair of agents and three ingestors each, and every series is seen once", async () => {
        await eventually(60, async () => {
            const [one] = running.fleet.customers;
            const series = `up{job="node-exporter",cluster="${one?.name}"}`;
            expect(await ask(series)).toHaveLength(1);
            const copies = await undeduplicated(series);
            expect(new Set(copies.map(({ metric }) => metric.prometheus_replica)).size).toBe(2);
            expect(new Set(copies.map(({ metric }) => metric.receive_replica)).size).toBe(3);
        });
    }, 70_000);

    test("as an onboarding waits for them; a stranger, and a cluster under another's tenant, it misses", async () => {
        const { settings } = load(raw(rightConfig()));
        const [template] = settings.customers as [Customer];
        const verified = await verify({
            query: queryThrough(overHttp(running.fleet.urls.queryFrontend, undefined)),
            customers: [
                { ...template, name: "cluster-1", tenant: "customer-1" },
                { ...template, name: "cluster-2", tenant: "customer-1" },
                { ...template, name: "cluster-9", tenant: "customer-9" },
            ],
            settings,
            remoteWriteUrl: running.fleet.urls.remoteWrite[0] ?? "",
            wait: 1,
            interval: 1,
        });
        expect(verified.map(({ name, missing }) => `${name}: ${missing?.replace(/ in \d+ s$/, "") ?? "seen"}`)).toEqual(
            [
                "cluster-1: seen",
                "cluster-2: its samples come as tenant customer-2: its certificate is not that of tenant customer-1",
                "cluster-9: no sample has come",
            ],
        );
    });

    test("and are in the inventory, of which nobody is silent", async () => {
        await eventually(120, async () => {
            expect((await ask("fleet_cluster_info")).map(({ labels }) => labels.cluster).sort()).toEqual([
                "cluster-1",
                "cluster-2",
            ]);
            expect(await ask("fleet_cluster_info unless on (cluster, tenant) cluster:up:count")).toEqual([]);
        });
    }, 130_000);
});

describe("a tenant", () => {
    test("is its certificate: a header is ignored, and a label of that name is renamed", async () => {
        const name = "forged_probe";
        const status = await write({ __name__: name, cluster: "cluster-1", tenant: "customer-2" }, customer(0), {
            "THANOS-TENANT": "customer-2",
        });
        expect(status).toBe(200);
        await eventually(30, async () => {
            const seen = await ask(name);
            expect(seen.map(({ labels }) => [labels.tenant, labels.exported_tenant])).toEqual([
                ["customer-1", "customer-2"],
            ]);
        });
    }, 40_000);

    test("is nobody without a certificate", async () => {
        await expect(write({ __name__: "nobody" })).rejects.toThrow(/certificate|alert|ECONNRESET|EPIPE|socket/i);
        expect(await ask("nobody")).toEqual([]);
    });

    test("over its limit is refused with 429, and the other is not", async () => {
        const limits = [{ tenant: "customer-1", activeSeries: 1, samplesPerRequest: 0 }];
        const before = readFileSync(running.fleet.files.limits, "utf8");
        try {
            writeFileSync(running.fleet.files.limits, receiveLimits(limits, 3, running.fleet.urls.prometheus));
            await eventually(90, async () => expect(await write({ __name__: "limited" }, customer(0))).toBe(429));
            expect(await write({ __name__: "limited" }, customer(1))).toBe(200);
        } finally {
            writeFileSync(running.fleet.files.limits, before);
        }
    }, 100_000);
});

test("one ingestor of three can be lost: writes and queries go on", async () => {
    const { control } = running.fleet.urls;
    await fetch(`${control}/processes/receive-ingestor-0`, { method: "DELETE" });
    try {
        await eventually(60, async () =>
            expect(await write({ __name__: "survivor", cluster: "cluster-2" }, customer(1))).toBe(200),
        );
        await eventually(60, async () => expect(await ask("survivor")).toHaveLength(1));
    } finally {
        const back = await fetch(`${control}/processes/receive-ingestor-0`, { method: "PUT" });
        expect(back.status).toBe(200);
    }
}, 180_000);

test("the dead man's switch is called, from the ruler through Alertmanager", async () => {
    await eventually(150, async () => {
        const notifications = (await (
            await fetch(`${running.fleet.urls.control}/notifications`)
        ).json()) as Notification[];
        const heartbeats = notifications.filter(({ receiver }) => receiver === "dead-mans-switch");
        expect(heartbeats.flatMap(({ body }) => body.alerts ?? []).map(({ labels }) => labels.alertname)).toContain(
            "Watchdog",
        );
    });
}, 160_000);

describe("when it ends, nothing is left", () => {
    test("after Ctrl-C", async () => {
        running.process.kill("SIGINT");
        const [code] = (await once(running.process, "exit")) as [number];
        expect(code).toBe(0);
        expect(leftovers(running.fleet)).toEqual([]);
    }, 60_000);

    test("after kill -9", async () => {
        const other = await startFleet("--customers", "1");
        other.process.kill("SIGKILL");
        await once(other.process, "exit");
        await eventually(30, () => expect(leftovers(other.fleet)).toEqual([]));
    }, 180_000);

    test("after --for, with exit code 0", async () => {
        const other = await startFleet("--customers", "1", "--for", "3");
        const [code] = (await once(other.process, "exit")) as [number];
        expect(code).toBe(0);
        expect(leftovers(other.fleet)).toEqual([]);
    }, 180_000);
});
