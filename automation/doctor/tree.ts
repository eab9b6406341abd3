import type { ListrTask } from "listr2" with { "resolution-mode": "import" };
import { gravest, type Group, type Result } from "./check";
import { line } from "./report";

/** A tree on a terminal that shows what is done and what is not. */
export interface Tree {
    /** Shows a result. */
    done(result: Result): void;
    /** Resolves when everything is shown. */
    shown: Promise<unknown>;
}

/** Draws the tree: groups, and below each its checks. */
export async function growTree(groups: Group[]): Promise<Tree> {
    // An ES module.
    const { Listr } = await import("listr2");
    const waiting = new Map<string, (result: Result) => void>();
    const keyOf = ({ group, title }: Pick<Result, "group" | "title">) => `${group}\0${title}`;
    const leaf = (group: string, title: string): ListrTask => {
        const result = new Promise<Result>((resolve) => waiting.set(keyOf({ group, title }), resolve));
        return {
            title,
            task: async (_, task) => {
                const done = await result;
                const level = gravest(done.findings);
                task.title = line(done);
                if (level === "problem") {
                    throw new Error(task.title);
                }
                if (level !== "ok") {
                    task.skip(task.title);
                }
            },
        };
    };
    const together = { concurrent: true, exitOnError: false } as const;
    const branches = groups.map(({ name, stages }): ListrTask => {
        const leaves = stages.flat().map(({ title }) => leaf(name, title));
        return {
            title: name,
            task: (_, task) => task.newListr(leaves, { ...together, rendererOptions: { collapseSubtasks: false } }),
        };
    });
    const tree = new Listr(branches, {
        ...together,
        // Signals are the command's affair; what is wrong is told in the summary.
        registerSignalListeners: false,
        rendererOptions: {
            showErrorMessage: false,
            collapseErrors: false,
            collapseSkips: true,
            showSkipMessage: false,
        },
    });
    return { done: (result) => waiting.get(keyOf(result))?.(result), shown: tree.run() };
}
