import { spawn } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { UsageError } from "../automation/commandLine";
import { CleanUp } from "../local/cleanUp";
import { HeldPorts, loopback } from "../local/ports";
import { findPrograms, provenance } from "../local/programs";
import { platformJobs } from "../platform/keepList";
import { services } from "../platform/names";
import { addSeries, countSeries, type SeriesCounts } from "./savings";

/** Milliseconds within which a page is served, and a program has started and scraped once. */
const patience = 30_000;

/** What a Prometheus knows of the platform's jobs. */
export async function fromPrometheus(url: string): Promise<SeriesCounts> {
    const query = `count by (job, __name__) ({job=~"${platformJobs.join("|")}"})`;
    const answer = await reading(url, async () => {
        const response = await fetch(`${url.replace(/\/$/, "")}/api/v1/query`, {
            method: "POST",
            body: new URLSearchParams({ query }),
        });
        return (await response.json()) as Answer;
    });
    if (answer.data === undefined) {
        throw new UsageError(`${url}: ${answer.error ?? "this is no answer of a Prometheus"}`);
    }
    const counts: SeriesCounts = new Map();
    for (const { metric, value } of answer.data.result) {
        addSeries(counts, metric.job, new Map([[metric.__name__, Number(value[1])]]));
    }
    return counts;
}

/** Prometheus' answer to an instant query by job and metric. */
interface Answer {
    error?: string;
    data?: { result: { metric: { job: string; __name__: string }; value: [time: number, value: string] }[] };
}

/** The series of a page that an exporter served, at a URL or in a file. */
export async function fromPage(place: string): Promise<Map<string, number>> {
    const text = await reading(place, () => (/^https?:\/\//.test(place) ? get(place) : readFile(place, "utf8")));
    const counts = countSeries(text);
    if (counts.size === 0) {
        throw new UsageError(`${place} has no series`);
    }
    return counts;
}

async function get(url: string): Promise<string> {
    const response = await fetch(url, { signal: AbortSignal.timeout(patience) });
    if (!response.ok) {
        throw new Error(`${response.status} ${response.statusText}`);
    }
    return response.text();
}

async function reading<Content>(place: string, read: () => Promise<Content>): Promise<Content> {
    try {
        return await read();
    } catch (error) {
        const { cause = error } = error as Error;
        throw new UsageError(`${place} cannot be read: ${(cause as Error).message}`);
    }
}

/** What a node_exporter and an agent expose on this machine: both are started, scraped once and ended. */
export async function fromThisMachine(report: (text: string) => void): Promise<SeriesCounts> {
    const cleanUp = new CleanUp();
    try {
        const programs = await findPrograms(["node_exporter", "prometheus"], { report, cleanUp });
        report(provenance(programs));
        const directory = await mkdtemp(join(tmpdir(), "bench-series-"));
        cleanUp.remove(directory);
        const ports = await HeldPorts.hold(3);
        const [nodeExporter, agent, nobody] = [ports.take(), ports.take(), ports.take()];
        const address = (port: number) => `${loopback}:${port}`;
        const page = (port: number) => `http://${address(port)}/metrics`;
        const configuration = join(directory, "agent.yml");
        await writeFile(
            configuration,
            stringify({
                global: { scrape_interval: "1s" },
                scrape_configs: [
                    { job_name: "node-exporter", static_configs: [{ targets: [address(nodeExporter)] }] },
                    { job_name: services.prometheus.name, static_configs: [{ targets: [address(agent)] }] },
                ],
                // Nobody takes what it sends: that changes the values of its own series, and not their number.
                remote_write: [{ url: `http://${address(nobody)}/` }],
            }),
        );
        const start = (path: string, ...args: string[]) => {
            // A process group of its own, for the reaper.
            const child = spawn(path, args, { stdio: "ignore", detached: true });
            if (child.pid !== undefined) {
                cleanUp.kill(child.pid);
            }
        };
        await ports.release([nodeExporter, agent]);
        start(programs.node_exporter.path, `--web.listen-address=${address(nodeExporter)}`);
        start(
            programs.prometheus.path,
            "--agent",
            `--config.file=${configuration}`,
            `--storage.agent.path=${join(directory, "data")}`,
            `--web.listen-address=${address(agent)}`,
        );
        return new Map([
            ["node-exporter", await eventually(() => fromPage(page(nodeExporter)))],
            [services.prometheus.name, await eventually(() => agentPage(page(agent)))],
        ]);
    } finally {
        await cleanUp.finish();
    }
}

/** An agent's page, once it has scraped: some of its series come with the first scrape. */
async function agentPage(url: string): Promise<Map<string, number>> {
    const counts = await fromPage(url);
    if (!counts.has("prometheus_target_interval_length_seconds")) {
        throw new Error(`${url}: the agent has not scraped`);
    }
    return counts;
}

async function eventually<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const deadline = Date.now() + patience;
    for (;;) {
        try {
            return await attempt();
        } catch (error) {
            if (Date.now() > deadline) {
                throw error;
            }
            await sleep(200);
        }
    }
}
