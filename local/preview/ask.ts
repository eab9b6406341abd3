import type { DashboardQuery } from "../../dashboards";

/** A series of an answer. */
export interface Series {
    labels: Record<string, string>;
    /** Seconds since 1970, and the value then; one where an instant was asked for. */
    points: [number, number][];
}

/** What came back for a query, or why nothing did. */
export type Answer = { series: Series[] } | { error: string };

/** Answers the queries of panels. */
export type Ask = (query: Pick<DashboardQuery, "expr" | "instant">) => Promise<Answer>;

/** The time that charts show, in seconds since 1970. Instants are asked for at its end. */
export interface TimeRange {
    from: number;
    to: number;
}

/** How many points a line has at most. */
const resolution = 200;

/** Finer than anything is scraped. */
const finestStep = 5;

/** Asks Thanos Query, or anything else that has Prometheus' API. */
export function prometheus(url: string, range: TimeRange): Ask {
    const step = Math.max(finestStep, Math.ceil((range.to - range.from) / resolution));
    return async ({ expr, instant }) => {
        const [path, time] = instant
            ? ["query", { time: String(range.to) }]
            : ["query_range", { start: String(range.from), end: String(range.to), step: String(step) }];
        try {
            const response = await fetch(`${url.replace(/\/$/, "")}/api/v1/${path}`, {
                method: "POST",
                body: new URLSearchParams({ query: expr, ...time }),
                signal: AbortSignal.timeout(60_000),
            });
            return read((await response.json()) as ApiAnswer);
        } catch (error) {
            return { error: `${url} does not answer: ${String(error)}` };
        }
    };
}

interface ApiAnswer {
    error?: string;
    data?: {
        resultType: string;
        result: ApiSeries[] | [number, string];
    };
}

interface ApiSeries {
    metric: Record<string, string>;
    value?: [number, string];
    values?: [number, string][];
}

/** Exported for tests. */
export function read({ error, data }: ApiAnswer): Answer {
    if (data === undefined) {
        return { error: error ?? "no reason given" };
    }
    const series =
        data.resultType === "scalar"
            ? [{ metric: {}, value: data.result as [number, string] }]
            : (data.result as ApiSeries[]);
    return {
        series: series.map(({ metric, value, values = value === undefined ? [] : [value] }: ApiSeries) => ({
            labels: metric,
            points: values.map(([time, text]) => [time, sampleValue(text)]),
        })),
    };
}

/** Prometheus writes +Inf, -Inf and NaN. */
function sampleValue(text: string): number {
    return Number(text.replace("Inf", "Infinity"));
}
