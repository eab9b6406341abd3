/** Who is told how the stacks of a run get on. */
export interface Progress {
    /** These stacks are going to have their turn. */
    begin(stacks: string[]): void;
    /** What goes on in a stack now. */
    say(stack: string, text: string): void;
    /** How a stack ended: well, when unset. */
    end(stack: string, text: string, well?: boolean): void;
    /** Resolves when everything is shown. */
    close(): Promise<void>;
}

/** A line an event, with the time and the stack. */
export function lineProgress(write: (line: string) => void, now: () => Date = () => new Date()): Progress {
    const line = (stack: string, text: string) => write(`${now().toISOString()} ${stack} ${text}`);
    return {
        begin: () => undefined,
        say: line,
        end: line,
        close: () => Promise.resolve(),
    };
}

/** A tree that redraws itself, a line a stack. For a terminal. */
export function treeProgress(): Progress {
    const shown = new Map<string, { say: (text: string) => void; end: (text: string, well: boolean) => void }>();
    let trees: Promise<unknown> = Promise.resolve();
    return {
        begin(stacks) {
            // What is said before the tree is drawn is told once it is.
            const tasks = stacks.map((stack) => {
                const task: { output?: string; title?: string } = {};
                let target: typeof task = task;
                let finish: (well: boolean) => void = () => undefined;
                const ended = new Promise<boolean>((resolve) => (finish = resolve));
                shown.set(stack, {
                    say: (text) => (target.output = text),
                    end: (text, well) => {
                        target.title = `${stack}: ${text}`;
                        finish(well);
                    },
                });
                return {
                    title: stack,
                    task: async (_: unknown, drawn: typeof task) => {
                        target = Object.assign(drawn, task);
                        if (!(await ended)) {
                            throw new Error(stack);
                        }
                    },
                };
            });
            const before = trees;
            trees = import("listr2").then(async ({ Listr }) => {
                await before;
                await new Listr(tasks, {
                    concurrent: true,
                    exitOnError: false,
                    registerSignalListeners: false,
                    rendererOptions: { showErrorMessage: false },
                }).run();
            });
        },
        say: (stack, text) => shown.get(stack)?.say(text),
        end: (stack, text, well = true) => shown.get(stack)?.end(text, well),
        close: async () => void (await trees),
    };
}
