import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import type { Issued } from "./certificates";
import type { Sample } from "./query";

/** What somebody says at the tenant gateway, and how it was answered. */
export interface Answer {
    status: number;
    body: string;
}

/** Somebody with a tenant's certificate, at the tenant gateway. */
export class TenantClient {
    /**
     * @param url the gateway, without a path
     * @param files the client certificate and key; nobody in particular when unset
     * @param authority the file of the authority to know the gateway by
     */
    constructor(
        private readonly url: string,
        private readonly authority: string,
        private readonly files?: Issued,
    ) {}

    /** Sends a request; `headers` are sent as they are, forged or not. */
    async ask(path: string, options: { body?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
        const ca = await readFile(this.authority);
        const shown =
            this.files === undefined
                ? {}
                : { cert: await readFile(this.files.certificate), key: await readFile(this.files.key) };
        const { body, headers = {} } = options;
        // The path as it is: `new URL` would tidy it up.
        const { hostname, port } = new URL(this.url);
        const asked = request({
            hostname,
            port,
            path,
            method: body === undefined ? "GET" : "POST",
            headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
            ca,
            ...shown,
            agent: false,
        });
        asked.end(body);
        const [response] = (await once(asked, "response")) as [IncomingMessage];
        const chunks = await response.toArray();
        return { status: response.statusCode ?? 0, body: Buffer.concat(chunks as Buffer[]).toString() };
    }

    /** What an expression is now, as far as this tenant may see. */
    async query(expression: string): Promise<Sample[]> {
        const { data } = await this.read<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
            `/api/v1/query?query=${encodeURIComponent(expression)}`,
        );
        return data.result.map(({ metric, value }) => ({ labels: metric, value: value[1] }));
    }

    /** Sends a line to Loki. */
    async log(labels: Record<string, string>, line: string, headers?: Record<string, string>): Promise<Answer> {
        const body = JSON.stringify({
            streams: [{ stream: labels, values: [[`${BigInt(Date.now()) * 1_000_000n}`, line]] }],
        });
        return await this.ask("/loki/api/v1/push", { body, ...(headers === undefined ? {} : { headers }) });
    }

    /** The lines of the last hour that a LogQL selector finds. */
    async lines(selector: string, headers?: Record<string, string>): Promise<string[]> {
        const { data } = await this.read<{ result: { values: [string, string][] }[] }>(
            `/loki/api/v1/query_range?since=1h&query=${encodeURIComponent(selector)}`,
            headers,
        );
        return data.result.flatMap(({ values }) => values.map(([, line]) => line));
    }

    private async read<Data>(path: string, headers?: Record<string, string>): Promise<{ data: Data }> {
        const { status, body } = await this.ask(path, headers === undefined ? {} : { headers });
        if (status !== 200) {
            throw new Error(`the tenant gateway answers ${status} to ${path}: ${body}`);
        }
        return JSON.parse(body) as { data: Data };
    }
}
