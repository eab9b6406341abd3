import { platformJobs } from "../platform/keepList";
import { markdownTable } from "./markdownTable";

/** How many series there are of each metric, by job. */
export type SeriesCounts = Map<string, Map<string, number>>;

/** What the keep-list does to a job. */
export interface Saving {
    job: string;
    exposed: number;
    sent: number;
}

/** The series of an exporter's page, by metric: `_bucket`, `_sum` and `_count` apart, as Prometheus stores them. */
export function countSeries(page: string): Map<string, number> {
    const counts = new Map<string, number>();
    for (const line of page.split("\n")) {
        const metric = /^[a-zA-Z_:][a-zA-Z0-9_:]*/.exec(line)?.[0];
        if (metric !== undefined) {
            counts.set(metric, (counts.get(metric) ?? 0) + 1);
        }
    }
    return counts;
}

/** Adds series to a job, which may have some already: the kubelet has several pages. */
export function addSeries(counts: SeriesCounts, job: string, series: Map<string, number>): void {
    const metrics = counts.get(job) ?? new Map<string, number>();
    counts.set(job, metrics);
    for (const [metric, count] of series) {
        metrics.set(metric, (metrics.get(metric) ?? 0) + count);
    }
}

/** How many of each job's series are sent when agents send what is needed and what matches `also`. */
export function savings(counts: SeriesCounts, needed: Iterable<string>, also: string[]): Saving[] {
    const kept = new RegExp(`^(?:${[...needed, ...also].join("|")})$`);
    return [...counts]
        .map(([job, metrics]) => {
            const sent = [...metrics].filter(([metric]) => !platformJobs.includes(job) || kept.test(metric));
            return { job, exposed: sum(metrics.values()), sent: sum(sent.map(([, series]) => series)) };
        })
        .sort((a, b) => (a.job < b.job ? -1 : 1));
}

/** The savings as a table in Markdown, with their total. */
export function savingsTable(jobs: Saving[]): string {
    const total = {
        job: "total",
        exposed: sum(jobs.map((job) => job.exposed)),
        sent: sum(jobs.map((job) => job.sent)),
    };
    const rows = [...jobs, total].map(({ job, exposed, sent }) => {
        const saved = exposed === 0 ? "–" : `${((100 * (exposed - sent)) / exposed).toFixed(1)} %`;
        return [job, String(exposed), String(sent), saved];
    });
    return markdownTable(["job", "series exposed", "series sent", "saved"], rows);
}

function sum(numbers: Iterable<number>): number {
    return [...numbers].reduce((total, number) => total + number, 0);
}
