import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { namespace, otlpRelease } from "../../platform/names";
import { otlpArguments, otlpGatewayConfig, otlpPorts } from "../../platform/otlp";
import { textfileRelabelings } from "../../platform/scrape";
import { relabel } from "../platform/relabel";
import { itWith, upstreamProgram } from "../upstreamProgram";

jest.setTimeout(120_000);

const directory = join(__dirname, "../../examples/push");
function run(command: string, args: string[], input = "") {
    return spawnSync(upstreamProgram(command) ?? command, args, {
        cwd: directory,
        encoding: "utf8",
        input,
        timeout: 60_000,
    });
}

/** Ports that nobody has. */
async function freePorts(): Promise<typeof otlpPorts> {
    const entries = await Promise.all(
        Object.keys(otlpPorts).map(
            (name) =>
                new Promise<[string, number]>((done) => {
                    const server = createServer().listen(0, "127.0.0.1", () => {
                        const { port } = server.address() as AddressInfo;
                        server.close(() => done([name, port]));
                    });
                }),
        ),
    );
    return Object.fromEntries(entries) as unknown as typeof otlpPorts;
}

/** Runs the gateway as it is configured, with an observer that is not there, and gives its ports. */
async function withGateway(use: (ports: typeof otlpPorts) => void | Promise<void>): Promise<void> {
    const scratch = mkdtempSync(join(tmpdir(), "push-"));
    let collector: ChildProcess | undefined;
    try {
        const ports = await freePorts();
        const gateway = { replicas: 1, memory: "512Mi", attributes: {}, resourceAttributes: [], drop: [] };
        const config = otlpGatewayConfig(gateway, {
            cluster: { name: "acme-1", externalLabels: {} },
            host: "127.0.0.1",
            ports,
            files: { certificate: "", key: "" },
            destinations: [{ name: "observer", url: "http://127.0.0.1:9/api/v1/receive", ca: "" }],
            kubernetes: false,
        });
        writeFileSync(join(scratch, "config.yaml"), stringify(config));
        collector = spawn(
            upstreamProgram("otelcol") ?? "otelcol",
            [`--config=${join(scratch, "config.yaml")}`, ...otlpArguments],
            {
                stdio: "ignore",
            },
        );
        await answers(`http://127.0.0.1:${ports.health}/`);
        await use(ports);
    } finally {
        // It would retry what it holds for hours.
        collector?.kill("SIGKILL");
        rmSync(scratch, { recursive: true });
    }
}

async function answers(url: string): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
        if (
            await fetch(url).then(
                (response) => response.ok,
                () => false,
            )
        ) {
            return;
        }
        await pause(100);
    }
    throw new Error(`${url} does not answer`);
}

/** How many points the gateway says that it has taken. */
async function accepted(ports: typeof otlpPorts): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${ports.metrics}/metrics`)).text();
    const values = [...text.matchAll(/^otelcol_receiver_accepted_metric_points_total\{.*\} (\S+)$/gm)];
    return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

describe("examples/push", () => {
    itWith("otelcol", "curl")("push.sh's body is taken by the gateway", async () => {
        await withGateway(async (ports) => {
            const { status, stderr } = run("sh", ["push.sh", `http://127.0.0.1:${ports.http}`, "22.5", "rack-2"]);
            expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
            expect(await accepted(ports)).toBe(1);
            expect(run("sh", ["push.sh", `http://127.0.0.1:${ports.http}`, "warm"]).status).not.toBe(0);
            expect(await accepted(ports)).toBe(1);
        });
    });

    itWith("otelcol", "python3")("load.py counts what is taken, and what is not", async () => {
        await withGateway(async (ports) => {
            const load = (port: number) =>
                run("python3", [
                    "load.py",
                    `--endpoint=http://127.0.0.1:${port}`,
                    ...["--devices=5", "--metrics=4", "--interval=0.1", "--duration=0.05"],
                ]);
            const { status, stdout } = load(ports.http);
            expect({ status, last: stdout.trim().split("\n").at(-1) }).toEqual({
                status: 0,
                last: "20 points taken and 0 refused, in 1 rounds",
            });
            expect(await accepted(ports)).toBe(20);
            expect(load(9).status).toBe(1);
        });
    });

    itWith("python3")("all Python compiles, and asks for what it needs", () => {
        const scripts = readdirSync(directory).filter((file) => file.endsWith(".py"));
        expect(scripts.sort()).toEqual(["load.py", "push.py", "read.py"]);
        for (const script of scripts) {
            const code = `compile(open(${JSON.stringify(script)}).read(), ${JSON.stringify(script)}, "exec")`;
            expect(run("python3", ["-c", code]).stderr).toBe("");
        }
        for (const script of ["load.py", "read.py"]) {
            expect(run("python3", [script]).stderr).toContain("required: --");
        }
    });

    it("requirements.txt names each package at one version", () => {
        const lines = readFileSync(join(directory, "requirements.txt"), "utf8").trim().split("\n");
        expect(lines.filter((line) => !/^[a-z0-9-]+==\d+(\.\d+)+$/.test(line))).toEqual([]);
    });

    it("the Job pushes to the Service that there is", () => {
        const job = readFileSync(join(directory, "load-job.yaml"), "utf8");
        expect(parse(job)).toMatchObject({ kind: "Job" });
        expect(job).toContain(`http://${otlpRelease}.${namespace}.svc:${otlpPorts.http}`);
    });

    itWith("promtool")("battery.prom is what node-exporter reads", () => {
        const text = readFileSync(join(directory, "battery.prom"), "utf8");
        const { stdout, stderr } = run("promtool", ["check", "metrics"], text);
        expect(`${stdout}${stderr}`).toBe("");
    });

    it("battery.prom's metrics have the job of files, so that agents send them", () => {
        const text = readFileSync(join(directory, "battery.prom"), "utf8");
        const names = [...text.matchAll(/^(\w+)\{/gm)].map(([, name = ""]) => name);
        expect(names.length).toBeGreaterThan(0);
        for (const name of names) {
            expect(relabel(textfileRelabelings, { __name__: name, job: "node-exporter" })?.["job"]).toBe("textfile");
        }
    });
});
