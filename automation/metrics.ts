import { Command } from "commander";
import { neededMetrics, type Needer } from "../metrics/needed";
import { runCommand } from "./commandLine";
import { stackSettings } from "./stackSettings";

const command = new Command("metrics")
    .description("Which metrics a stack's agents send, and which rules and panels need each.")
    .argument("<stack>", "the stack, such as dev or prod")
    .option("--config <file>", "read this file instead of Pulumi.<stack>.yaml")
    .option("--json", "one JSON document, for programs")
    // eslint-disable-next-line @typescript-eslint/require-await -- a rejected promise is what runCommand shows
    .action(async (stack: string, options: { config?: string; json?: boolean }) => {
        const { observer, monitors } = stackSettings({ stack, config: options.config }).settings;
        const needed = neededMetrics({ observer: observer.name, monitors });
        process.stdout.write(
            options.json === true
                ? `${JSON.stringify(Object.fromEntries(needed), undefined, 2)}\n`
                : metricsText(needed, monitors.metrics),
        );
    });

/** The metrics, each with who needs it. */
function metricsText(needed: Map<string, Needer[]>, { send, also }: { send: string; also: string[] }): string {
    const lines = [...needed].flatMap(([metric, needers]) => [
        metric,
        ...needers.map(({ kind, name }) => `    ${kind} ${name}`),
    ]);
    return [
        ...lines,
        "",
        `${needed.size} metrics are needed.`,
        send === "all"
            ? "monitors.metrics.send is all: agents send every metric."
            : "Agents send these of the platform's own exporters, and all that other jobs expose.",
        ...also.map((pattern) => `Sent besides: ${pattern}`),
        "",
    ].join("\n");
}

void runCommand(command.parseAsync());
