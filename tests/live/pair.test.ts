import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { DescribedObserver } from "../../local/fleet";
import { findPrograms, fleetPrograms } from "../../local/programs";
import { instantQuery } from "../../local/query";
import type { Notification } from "../../local/switchboard";
import { eventually, startFleet, type RunningFleet } from "./runningFleet";

/** A pair of observers and two customers, in a fleet that hurries: alerts wait a tenth of their time. See local/haste.ts. */
let running: RunningFleet;

/** The one that dies, and the one that tells of it. */
let dies: DescribedObserver;
let stays: DescribedObserver;

beforeAll(async () => {
    await findPrograms(fleetPrograms, { report: () => undefined });
    running = await startFleet("--observers", "2", "--hurry");
    [dies, stays] = running.fleet.observers as [DescribedObserver, DescribedObserver];
}, 40 * 60_000);

afterAll(async () => {
    running.process.kill("SIGINT");
    await once(running.process, "exit").catch(() => undefined);
});

const control = (path: string, method = "GET") => fetch(`${running.fleet.urls.control}/${path}`, { method });

/** What an observer's Alertmanager sent to the webhook: the alerts with their cluster and the notification's status. */
async function toldBy({ name }: DescribedObserver): Promise<string[]> {
    const notifications = (await (await control("notifications")).json()) as Notification[];
    return notifications
        .filter(({ observer, receiver }) => observer === name && receiver === "local")
        .flatMap(({ body }) =>
            (body.alerts ?? []).map(({ labels }) => `${labels.alertname} ${labels.cluster} ${body.status}`),
        );
}

/** Seconds between two scrapes; each agent of a customer's pair scrapes once in a slot. */
const slot = 5;

const inSlots = (milliseconds: number) => Math.ceil(milliseconds / 1000 / slot) * slot;

/** The slots between two times, in seconds, of which an observer has no sample of a customer, as "customer at time". */
async function gaps({ urls }: DescribedObserver, from: number, to: number): Promise<string[]> {
    const query = `count by (cluster) (count_over_time(up{job="node-exporter"}[${slot}s]))`;
    const range = { query, start: `${from}`, end: `${to}`, step: `${slot}`, dedup: "false" };
    const answer = (await (
        await fetch(`${urls.query}/api/v1/query_range?${new URLSearchParams(range).toString()}`)
    ).json()) as { data: { result: { metric: Record<string, string>; values: [number, string][] }[] } };
    const slots = Array.from({ length: (to - from) / slot + 1 }, (_, index) => from + index * slot);
    return running.fleet.customers.flatMap(({ name }) => {
        const seen = new Set(
            answer.data.result.find(({ metric }) => metric.cluster === name)?.values.map(([time]) => time),
        );
        return slots.filter((time) => !seen.has(time)).map((time) => `${name} at ${time}`);
    });
}

const clusters = async ({ urls }: DescribedObserver, expression: string) =>
    [...new Set((await instantQuery(urls.query, expression)).map(({ labels }) => labels.cluster))].sort();

test("both have every customer's samples, and know of each other", async () => {
    await eventually(60, async () => {
        for (const [observer, peer] of [
            [dies, stays],
            [stays, dies],
        ] as const) {
            expect(await clusters(observer, 'up{job="node-exporter"}')).toEqual(["cluster-1", "cluster-2"]);
            expect(await clusters(observer, "fleet_peer_info")).toEqual([peer.name]);
            const components = await instantQuery(observer.urls.query, "peer_up == 1");
            expect(components.map(({ labels }) => `${labels.cluster} ${labels.tenant}`)).toEqual(
                components.map(() => `${peer.name} ${peer.name}`),
            );
            // Every process of the peer but the one that probes.
            const processes = running.fleet.processes.filter(
                ({ name }) => name.startsWith(`${peer.name}-`) && !name.endsWith("blackbox-exporter"),
            );
            expect(components).toHaveLength(processes.length);
            const probed = await instantQuery(observer.urls.query, "peer_probe_success");
            expect(probed.map(({ labels, value }) => `${labels.peer} ${value}`)).toEqual([`${peer.name} 1`]);
        }
    });
}, 90_000);

/** Seconds since the epoch, as whole slots: half a minute before one dies, and after it is there again. */
let before = 0;
let died = 0;
let back = 0;

test("one is not reached from outside: that is a ticket, and it is not silent", async () => {
    const frontend = `processes/${dies.name}-query-frontend`;
    await control(frontend, "DELETE");
    await eventually(150, async () =>
        expect(await toldBy(stays)).toContain(`PeerObserverUnreachable ${dies.name} firing`),
    );
    await control(frontend, "PUT");
    await eventually(60, async () =>
        expect(await toldBy(stays)).toContain(`PeerObserverUnreachable ${dies.name} resolved`),
    );
    expect((await toldBy(stays)).filter((alert) => alert.startsWith("PeerObserverSilent"))).toEqual([]);
}, 240_000);

test("a time before the fleet is nothing but gaps", async () => {
    const longAgo = inSlots(Date.now()) - 3600;
    expect(await gaps(stays, longAgo, longAgo + slot)).toHaveLength(2 * running.fleet.customers.length);
});

test("one dies: the other tells of it, and misses no sample of any customer", async () => {
    // The customers' first samples may still be on their way.
    await sleep(30_000);
    before = inSlots(Date.now()) - 20;
    died = inSlots(Date.now());
    expect((await control(`observers/${dies.name}`, "DELETE")).status).toBe(200);
    await expect(instantQuery(dies.urls.query, "vector(1)")).rejects.toThrow();

    await eventually(180, async () => expect(await toldBy(stays)).toContain(`PeerObserverSilent ${dies.name} firing`));
    const now = inSlots(Date.now());
    await eventually(30, async () => expect(await gaps(stays, before, now)).toEqual([]));
}, 300_000);

test("it comes back: the alert is taken back, and what agents kept for it arrives", async () => {
    expect((await control(`observers/${dies.name}`, "PUT")).status).toBe(200);
    back = inSlots(Date.now());
    // It was away for longer than Query sees a sample: what is there of that time came later.
    expect(back - died).toBeGreaterThan(30);
    await eventually(120, async () =>
        expect(await toldBy(stays)).toContain(`PeerObserverSilent ${dies.name} resolved`),
    );
    const now = inSlots(Date.now());
    await eventually(180, async () => expect(await gaps(dies, before, now)).toEqual([]));
    await eventually(30, async () => expect(await gaps(stays, before, now)).toEqual([]));
}, 420_000);

// The one that comes back may say so for a moment: a hurried ruler waits a tenth of its time, agents try again as ever.
test("the one that stays has never said that a customer is silent", async () => {
    const told = await toldBy(stays);
    expect(told.filter((alert) => /^(ClusterSilent|MostClustersSilent) /.test(alert))).toEqual([]);
});
