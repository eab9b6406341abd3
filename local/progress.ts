/** One step of the start-up. */
export interface Step {
    title: string;
    /** Does it, reporting what is going on; returns what there is to say when it is done. */
    run: (report: (text: string) => void) => Promise<string>;
}

/** Seconds between two reports of one step that are printed as lines. */
const reportInterval = 5_000;

/** Runs `steps` one after the other, showing them as a tree that redraws itself. For a terminal. */
export async function showTree(steps: Step[]): Promise<void> {
    const { Listr } = await import("listr2");
    const tree = new Listr<unknown>(
        steps.map((step) => ({
            title: step.title,
            task: async (_, task) => {
                const begun = Date.now();
                const done = await step.run((text) => {
                    task.output = text;
                });
                task.title = finished(step.title, done, begun);
            },
        })),
        // Signals are the fleet's affair.
        { registerSignalListeners: false, rendererOptions: { showErrorMessage: false, collapseErrors: false } },
    );
    await tree.run();
}

/** Runs `steps` one after the other, a line each when it is done, and one now and then while it takes long. */
export async function showLines(steps: Step[], write: (line: string) => void): Promise<void> {
    for (const step of steps) {
        const begun = Date.now();
        let reported = begun;
        const done = await step.run((text) => {
            if (Date.now() - reported >= reportInterval) {
                reported = Date.now();
                write(`  ${step.title}: ${text}`);
            }
        });
        write(finished(step.title, done, begun));
    }
}

function finished(title: string, done: string, begun: number): string {
    const seconds = ((Date.now() - begun) / 1000).toFixed(1);
    return `${title} (${seconds} s)${done === "" ? "" : `: ${done}`}`;
}
