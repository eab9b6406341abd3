import { Command, InvalidArgumentError } from "commander";
import { setTimeout as sleep } from "node:timers/promises";
import { deadMansSwitchFile } from "../platform/alertmanager";
import { CleanUp } from "./cleanUp";
import { Fleet } from "./fleet";
import { Interruption, untilInterrupted } from "./interruption";
import { fleetPrograms, findPrograms, provenance } from "./programs";
import { showLines, showTree, type Step } from "./progress";
import { counts, overview } from "./overview";

/** Seconds between two reports on what came in. */
const reportInterval = 15;

/** What the command line says. */
interface Options {
    for?: number;
    customers: number;
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
        .option("--json", "print one JSON document on stdout once the fleet runs, and progress on stderr", false)
        .option("--keep <directory>", "put all data, configuration and logs there, and leave them there")
        .parse()
        .opts<Options>();
}

function wholeNumber(from: number, to: number) {
    return (text: string): number => {
        const number = Number(text);
        if (!/^\d+$/.test(text) || number < from || number > to) {
            throw new InvalidArgumentError(`Give a whole number from ${from} to ${to}.`);
        }
        return number;
    };
}

/** Runs a fleet until it is stopped or fails; returns the exit code. */
async function run(options: Options): Promise<number> {
    const say = (text: string) => void (options.json ? process.stderr : process.stdout).write(`${text}\n`);
    const cleanUp = new CleanUp();
    const interrupted = untilInterrupted(() => void cleanUp.finish().then(() => process.exit(130)));
    const started: { fleet?: Fleet } = {};
    let runs = false;

    const show = async (steps: Step[], until: Promise<never>) => {
        const ending = steps.map(({ title, run }) => ({
            title,
            run: (report: (text: string) => void) => Promise.race([run(report), until]),
        }));
        await (process.stdout.isTTY && !options.json ? showTree(ending) : showLines(ending, say));
    };

    const prepare: Step[] = [
        {
            title: "Programs and configuration",
            run: async (report) => {
                const programs = await findPrograms(fleetPrograms, { report, cleanUp });
                started.fleet = await Fleet.prepare(
                    {
                        customers: options.customers,
                        keep: options.keep,
                        // The heartbeat comes every minute: that is its work, not news.
                        notified: ({ receiver, body }) => {
                            if (runs && receiver !== deadMansSwitchFile) {
                                say(
                                    `Alertmanager to ${receiver}: ${(body.alerts ?? []).map(({ labels }) => labels.alertname).join(", ")}`,
                                );
                            }
                        },
                    },
                    programs,
                    cleanUp,
                );
                return provenance(programs);
            },
        },
    ];

    try {
        await show(prepare, interrupted);
        const { fleet } = started;
        if (fleet === undefined) {
            throw new Error("the fleet was not prepared; this is a defect of local/main.ts");
        }
        const until = Promise.race([interrupted, fleet.failure]);
        await show(fleet.steps(), until);
        runs = true;
        if (options.json) {
            process.stdout.write(`${JSON.stringify(fleet.describe(), undefined, 4)}\n`);
        }
        say(overview(fleet.describe(), options));
        await Promise.race([watch(fleet, options.for, say), until]);
        return 0;
    } catch (error) {
        if (error instanceof Interruption) {
            say(`Stopping: ${error.message}`);
            return runs ? 0 : error.exitCode;
        }
        say(`\nThe local fleet failed: ${error instanceof Error ? error.message : String(error)}`);
        return 1;
    } finally {
        runs = false;
        await started.fleet?.stop();
        await cleanUp.finish();
    }
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
