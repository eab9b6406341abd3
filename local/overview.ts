import { profiles } from "../platform/agent";
import { profile } from "./customers";
import type { DescribedObserver, FleetDescription } from "./fleet";
import { haste } from "./haste";
import { scrapeInterval } from "./observer";

/** What there is to see, for people. */
export function overview(
    fleet: FleetDescription,
    options: { for?: number; keep?: string; simulate: boolean; hurry: boolean },
): string {
    const { observers } = fleet;
    const { control } = fleet.urls;
    const pair = observers.length > 1;
    const agents = fleet.customers[0]?.agents.length ?? 0;
    return [
        "",
        "The fleet runs.",
        ...observers.flatMap((observer) => [...(pair ? [`  ${observer.name}:`] : []), ...places(observer).map(row)]),
        row(["Files and logs", fleet.directory]),
        "",
        `First samples through Query${pair ? ` of ${observers[0]?.name}` : ""}:`,
        ...fleet.customers.map(
            ({ name, firstSample }) =>
                `  ${name}: ${series(firstSample.labels)} ${firstSample.value}, ${firstSample.seconds.toFixed(1)} s after its agent started`,
        ),
        ...everything(fleet),
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
        `  - one each of ${pair ? "receive router, " : ""}Query, query-frontend, store, ruler, Prometheus and Alertmanager; blocks in a directory`,
        "",
        ...(pair
            ? lose("an observer", `${control}/observers/${observers[0]?.name}`)
            : lose("an ingestor", `${control}/processes/receive-ingestor-0`)),
        "",
        `${options.for === undefined ? "Ctrl-C" : `Ctrl-C, or ${options.for} seconds,`} stops it and ` +
            (options.keep === undefined ? "deletes everything." : `leaves ${fleet.directory}.`),
        "",
    ].join("\n");
}

/** Where things are pushed to, and how a customer asks for what is its own. */
function everything({ everything: all, customers, files }: FleetDescription): string[] {
    const [customer] = customers;
    if (all === undefined || customer?.push === undefined) {
        return [];
    }
    const { otlpGrpc, otlpHttp, statsd } = customer.push;
    return [
        "",
        `Push as ${customer.name}:`,
        row(["OTLP/gRPC", otlpGrpc]),
        row(["OTLP/HTTP", otlpHttp]),
        row(["statsd (UDP)", statsd]),
        row(["Files (*.prom)", all.textfiles]),
        "",
        `Ask as ${customer.tenant}, and see what is its own:`,
        `  curl --cacert ${files.certificateAuthority} --cert ${customer.certificate} --key ${customer.key} \\`,
        `    '${all.tenants}/api/v1/query?query=up'`,
    ];
}

function places({ urls }: DescribedObserver): [string, string][] {
    return [
        ["Query-frontend", urls.queryFrontend],
        ["Query", urls.query],
        ["Alertmanager", urls.alertmanager],
        ["Observer's Prometheus", urls.prometheus],
        ["Bucket", urls.bucketWeb],
        ...urls.remoteWrite.map((url): [string, string] => ["Remote-write (mTLS)", url]),
    ];
}

function row([what, where]: [string, string]): string {
    return `  ${what.padEnd(24)}${where}`;
}

function lose(what: string, url: string): string[] {
    return [`Lose ${what}, and bring it back:`, `  curl -X DELETE ${url}`, `  curl -X PUT ${url}`];
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
