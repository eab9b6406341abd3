import { existsSync, readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { Failure, withoutUserinfo } from "./check";

/** What an API server answered. */
export interface Answer {
    /** The HTTP status. */
    status: number;
    /** The server's clock, as its Date header has it. */
    date?: string;
    /** The JSON document. */
    body: unknown;
}

/** A cluster's API server, authenticated as a kubeconfig says. */
export interface Cluster {
    /**
     * Reads an object or a list.
     *
     * @param path such as `/api/v1/namespaces/observability`
     * @param content metadata: the server leaves out everything else, such as a Secret's data
     */
    get(path: string, content: "all" | "metadata", signal: AbortSignal): Promise<Answer>;
    /** Creates an object; the reviews that are created here are stored nowhere. */
    create(path: string, body: object, signal: AbortSignal): Promise<Answer>;
}

/** One context of a kubeconfig, without its secrets. */
export interface Connection {
    /** The API server's URL. */
    server: string;
    /** The client's certificate, PEM, where it has one. */
    clientCertificate?: string;
    /** The program that is asked for credentials, such as kubelogin. */
    program?: string;
    cluster: Cluster;
}

/** A kubeconfig, without its secrets. */
export interface Kubeconfig {
    contexts: string[];
    currentContext?: string;
    /** @throws Failure when the context's cluster or user is not there */
    connection(context: string): Connection;
}

/** Where a kubeconfig is: the files that kubectl reads, or a text. */
export type KubeconfigSource = "ambient" | { text: string };

/**
 * Reads a kubeconfig.
 *
 * @throws Failure that quotes nothing of it
 */
export async function readKubeconfig(source: KubeconfigSource): Promise<Kubeconfig> {
    // An ES module, and half a second to load.
    const { KubeConfig } = await import("@kubernetes/client-node");
    const parts = source === "ambient" ? ambientFiles() : [source.text];
    const all = new KubeConfig();
    for (const part of parts) {
        const config = new KubeConfig();
        try {
            if (source === "ambient") {
                config.loadFromFile(part);
            } else {
                config.loadFromString(part);
            }
        } catch {
            throw new Failure(
                source === "ambient" ? `${part} is not a kubeconfig` : "what is there is not a kubeconfig",
                source === "ambient" ? `kubectl --kubeconfig '${part}' config view` : undefined,
            );
        }
        merge(all, config);
    }
    return {
        contexts: all.contexts.map(({ name }) => name),
        currentContext: all.currentContext === "" ? undefined : all.currentContext,
        connection: (context) => {
            const config = new KubeConfig();
            const { clusters, users, contexts } = all;
            config.loadFromOptions({ clusters, users, contexts, currentContext: context });
            return connectionOf(config, context);
        },
    };
}

/** As kubectl has it: those that are not there are left out. */
function ambientFiles(): string[] {
    const listed = (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
    return (listed.length > 0 ? listed : [join(homedir(), ".kube", "config")]).filter(existsSync);
}

/** As kubectl has it: of two things of one name, the first counts. */
function merge(all: KubeConfig, more: KubeConfig): void {
    const missing = <Named extends { name: string }>(has: Named[], given: Named[]) =>
        given.filter(({ name }) => !has.some((one) => one.name === name));
    all.clusters.push(...missing(all.clusters, more.clusters));
    all.users.push(...missing(all.users, more.users));
    all.contexts.push(...missing(all.contexts, more.contexts));
    all.currentContext ??= more.currentContext;
}

function connectionOf(config: KubeConfig, context: string): Connection {
    const cluster = config.getCurrentCluster();
    const user = config.getCurrentUser();
    if (cluster === null || user === null) {
        const missing = cluster === null ? "cluster" : "user";
        throw new Failure(`the kubeconfig has no ${missing} for context ${context}`, "kubectl config get-contexts");
    }
    const certificate = pem(user.certFile, user.certData, context);
    const program: unknown = (user.exec as { command?: unknown } | undefined)?.command;
    return {
        server: withoutUserinfo(cluster.server),
        ...(certificate === undefined ? {} : { clientCertificate: certificate }),
        ...(typeof program === "string" ? { program } : {}),
        cluster: {
            get: (path, content, signal) => ask(config, cluster.server, { path, content, signal }),
            create: (path, body, signal) => ask(config, cluster.server, { path, content: "all", body, signal }),
        },
    };
}

function pem(file: string | undefined, data: string | undefined, context: string): string | undefined {
    if (file === undefined || file === "") {
        return data === undefined || data === "" ? undefined : Buffer.from(data, "base64").toString();
    }
    if (!existsSync(file)) {
        throw new Failure(`the client certificate of context ${context} is not there: ${file}`);
    }
    return readFileSync(file, "utf8");
}

/** What `?as=` of a PartialObjectMetadata is called for one object and for a list; the server takes the one that fits. */
const metadataOnly = ["PartialObjectMetadataList", "PartialObjectMetadata"]
    .map((kind) => `application/json;as=${kind};g=meta.k8s.io;v=v1`)
    .join(",");

interface Question {
    path: string;
    content: "all" | "metadata";
    body?: object;
    signal: AbortSignal;
}

async function ask(config: KubeConfig, server: string, { path, content, body, signal }: Question): Promise<Answer> {
    const url = new URL(server.replace(/\/+$/, "") + path);
    const options: RequestOptions = { method: body === undefined ? "GET" : "POST", signal };
    await authenticate(config, options);
    options.headers = {
        ...(options.headers as Record<string, string> | undefined),
        Accept: content === "metadata" ? metadataOnly : "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    };
    return await new Promise((resolve, reject) => {
        const sent = (url.protocol === "http:" ? httpRequest : httpsRequest)(url, options, (response) => {
            const chunks: Buffer[] = [];
            response.on("data", (chunk: Buffer) => chunks.push(chunk));
            response.on("error", reject);
            response.on("end", () => {
                resolve({
                    status: response.statusCode ?? 0,
                    date: response.headers.date,
                    body: parsed(Buffer.concat(chunks).toString()),
                });
            });
        });
        sent.on("error", reject);
        sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

/** Asks the kubeconfig's program or files for credentials; what these say may be a token, so it is not passed on. */
async function authenticate(config: KubeConfig, options: RequestOptions): Promise<void> {
    try {
        await config.applyToHTTPSOptions(options);
    } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        throw new Failure(`the kubeconfig's credentials cannot be had${code === undefined ? "" : ` (${code})`}`);
    }
}

/** Not every answer is JSON: a proxy in between has pages of its own. */
function parsed(text: string): unknown {
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return undefined;
    }
}
