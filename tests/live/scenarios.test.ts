import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Notification } from "../../local/switchboard";
import { eventually, startFleet, type RunningFleet } from "./runningFleet";

/** Three customers, in a fleet that hurries: alerts wait a tenth of their time. See local/haste.ts. */
let running: RunningFleet;

beforeAll(async () => {
    running = await startFleet("--customers", "3", "--hurry");
}, 40 * 60_000);

afterAll(async () => {
    running.process.kill("SIGINT");
    await once(running.process, "exit").catch(() => undefined);
});

const control = (path: string, method = "GET") => fetch(`${running.fleet.urls.control}/${path}`, { method });

/** What the webhook receiver was sent about a cluster: the alerts' names with the notification's status. */
async function told(cluster: string): Promise<string[]> {
    const notifications = (await (await control("notifications")).json()) as Notification[];
    return notifications
        .filter(({ receiver }) => receiver === "local")
        .flatMap(({ body }) =>
            (body.alerts ?? [])
                .filter(({ labels }) => labels.cluster === cluster)
                .map(({ labels }) => `${labels.alertname} ${body.status}`),
        );
}

const agentsOf = (cluster: string) => running.fleet.customers.find(({ name }) => name === cluster)?.agents ?? [];

/** Seconds until ClusterSilent arrived: how long silence has to be watched to be sure of it. */
let silentAfter = 0;

test("one agent of a pair dies: nobody is told that the cluster is silent", async () => {
    const [agent] = agentsOf("cluster-1");
    await control(`processes/${agent}`, "DELETE");
    await sleep(20_000);
    await control(`processes/${agent}`, "PUT");
    expect(await told("cluster-1")).not.toContain("ClusterSilent firing");
}, 90_000);

test("every agent of a cluster dies: ClusterSilent reaches the webhook, and is taken back when one is there again", async () => {
    const died = Date.now();
    await Promise.all(agentsOf("cluster-1").map((agent) => control(`processes/${agent}`, "DELETE")));
    await eventually(300, async () => expect(await told("cluster-1")).toContain("ClusterSilent firing"));
    silentAfter = (Date.now() - died) / 1000;
    expect(silentAfter).toBeLessThan(300);
    expect(await told("cluster-2")).not.toContain("ClusterSilent firing");

    await control(`processes/${agentsOf("cluster-1")[0]}`, "PUT");
    await eventually(120, async () => expect(await told("cluster-1")).toContain("ClusterSilent resolved"));
}, 720_000);

test("a cluster is offboarded: nothing is sent, for twice as long as its silence would have taken", async () => {
    expect(silentAfter).toBeGreaterThan(0);
    // That this machine is busy, as it is with tests, is true of every cluster, and no news of one that goes.
    const firing = async () => (await told("cluster-3")).filter((alert) => /^(?!Node).* firing$/.test(alert));
    const before = await firing();
    const offboarded = await control("customers/cluster-3", "DELETE");
    expect(offboarded.status).toBe(200);
    await sleep(2 * silentAfter * 1000);
    // What fired before may be taken back; nothing new is said.
    expect(await firing()).toEqual(before);
    expect(before).not.toContain("ClusterSilent firing");
}, 720_000);
