import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { CleanUp } from "../../local/cleanUp";
import { HeldPorts, loopback } from "../../local/ports";
import { findPrograms } from "../../local/programs";
import { baseMonitors } from "../../local/simulation";
import { neededMetrics } from "../../metrics/needed";
import { agentRelabelings } from "../../platform/agent";
import { relabelConfig } from "../../platform/relabeling";
import { eventually } from "./runningFleet";

jest.setTimeout(120_000);

const needed = [...neededMetrics({ observer: "observer", monitors: baseMonitors }).keys()];

/** What both exporters say: something that is needed, something that config wants besides, and something else. */
const page = [
    'kube_deployment_spec_replicas{namespace="portal",deployment="portal"} 2',
    'kube_pod_tolerations{namespace="portal",pod="portal-7d9f-a"} 1',
    'kube_hpa_labels{namespace="portal"} 1',
    "my_kube_deployment_spec_replicas 1",
    "",
].join("\n");

/** What Prometheus adds to each target, besides `up`. */
const ofScrape = [
    "scrape_duration_seconds",
    "scrape_samples_post_metric_relabeling",
    "scrape_samples_scraped",
    "scrape_series_added",
];

const exporters: Server[] = [];
const cleanUp = new CleanUp();
let receiver: string;

/** An exporter with that page; returns its host and port. */
async function exporter(): Promise<string> {
    const server = createServer((_, response) => {
        response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(page);
    });
    exporters.push(server);
    server.listen(0, loopback);
    await once(server, "listening");
    return `${loopback}:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
    const { prometheus } = await findPrograms(["prometheus"], { report: () => undefined, cleanUp });
    const directory = mkdtempSync(join(tmpdir(), "keep-list-"));
    cleanUp.remove(directory);
    const ports = await HeldPorts.hold(2);
    const [agentPort, receiverPort] = [ports.take(), ports.take()];
    receiver = `http://${loopback}:${receiverPort}`;

    const monitors = { ...baseMonitors, metrics: { send: "needed" as const, also: ["kube_hpa_.*"] } };
    const relabelings = agentRelabelings({ name: "acme-1", tenant: "acme" }, monitors, needed);
    const job = (name: string, target: string) => ({ job_name: name, static_configs: [{ targets: [target] }] });
    const agent = {
        global: { scrape_interval: "1s" },
        scrape_configs: [job("kube-state-metrics", await exporter()), job("my-app", await exporter())],
        remote_write: [
            {
                url: `${receiver}/api/v1/write`,
                write_relabel_configs: relabelings.map(relabelConfig),
                queue_config: { batch_send_deadline: "1s" },
            },
        ],
    };
    const start = (name: string, configuration: unknown, port: number, ...args: string[]) => {
        writeFileSync(join(directory, `${name}.yml`), stringify(configuration));
        const listen = `--web.listen-address=${loopback}:${port}`;
        const config = `--config.file=${join(directory, `${name}.yml`)}`;
        const child = spawn(prometheus.path, [config, listen, ...args], { stdio: "ignore", detached: true });
        if (child.pid !== undefined) {
            cleanUp.kill(child.pid);
        }
    };
    await ports.release([agentPort, receiverPort]);
    const data = (name: string) => join(directory, name);
    start("receiver", {}, receiverPort, "--web.enable-remote-write-receiver", `--storage.tsdb.path=${data("tsdb")}`);
    start("agent", agent, agentPort, "--agent", `--storage.agent.path=${data("wal")}`);
}, 600_000);

afterAll(async () => {
    exporters.forEach((server) => server.close());
    await cleanUp.finish();
});

/** The series that arrived of a job, each with its labels except where it was scraped. */
async function arrived(job: string): Promise<string[]> {
    const url = `${receiver}/api/v1/series?${new URLSearchParams({ "match[]": `{job="${job}"}` }).toString()}`;
    const { data } = (await (await fetch(url)).json()) as { data: Record<string, string>[] };
    return data
        .map(({ __name__: name = "", instance: _instance, job: _job, ...labels }) =>
            [
                name,
                ...Object.entries(labels)
                    .map(([label, value]) => `${label}=${value}`)
                    .sort(),
            ].join(" "),
        )
        .sort();
}

const kept = [
    "kube_deployment_spec_replicas deployment=portal namespace=portal",
    "kube_hpa_labels namespace=portal",
    "up",
];
const rest = ["kube_pod_tolerations namespace=portal pod=portal-7d9f-a", "my_kube_deployment_spec_replicas"];

test("of the platform's own job what is needed arrives, and what config wants besides", async () => {
    // A scrape is sent as a whole: once what is needed is there, the rest of it would be too.
    await eventually(60, async () => expect(await arrived("kube-state-metrics")).toEqual(kept));
});

test("of another job everything arrives, with its own labels and no more", async () => {
    await eventually(60, async () => expect(await arrived("my-app")).toEqual([...kept, ...rest, ...ofScrape].sort()));
});
