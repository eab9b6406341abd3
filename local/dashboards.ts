import { Command } from "commander";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dashboards, type ProvisionedDashboard } from "../dashboards";
import { CleanUp } from "./cleanUp";
import { Interruption, untilInterrupted } from "./interruption";
import { observerName } from "./observer";
import { prometheus } from "./preview/ask";
import { inWords, tally, type DrawnDashboard } from "./preview/page";
import { writePreview, type Asking } from "./preview/write";
import { runFleet } from "./runFleet";
import { everyMonitor } from "./simulation";
import { wholeNumber } from "./wholeNumber";

/** What the command line says. */
interface Options {
    preview: string;
    after: number;
    from?: string;
    observer: string;
    minutes?: number;
    only?: string[];
}

function commandLine(): Options {
    return new Command("npm run dashboards --")
        .description("Dashboards as pages that a browser shows without Grafana, for review.")
        .requiredOption("--preview <directory>", "where to write the pages; open its index.html")
        .option(
            "--after <seconds>",
            "how long the local fleet collects before it is asked",
            wholeNumber(10, 86_400),
            90,
        )
        .option("--from <url>", "ask this Thanos Query or Prometheus, and start no fleet")
        .option("--observer <name>", "the observer's name there", observerName)
        .option(
            "--minutes <number>",
            "the time that charts show: all that the fleet has run, or 60",
            wholeNumber(1, 50_000),
        )
        .option("--only <uids>", "these dashboards, separated by commas", (text: string) => text.split(","))
        .parse()
        .opts<Options>();
}

/** Writes the pages; returns the exit code, which is 1 where a query was refused. */
async function run(options: Options): Promise<number> {
    try {
        const chosen = choose(options);
        const { from } = options;
        const drawn = await (from === undefined
            ? askFleet(options, chosen)
            : write(options, chosen, from, options.minutes ?? 60, from));
        console.log(`Open ${join(resolve(options.preview), "index.html")}`);
        return drawn.some((dashboard) => tally(dashboard).errors > 0) ? 1 : 0;
    } catch (error) {
        console.error(error instanceof Error ? error.message : error);
        return error instanceof Interruption ? error.exitCode : 1;
    }
}

async function askFleet(options: Options, chosen: ProvisionedDashboard[]): Promise<DrawnDashboard[]> {
    const cleanUp = new CleanUp();
    const interrupted = untilInterrupted(() => void cleanUp.finish().then(() => process.exit(130)));
    const surroundings = { cleanUp, interrupted, say: console.log, tree: process.stdout.isTTY };
    try {
        return await runFleet(
            { customers: 2, observers: 1, simulate: true, everything: false, hurry: false, notified: () => undefined },
            surroundings,
            async (fleet) => {
                console.log(`The fleet runs; it is asked in ${options.after} seconds.`);
                await sleep(options.after * 1000);
                const minutes = options.minutes ?? Math.ceil(options.after / 60);
                return write(options, chosen, fleet.describe().urls.queryFrontend, minutes, "a local fleet");
            },
        );
    } finally {
        await cleanUp.finish();
    }
}

function choose({ observer, only }: Options): ProvisionedDashboard[] {
    const all = dashboards({ observer, monitors: everyMonitor });
    const unknown = (only ?? []).filter((uid) => !all.some((dashboard) => dashboard.uid === uid));
    if (unknown.length > 0) {
        throw new Error(`no such dashboard: ${unknown.join(", ")}; there are ${all.map(({ uid }) => uid).join(", ")}`);
    }
    return all.filter(({ uid }) => only?.includes(uid) ?? true);
}

function write(
    { preview }: Options,
    chosen: ProvisionedDashboard[],
    url: string,
    minutes: number,
    from: string,
): Promise<DrawnDashboard[]> {
    const now = new Date();
    const to = Math.floor(now.getTime() / 1000);
    const range = { from: to - minutes * 60, to };
    const asking: Asking = { ask: prometheus(url, range), range, source: { from, made: now } };
    return writePreview(preview, chosen, asking, say);
}

/** A dashboard in a line, and its panels that should not be as they are in one each. */
function say(drawn: DrawnDashboard): void {
    console.log(`${drawn.dashboard.uid}: ${inWords(tally(drawn))}`);
    for (const { panel, drawing } of drawn.panels) {
        if (drawing.kind === "errors") {
            console.log(`  ${panel.title}: ${drawing.errors.join("; ")}`);
        } else if (drawing.kind === "nothing" && !drawing.explained) {
            console.log(`  ${panel.title}: empty`);
        }
    }
}

void run(commandLine()).then((exitCode) => process.exit(exitCode));
