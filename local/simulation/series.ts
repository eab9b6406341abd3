/** A cluster that a simulation pretends to be. */
export interface SimulatedCluster {
    /** Its `cluster` label. */
    name: string;
    /** The observer has no tenant, and its own Prometheus scrapes what it simulates. */
    tenant?: string;
    /** The second customer is not well, so that tables of what is wrong have something to show. */
    sick: boolean;
}

/** A target that a simulation pretends to be. What it exposes is marked `simulated="true"`. */
export interface SimulatedTarget {
    /** As the agents of a real cluster name its job. */
    job: string;
    /** Unique among the targets of the job. */
    instance: string;
    /** Further labels of every series, as a ServiceMonitor or an exporter would set them. */
    labels?: Record<string, string>;
    series: SimulatedSeries[];
}

/** A series of a simulated target. */
export interface SimulatedSeries {
    name: string;
    labels: Record<string, string>;
    /** A constant, or what it is `seconds` after the fleet's start. */
    value: number | ((seconds: number) => number);
}

/** What one of the simulation's files pretends for a cluster. */
export type Simulation = (cluster: SimulatedCluster) => SimulatedTarget[];

/** A gauge, or a counter that stands still. */
export function series(name: string, labels: Record<string, string>, value: SimulatedSeries["value"]): SimulatedSeries {
    return { name, labels, value };
}

/** A counter that has run for a day and rises by `perSecond`. */
export function counter(name: string, labels: Record<string, string>, perSecond: number): SimulatedSeries {
    return { name, labels, value: (seconds) => (86_400 + seconds) * perSecond };
}

/** A gauge that swings around `mean` by `share` of it, once in ten minutes. */
export function wave(name: string, labels: Record<string, string>, mean: number, share = 0.2): SimulatedSeries {
    return { name, labels, value: (seconds) => mean * (1 + share * Math.sin((2 * Math.PI * seconds) / 600)) };
}

/** The `_bucket`, `_sum` and `_count` of a histogram: `perSecond` observations, spread over `bounds` by `shares` up to each. */
export function histogram(
    name: string,
    labels: Record<string, string>,
    { perSecond, bounds, shares, mean }: { perSecond: number; bounds: number[]; shares: number[]; mean: number },
): SimulatedSeries[] {
    return [
        ...bounds.map((bound, index) =>
            counter(`${name}_bucket`, { ...labels, le: String(bound) }, perSecond * (shares[index] ?? 1)),
        ),
        counter(`${name}_bucket`, { ...labels, le: "+Inf" }, perSecond),
        counter(`${name}_sum`, labels, perSecond * mean),
        counter(`${name}_count`, labels, perSecond),
    ];
}

/** A target's page, as Prometheus reads it; the target's own labels are the scraper's affair. */
export function exposition(target: SimulatedTarget, seconds: number): string {
    return target.series
        .map(({ name, labels, value }) => {
            const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
            return `${name}{${pairs.join(",")}} ${typeof value === "number" ? value : value(seconds)}\n`;
        })
        .join("");
}
