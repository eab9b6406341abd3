import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Plan, PlannedResource } from "../../automation/planStack";
import { programDirectory } from "../../automation/stackFile";
import { secretLeaves } from "../../config/secrets";

/** The config of an example stack by section, as its file has it, with `changes` in place of whole sections. */
export function exampleSections(stack: "dev" | "prod", changes: Record<string, unknown> = {}): Record<string, unknown> {
    const file = parse(readFileSync(join(programDirectory, `Pulumi.${stack}.yaml`), "utf8")) as {
        config: Record<string, unknown>;
    };
    const sections = Object.entries(file.config).map(([key, value]) => [
        key.replace("fleet-observability:", ""),
        value,
    ]);
    return { ...(Object.fromEntries(sections) as Record<string, unknown>), ...changes };
}

/** Every secret of a config gets a value that must not be seen anywhere. */
export function plantCanaries(sections: Record<string, unknown>): string[] {
    return secretLeaves(sections)
        .filter(({ path, present }) => present || path.at(-1) !== "kubeconfig")
        .map(({ path }, position) => {
            const canary = `canary-${position}-5c1f`;
            const place = path
                .slice(0, -1)
                .reduce<unknown>((map, step) => (map as Record<string | number, unknown>)[step], sections);
            (place as Record<string | number, unknown>)[path.at(-1) ?? ""] = canary;
            return canary;
        });
}

/** Runs `use` with a stack file that has these sections. */
export async function withStackFile<Result>(
    sections: Record<string, unknown>,
    use: (file: string) => Promise<Result> | Result,
): Promise<Result> {
    const directory = mkdtempSync(join(tmpdir(), "stack-"));
    try {
        const file = join(directory, "stack.yaml");
        const config = Object.entries(sections).map(([section, value]) => [`fleet-observability:${section}`, value]);
        writeFileSync(file, stringify({ config: Object.fromEntries(config) as unknown }));
        return await use(file);
    } finally {
        rmSync(directory, { recursive: true });
    }
}

/** Stops the calendar: which certificates are due depends on the day. */
export function onOneDay(): void {
    jest.useFakeTimers({
        now: new Date("2026-06-01T00:00:00Z"),
        doNotFake: [
            "hrtime",
            "nextTick",
            "performance",
            "queueMicrotask",
            "setImmediate",
            "clearImmediate",
            "setInterval",
            "clearInterval",
            "setTimeout",
            "clearTimeout",
        ],
    });
}

/** The resources of one type, by name. */
export function ofType(plan: Plan, type: string): Map<string, PlannedResource> {
    return new Map(plan.resources.filter((resource) => resource.type === type).map((one) => [one.name, one]));
}
