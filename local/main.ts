import { Command } from "commander";
import { setTimeout as sleep } from "node:timers/promises";
import { deadMansSwitchFile } from "../platform/alertmanager";
import { CleanUp } from "./cleanUp";
import { checkDashboards, checkText } from "./dashboardCheck";
import type { DescribedObserver, Fleet } from "./fleet";
import { Interruption, untilInterrupted } from "./interruption";
import { counts, overview } from "./overview";
import { runFleet } from "./runFleet";
import { everyMonitor } from "./simulation";
import { wholeNumber } from "./wholeNumber";

/** Seconds between two reports on what came in. */
const reportInterval = 15;

/** What the command line says. */
interface Options {
    for?: number;
    customers: number;
    observers: 1 | 2;
    simulate: boolean;
    checkDashboards: boolean;
    everything: boolean;
    hurry: boolean;
    json: boolean;
    keep?: string;
}

function commandLine(): Options {
    return new Command("npm run local --")
        .description(
            "A whole fleet on this machine: agents, Thanos and Alertmanager from the decisions that hold in clusters.",
        )
        .option("--for <seconds>", "stop by itself after so many seconds, with exit code 0", wholeNumber(1, 1_000_000))
        .option("--customers <number>", "how many customer clusters, 1 to 20", wholeNumber(1, 20), 2)
        .option("--observers <number>", "1, or 2 that watch each other", wholeNumber(1, 2), 1)
        .option("--simulate", "pretend that the clusters have everything that can be watched", false)
        .option("--check-dashboards", "with --simulate: ask for every panel of every dashboard, then stop", false)
        .option("--everything", "also take what customers push, keep their logs, and show them what is theirs", false)
        .option("--hurry", "a tenth of every alert's patience, to see alerts arrive", false)
        .option("--json", "print one JSON document on stdout once the fleet runs, and progress on stderr", false)
        .option("--keep <directory>", "put all data, configuration and logs there, and leave them there")
        .parse()
        .opts<Options>();
}

/** Runs a fleet until it is stopped or fails; returns the exit code. */
async function run(options: Options): Promise<number> {
    const say = (text: string) => void (options.json ? process.stderr : process.stdout).write(`${text}\n`);
    const cleanUp = new CleanUp();
    const interrupted = untilInterrupted(() => void cleanUp.finish().then(() => process.exit(130)));
    let runs = false;
    try {
        return await runFleet(
            {
                customers: options.customers,
                observers: options.observers,
                simulate: options.simulate || options.checkDashboards,
                everything: options.everything,
                hurry: options.hurry,
                keep: options.keep,
                // The heartbeat comes every minute: that is its work, not news.
                notified: ({ observer, receiver, body }) => {
                    if (runs && receiver !== deadMansSwitchFile) {
                        const alerts = (body.alerts ?? []).map(({ labels }) => labels.alertname).join(", ");
                        say(`Alertmanager of ${observer} to ${receiver}: ${alerts} ${body.status}`);
                    }
                },
            },
            { cleanUp, interrupted, say, tree: process.stdout.isTTY && !options.json },
            async (fleet) => {
                runs = true;
                if (options.checkDashboards) {
                    return await check(fleet, say);
                }
                if (options.json) {
                    process.stdout.write(`${JSON.stringify(fleet.describe(), undefined, 4)}\n`);
                }
                say(overview(fleet.describe(), options));
                await watch(fleet, options.for, say);
                return 0;
            },
        );
    } catch (error) {
        if (error instanceof Interruption) {
            say(`Stopping: ${error.message}`);
            return runs ? 0 : error.exitCode;
        }
        say(`\nThe local fleet failed: ${error instanceof Error ? error.message : String(error)}`);
        return 1;
    } finally {
        runs = false;
        await cleanUp.finish();
    }
}

/** Asks for every panel; returns the exit code. */
async function check(fleet: Fleet, say: (text: string) => void): Promise<number> {
    const [{ name, urls }] = fleet.describe().observers as [DescribedObserver];
    const checks = await checkDashboards({ observer: name, monitors: everyMonitor }, urls.queryFrontend, say);
    say(checkText(checks));
    return checks.every(({ right }) => right) ? 0 : 1;
}

/** Says now and then what came in; returns after `seconds`, or never. */
async function watch(fleet: Fleet, seconds: number | undefined, say: (text: string) => void): Promise<void> {
    const end = Date.now() + (seconds ?? Infinity) * 1000;
    while (Date.now() < end) {
        await sleep(Math.min(reportInterval * 1000, end - Date.now()));
        // A question that fails, because somebody has just killed Query, is no reason to end.
        say(await fleet.counts().then(counts, (error: unknown) => `Query does not answer: ${String(error)}`));
    }
}

// Whoever reads the output may be gone; there is still cleaning up to do.
for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => undefined);
}
void run(commandLine()).then((exitCode) => process.exit(exitCode));
