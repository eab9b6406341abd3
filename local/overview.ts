import { profiles } from "../platform/agent";
import { profile } from "./customers";
import type { FleetDescription } from "./fleet";
import { haste } from "./haste";
import { scrapeInterval } from "./observer";

/** What there is to see, for people. */
export function overview(
    fleet: FleetDescription,
    options: { for?: number; keep?: string; simulate: boolean; hurry: boolean },
): string {
    const { urls } = fleet;
    const rows: [string, string][] = [
        ["Query-frontend", urls.queryFrontend],
        ["Query", urls.query],
        ["Alertmanager", urls.alertmanager],
        ["Observer's Prometheus", urls.prometheus],
        ["Bucket", urls.bucketWeb],
        ...urls.remoteWrite.map((url): [string, string] => ["Remote-write (mTLS)", url]),
        ["Files and logs", fleet.directory],
    ];
    const agents = fleet.customers[0]?.agents.length ?? 0;
    return [
        "",
        "The fleet runs.",
        ...rows.map(([what, where]) => `  ${what.padEnd(24)}${where}`),
        "",
        "First samples through Query:",
        ...fleet.customers.map(
            ({ name, firstSample }) =>
                `  ${name}: ${series(firstSample.labels)} ${firstSample.value}, ${firstSample.seconds.toFixed(1)} s after its agent started`,
        ),
        "",
        "Other than in clusters:",
        `  - scraped every ${scrapeInterval} instead of every ${profiles[profile].scrapeInterval}`,
        ...(agents < profiles[profile].replicas
            ? [
                  `  - one agent a customer instead of ${profiles[profile].replicas}: there are many customers and one machine`,
              ]
            : []),
        ...(options.simulate
            ? ['  - what a cluster says of itself is simulated: such series carry simulated="true"']
            : []),
        ...(options.hurry
            ? [
                  `  - alerts wait a ${haste.factor}th of their time, rules are evaluated every ${haste.evaluationInterval}, ` +
                      `and what has ended is seen for ${haste.lookback} instead of 5m`,
              ]
            : []),
        "  - one each of Query, query-frontend, store, ruler, Prometheus and Alertmanager; blocks in a directory",
        "",
        "Lose an ingestor, and bring it back:",
        `  curl -X DELETE ${urls.control}/processes/receive-ingestor-0`,
        `  curl -X PUT ${urls.control}/processes/receive-ingestor-0`,
        "",
        `${options.for === undefined ? "Ctrl-C" : `Ctrl-C, or ${options.for} seconds,`} stops it and ` +
            (options.keep === undefined ? "deletes everything." : `leaves ${fleet.directory}.`),
        "",
    ].join("\n");
}

/** One line on what came in. */
export function counts(customers: { name: string; samples: number; series: number }[]): string {
    return customers
        .map(
            ({ name, samples, series }) =>
                `${name}: ${samples.toLocaleString("en")} samples sent, ${series.toLocaleString("en")} series`,
        )
        .join("; ");
}

function series(labels: Record<string, string>): string {
    const { __name__: name = "", ...rest } = labels;
    return `${name}{${Object.entries(rest)
        .map(([label, value]) => `${label}="${value}"`)
        .join(", ")}}`;
}
