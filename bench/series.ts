import { Command } from "commander";
import { runCommand, UsageError } from "../automation/commandLine";
import { stackSettings } from "../automation/stackSettings";
import { neededMetrics } from "../metrics/needed";
import { addSeries, savings, savingsTable } from "./savings";
import { fromPage, fromPrometheus, fromThisMachine } from "./sources";

interface Options {
    stack: string;
    config?: string;
    from?: string;
    page: string[];
}

const command = new Command("bench:series")
    .description("How many series the keep-list saves, of all that the charts' exporters expose.")
    .option("--stack <stack>", "whose rules and dashboards say what is needed", "prod")
    .option("--config <file>", "read this file instead of Pulumi.<stack>.yaml")
    .option("--from <url>", "ask this Prometheus, instead of starting a node_exporter and an agent here")
    .option(
        "--page <job=place>",
        "count this /metrics page too: a file, or a URL; may be given more than once",
        (page: string, pages: string[]) => [...pages, page],
        [],
    )
    .action(async (options: Options) => {
        const { observer, monitors } = stackSettings(options).settings;
        const needed = neededMetrics({ observer: observer.name, monitors });
        const pages = await Promise.all(
            options.page.map(jobAndPlace).map(async ([job, place]) => ({ job, series: await fromPage(place) })),
        );
        const counts =
            options.from === undefined
                ? await fromThisMachine((text) => process.stderr.write(`${text}\n`))
                : await fromPrometheus(options.from);
        for (const { job, series } of pages) {
            addSeries(counts, job, series);
        }
        process.stdout.write(savingsTable(savings(counts, needed.keys(), monitors.metrics.also)));
    });

function jobAndPlace(page: string): [job: string, place: string] {
    const [, job, place] = /^([^=]+)=(.+)$/.exec(page) ?? [];
    if (job === undefined || place === undefined) {
        throw new UsageError(`--page ${page}: give a job and where its page is, such as kubelet=page.txt`);
    }
    return [job, place];
}

void runCommand(command.parseAsync());
