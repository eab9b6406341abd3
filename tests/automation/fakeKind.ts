import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A call of the kind program. */
export interface KindCall {
    args: string[];
    stdin: string;
    /** The clusters that were being made at that moment, this one included. */
    making: number;
}

/** How a fake kind behaves. */
export interface KindBehaviour {
    /** What `kind version` says. */
    version?: string;
    /** No container engine answers. */
    unreachable?: boolean;
    /** The clusters whose node's container cannot be started. */
    failing?: string[];
    /** The clusters whose node has no kubeconfig. */
    broken?: string[];
}

/** A program called kind, in a directory of its own, that speaks like the real one (0.32) and runs nothing. */
export interface FakeKind {
    /** The directory to put on PATH. */
    directory: string;
    /** Its calls so far, in the order in which they ended. */
    calls: () => KindCall[];
    /** The clusters that it has. */
    clusters: () => string[];
    behave: (behaviour: KindBehaviour) => void;
}

/** Makes a fake kind that has some clusters already. */
export function fakeKind(clusters: string[] = []): FakeKind {
    const directory = mkdtempSync(join(tmpdir(), "fake-kind-"));
    const lines = (file: string) =>
        existsSync(join(directory, file))
            ? readFileSync(join(directory, file), "utf8").split("\n").filter(Boolean)
            : [];
    const behave = (behaviour: KindBehaviour) =>
        writeFileSync(join(directory, "behaviour.json"), JSON.stringify(behaviour));
    behave({});
    mkdirSync(join(directory, "clusters"));
    mkdirSync(join(directory, "making"));
    for (const cluster of clusters) {
        writeFileSync(join(directory, "clusters", cluster), "");
    }
    writeFileSync(
        join(directory, "kind"),
        `#!${process.execPath}
require(${JSON.stringify(join(__dirname, "fakeKindProgram.js"))})(${JSON.stringify(directory)});
`,
    );
    chmodSync(join(directory, "kind"), 0o755);
    return {
        directory,
        calls: () => lines("calls.jsonl").map((line) => JSON.parse(line) as KindCall),
        clusters: () => readdirSync(join(directory, "clusters")),
        behave,
    };
}
