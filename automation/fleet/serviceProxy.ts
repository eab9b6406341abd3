import { request, type RequestOptions } from "node:https";
import type { Get } from "./query";

/** Where a Service is behind an API server. */
export interface ProxiedService {
    /** The API server's path to it. */
    path: string;
    /** A kubeconfig's text; the ambient one (KUBECONFIG or ~/.kube/config) when unset. */
    kubeconfig?: string;
    /** A context of it; its current one when unset. */
    context?: string;
}

/** GETs to a Service through its cluster's API server, with whatever the kubeconfig authenticates with. */
export async function serviceProxy({ path, kubeconfig, context }: ProxiedService): Promise<Get> {
    const { KubeConfig } = await import("@kubernetes/client-node");
    const config = new KubeConfig();
    if (kubeconfig === undefined) {
        config.loadFromDefault();
    } else {
        config.loadFromString(kubeconfig);
    }
    if (context !== undefined) {
        config.setCurrentContext(context);
    }
    const server = config.getCurrentCluster()?.server;
    if (server === undefined) {
        throw new Error(`the kubeconfig has no cluster for context ${context ?? "(its current one)"}`);
    }
    return async (query) => {
        const url = new URL(`${server.replace(/\/$/, "")}${path}${query}`);
        const options: RequestOptions = { timeout: 30_000 };
        await config.applyToHTTPSOptions(options);
        return new Promise((resolve, reject) => {
            const asked = request(url, options, (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("end", () => resolve(Buffer.concat(chunks).toString()));
            });
            asked.on("timeout", () => asked.destroy(new Error("no answer in 30 s")));
            asked.on("error", (error) => reject(new Error(`${server} does not answer: ${error.message}`)));
            asked.end();
        });
    };
}
