import { createSocket } from "node:dgram";
import { appendFile, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { OTLPMetricExporter as GrpcExporter } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPMetricExporter as HttpExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { PushPlaces } from "./pushing";
import { instantQuery, type Sample } from "./query";
import type { TenantClient } from "./tenantClient";

/** Seconds within which everything that was pushed must be read back. */
const patience = 90;

/** Who pushes, and where to; what was pushed is read where the fleet is read. */
export interface Pusher {
    cluster: string;
    places: PushPlaces;
    /** The directory that node-exporter reads. */
    textfiles: string;
    /** The file that the customer's collector of logs reads; a line is sent without one when unset. */
    logFile?: string;
    /** The customer's own view, and the way of its logs. */
    client: TenantClient;
    /** Query of the observer. */
    query: string;
}

/** Something that was pushed, as Query has it. */
export interface ReadBack extends Sample {
    /** How it was pushed. */
    way: "OTLP/gRPC" | "OTLP/HTTP" | "textfile" | "statsd";
    metric: string;
}

/** What came of a demonstration. */
export interface Demonstrated {
    metrics: ReadBack[];
    /** A line of the customer's log, as Loki has it. */
    line: string;
    /** How it came there: by a collector, which takes the password out of it, or by hand where there is no Alloy. */
    logged: "Alloy" | "by hand";
}

const ways: Record<ReadBack["way"], { metric: string; push: (pusher: Pusher) => Promise<void> }> = {
    "OTLP/gRPC": {
        metric: "cluster_temperature_celsius",
        push: ({ places }) =>
            pushGauge(new GrpcExporter({ url: `http://${places.otlpGrpc}` }), "cluster_temperature", "Cel", 21.5, {
                rack_id: "r1",
            }),
    },
    "OTLP/HTTP": {
        metric: "battery_ratio",
        push: ({ places }) =>
            pushGauge(new HttpExporter({ url: `${places.otlpHttp}/v1/metrics` }), "battery", "1", 0.87, {
                device: "d1",
            }),
    },
    textfile: { metric: "door_open", push: ({ textfiles }) => writeTextfile(textfiles, "door_open", 1) },
    statsd: {
        metric: "gunicorn_request_duration_seconds_count",
        push: ({ places }) => sendStatsd(places.statsd, ["portal.gunicorn.request.duration:120|ms"]),
    },
};

/** Pushes something in every way there is, and reads it back. */
export async function demonstrate(pusher: Pusher, report: (text: string) => void): Promise<Demonstrated> {
    await Promise.all(Object.values(ways).map(({ push }) => push(pusher)));
    await writeLog(pusher);
    const deadline = Date.now() + patience * 1000;
    for (;;) {
        const metrics = await readBack(pusher);
        const [line] = await pusher.client.lines('{app="portal"}');
        const missing = [
            ...Object.keys(ways).filter((way) => !metrics.some((metric) => metric.way === way)),
            ...(line === undefined ? ["the log line"] : []),
        ];
        if (missing.length === 0 && line !== undefined) {
            return { metrics, line, logged: pusher.logFile === undefined ? "by hand" : "Alloy" };
        }
        if (Date.now() > deadline) {
            throw new Error(`pushed, and not read back within ${patience} s: ${missing.join(", ")}`);
        }
        report(`not yet read back: ${missing.join(", ")}`);
        await sleep(500);
    }
}

/** One line a thing that was read back. */
export function demonstrationText({ metrics, line, logged }: Demonstrated): string {
    const read = metrics.map(({ way, metric, labels, value }) => `${way}: ${metric} = ${value} of ${labels["tenant"]}`);
    return [...read, `log, ${logged}: ${line}`].join("; ");
}

/** What the application logs, and should not have. */
const secret = "hunter2-of-the-portal";

async function writeLog({ logFile, client, cluster }: Pusher): Promise<void> {
    if (logFile !== undefined) {
        await appendFile(logFile, `portal is ready, password=${secret}\n`);
        return;
    }
    const { status, body } = await client.log({ app: "portal", cluster }, "portal is ready");
    if (status !== 204) {
        throw new Error(`the tenant gateway does not take a log line: ${status} ${body}`);
    }
}

async function readBack({ query, cluster }: Pusher): Promise<ReadBack[]> {
    const found = await Promise.all(
        (Object.keys(ways) as ReadBack["way"][]).map(async (way) => {
            const { metric } = ways[way];
            const [sample] = await instantQuery(query, `${metric}{cluster="${cluster}"}`);
            return sample === undefined ? [] : [{ ...sample, way, metric }];
        }),
    );
    return found.flat();
}

async function pushGauge(
    exporter: PushMetricExporter,
    name: string,
    unit: string,
    value: number,
    attributes: Record<string, string>,
): Promise<void> {
    const meters = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] });
    meters.getMeter("fleet-observability").createGauge(name, { unit }).record(value, attributes);
    await meters.forceFlush();
    await meters.shutdown();
}

/** In one step: node-exporter must never see half a file. */
async function writeTextfile(directory: string, metric: string, value: number): Promise<void> {
    await mkdir(directory, { recursive: true });
    const file = join(directory, "fleet.prom");
    await writeFile(`${file}.new`, `# TYPE ${metric} gauge\n${metric} ${value}\n`);
    await rename(`${file}.new`, file);
}

async function sendStatsd(address: string, lines: string[]): Promise<void> {
    const [host, port] = address.split(":");
    const socket = createSocket("udp4");
    try {
        for (const line of lines) {
            await new Promise<void>((resolve, reject) => {
                socket.send(line, Number(port), host, (error) => (error === null ? resolve() : reject(error)));
            });
        }
    } finally {
        socket.close();
    }
}
