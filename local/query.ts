/** One series of an instant query's answer. */
export interface Sample {
    labels: Record<string, string>;
    value: string;
}

/** An instant query through Thanos Query or any other Prometheus API. */
export async function instantQuery(url: string, query: string, { dedup = true } = {}): Promise<Sample[]> {
    const response = await fetch(
        `${url}/api/v1/query?${new URLSearchParams({ query, dedup: String(dedup) }).toString()}`,
        {
            signal: AbortSignal.timeout(30_000),
        },
    );
    const answer = (await response.json()) as {
        status: string;
        error?: string;
        data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
    };
    if (answer.status !== "success") {
        throw new Error(`${url} refuses the query ${query}: ${answer.error ?? response.statusText}`);
    }
    return (answer.data?.result ?? []).map(({ metric, value }) => ({ labels: metric, value: value[1] }));
}
