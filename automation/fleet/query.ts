import { namespace, services } from "../../platform/names";
import { serviceProxy } from "./serviceProxy";
import type { Fleet } from "./stackFiles";

/** One series of an instant query's answer. */
export interface Sample {
    labels: Record<string, string>;
    value: number;
}

/** Asks Query; rejects with a reason for people when it does not answer. */
export type Query = (expression: string) => Promise<Sample[]>;

/** One GET; returns the answer's body. */
export type Get = (path: string) => Promise<string>;

/** Milliseconds that Query may take to answer. */
const timeout = 30_000;

/**
 * Query of an environment: at `url`, else where the environment publishes it, else through the API server of the observer's
 * cluster, as `kubectl proxy` does.
 *
 * @param published the environment's output queryUrl
 * @param kubeconfig reads the observer's, where it is not a context of the ambient one
 */
export async function queryOf(
    { settings }: Pick<Fleet, "settings">,
    { url, published, kubeconfig }: { url?: string; published?: string; kubeconfig?: () => Promise<string> },
): Promise<Query> {
    const address = url ?? (published?.startsWith("https://") === true ? published : undefined);
    if (address !== undefined) {
        return queryThrough(overHttp(address.replace(/\/$/, ""), process.env["FLEET_QUERY_TOKEN"]));
    }
    const { name, port } = services.queryFrontend;
    const path = `/api/v1/namespaces/${namespace}/services/${name}:${port}/proxy`;
    return queryThrough(
        await serviceProxy({ path, kubeconfig: await kubeconfig?.(), context: settings.observer.context }),
    );
}

/** The Prometheus API behind `get`. */
export function queryThrough(get: Get): Query {
    return async (expression) => {
        const body = await get(`/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`);
        const answer = parsed(body);
        if (answer?.status !== "success") {
            throw new Error(`Query refuses ${expression}: ${answer?.error ?? answer?.message ?? body.slice(0, 200)}`);
        }
        return (answer.data?.result ?? []).map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    };
}

/** @param token a bearer token, where Query wants one */
export function overHttp(url: string, token: string | undefined): Get {
    return async (path) => {
        const response = await fetch(url + path, {
            headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
            signal: AbortSignal.timeout(timeout),
        }).catch((error: unknown) => {
            const { cause, message } = error as Error;
            throw new Error(`${url} does not answer: ${cause instanceof Error ? cause.message : message}`);
        });
        return response.text();
    };
}

interface Answer {
    status: string;
    error?: string;
    /** An API server's own reason, where Query is behind one. */
    message?: string;
    data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

function parsed(body: string): Answer | undefined {
    try {
        return JSON.parse(body) as Answer;
    } catch {
        return undefined;
    }
}
