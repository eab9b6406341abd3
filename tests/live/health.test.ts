import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { request } from "node:https";
import { createAuthority, issue } from "../../local/certificates";
import { findPrograms, type Program, type ProgramName } from "../../local/programs";
import { authorityTerms, clientTerms } from "../../platform/certificates";
import { remoteWriteRequest } from "./remoteWriteRequest";
import { eventually, startFleet, type RunningFleet } from "./runningFleet";

const needed = ["thanos", "prometheus", "promtool", "alertmanager", "node_exporter"] as const satisfies ProgramName[];

let programs: Record<(typeof needed)[number], Program>;
let running: RunningFleet;

beforeAll(async () => {
    programs = await findPrograms(needed, { report: () => undefined });
    running = await startFleet();
}, 40 * 60_000);

afterAll(async () => {
    running.process.kill("SIGINT");
    await once(running.process, "exit").catch(() => undefined);
});

/** The TCP addresses that a process listens on, as host:port in the kernel's hexadecimal. */
function listensOn(pid: number): string[] {
    const sockets = readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
        try {
            return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? [];
        } catch {
            return [];
        }
    });
    return ["tcp", "tcp6"]
        .flatMap((protocol) => readFileSync(`/proc/${pid}/net/${protocol}`, "utf8").trim().split("\n").slice(1))
        .map((line) => line.trim().split(/\s+/))
        .filter(([, , , state, , , , , , inode]) => state === "0A" && sockets.includes(inode ?? ""))
        .map(([, local]) => local ?? "");
}

test("nothing listens but on loopback", () => {
    const listeners = [
        process.pid === running.fleet.pid ? [] : [running.fleet.pid],
        running.fleet.processes.map(({ pid }) => pid),
    ]
        .flat()
        .flatMap(listensOn);
    expect(listeners.length).toBeGreaterThan(30);
    const loopback = "0100007F";
    expect(listeners.filter((address) => !address.startsWith(`${loopback}:`))).toEqual([]);
});

test("a certificate of somebody else's authority is refused, whatever tenant it names", async () => {
    const stranger = await issue(clientTerms("customer-1"), await createAuthority(authorityTerms("local")));
    const posted = new Promise<number>((resolve, reject) => {
        request(
            running.fleet.urls.remoteWrite[0] ?? "",
            {
                method: "POST",
                ca: readFileSync(running.fleet.files.certificateAuthority),
                cert: stranger.certificate,
                key: stranger.key,
                headers: { "content-encoding": "snappy", "content-type": "application/x-protobuf" },
            },
            (response) => resolve(response.statusCode ?? 0),
        )
            .on("error", reject)
            .end(remoteWriteRequest({ __name__: "stranger" }, 1, Date.now()));
    });
    await expect(posted).rejects.toThrow(/alert|ECONNRESET|EPIPE|socket/i);
});

test("the observer's Prometheus reaches every component", async () => {
    await eventually(30, async () => {
        const answer = await api<{ activeTargets: { health: string; scrapePool: string; lastError: string }[] }>(
            `${running.fleet.urls.prometheus}/api/v1/targets`,
        );
        expect(answer.activeTargets.filter(({ health }) => health !== "up")).toEqual([]);
        expect(answer.activeTargets.length).toBeGreaterThan(13);
    });
}, 40_000);

interface RuleState {
    name: string;
    health: string;
    lastError?: string;
    state?: string;
    evaluationTime: number;
}

test("every rule can be evaluated, and no alert but the heartbeat is on its way in a healthy fleet", async () => {
    const rules = async () =>
        (await api<{ groups: { rules: RuleState[] }[] }>(`${running.fleet.urls.query}/api/v1/rules`)).groups.flatMap(
            (group) => group.rules,
        );
    // Two evaluations: the first may come before there is anything to see.
    await eventually(90, async () => {
        const states = await rules();
        expect(states.length).toBeGreaterThan(10);
        expect(states.filter(({ health }) => health !== "ok")).toEqual([]);
        // The node is this machine, and that it has much to do is true while tests run.
        const active = states
            .filter(({ state, name }) => (state === "firing" || state === "pending") && !name.startsWith("Node"))
            .map(({ name }) => name);
        expect(active).toEqual(["Watchdog"]);
    });
}, 100_000);

async function api<Data>(url: string): Promise<Data> {
    const answer = (await (await fetch(url)).json()) as { status: string; data: Data };
    expect(answer.status).toBe("success");
    return answer.data;
}

describe("what the running fleet reads", () => {
    const run = (program: keyof typeof programs, args: string[]) =>
        execFileSync(programs[program].path, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    const configuration = (file: string) => `${running.fleet.files.configuration}/${file}`;

    test("its rules pass promtool and Thanos", () => {
        run("promtool", ["check", "rules", running.fleet.files.rules]);
        run("thanos", ["tools", "rules-check", `--rules=${running.fleet.files.rules}`]);
    });

    test("its scrape and remote-write configuration passes promtool", () => {
        const agents = running.fleet.customers.flatMap((customer) => customer.agents);
        for (const agent of agents) {
            run("promtool", ["check", "config", "--agent", configuration(`${agent}.yml`)]);
        }
        run("promtool", ["check", "config", configuration("observer-prometheus.yml")]);
    });

    test("its object store answers", () => {
        run("thanos", ["tools", "bucket", "ls", `--objstore.config-file=${configuration("objstore.yml")}`]);
    });
});
