import { spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { gunicornArguments, statsdExporter, statsdMapping } from "../../platform/gunicorn";
import { freePort } from "../live/freePort";
import { itWith, upstreamProgram } from "../upstreamProgram";

const program = upstreamProgram("statsd_exporter");

const directory = mkdtempSync(join(tmpdir(), "statsd-exporter-"));
const mappingFile = join(directory, "mapping.yaml");
writeFileSync(mappingFile, stringify(statsdMapping));
afterAll(() => rmSync(directory, { recursive: true }));

function withProgram(name: string, run: (program: string) => void | Promise<void>): void {
    itWith("statsd_exporter")(name, async () => run(program ?? ""));
}

test("Gunicorn is told where statsd is, whatever its own command line says", () => {
    expect(gunicornArguments("127.0.0.1:9125", "portal.api")).toBe(
        "--statsd-host=127.0.0.1:9125 --statsd-prefix=portal.api",
    );
});

withProgram("statsd_exporter takes the mapping", (path) => {
    const args = [...statsdExporter({ statsd: "127.0.0.1:0", http: "127.0.0.1:0", mappingFile }), "--check-config"];
    const { status, stderr } = spawnSync(path, args, { encoding: "utf8" });
    expect({ status, stderr }).toMatchObject({ status: 0 });
});

withProgram("what Gunicorn sends over UDP is what dashboards ask for", async (path) => {
    const statsd = await freePort();
    const http = await freePort();
    const running = spawn(
        path,
        statsdExporter({ statsd: `127.0.0.1:${statsd}`, http: `127.0.0.1:${http}`, mappingFile }),
        { stdio: "ignore" },
    );
    const url = `http://127.0.0.1:${http}`;
    try {
        await until(async () => (await fetch(`${url}/-/ready`)).ok);
        const socket = createSocket("udp4");
        // As gunicorn/instrument/statsd.py writes them.
        for (const line of [
            "portal.api.gunicorn.request.duration:123.0|ms",
            "portal.api.gunicorn.requests:1|c|@1.0",
            "portal.api.gunicorn.request.status.503:1|c|@1.0",
            "portal.api.gunicorn.workers:4|g",
            "portal.api.gunicorn.log.exception:1|c|@1.0",
            "portal.logins:1|c",
        ]) {
            await new Promise<unknown>((sent) => socket.send(line, statsd, "127.0.0.1", sent));
        }
        socket.close();
        const lines = await until(async () => {
            const text = await (await fetch(`${url}/metrics`)).text();
            return /^portal_logins/m.test(text) && text.split("\n");
        });
        expect(lines).toEqual(
            expect.arrayContaining([
                'gunicorn_request_duration_seconds_bucket{le="0.1"} 0',
                'gunicorn_request_duration_seconds_bucket{le="0.25"} 1',
                "gunicorn_request_duration_seconds_count 1",
                "gunicorn_requests_total 1",
                'gunicorn_responses_total{status="503"} 1',
                "gunicorn_workers 4",
                'gunicorn_log_messages_total{level="exception"} 1',
                "portal_logins 1",
            ]),
        );
    } finally {
        running.kill();
    }
});

/** What `ask` answers, once it is more than nothing. */
async function until<Answer>(ask: () => Promise<Answer | false>): Promise<Answer> {
    for (let tries = 0; tries < 100; tries++) {
        const answer = await ask().catch(() => false as const);
        if (answer !== false) {
            return answer;
        }
        await sleep(100);
    }
    throw new Error("statsd_exporter does not answer");
}
