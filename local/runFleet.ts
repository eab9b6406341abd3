import type { CleanUp } from "./cleanUp";
import { Fleet, type FleetOptions } from "./fleet";
import { findPrograms, fleetPrograms, furtherPrograms, neverBuilt, provenance, type FleetProgram } from "./programs";
import { showLines, showTree, type Step } from "./progress";

/** Who follows a fleet's start, and what ends it early. */
export interface Surroundings {
    cleanUp: CleanUp;
    /** Rejects when somebody interrupts. */
    interrupted: Promise<never>;
    say: (text: string) => void;
    /** A tree that redraws itself, for a terminal; else lines. */
    tree: boolean;
}

/** Starts a fleet, acts while it runs, and stops it in any case; `cleanUp` is left to be finished. */
export async function runFleet<Result>(
    options: FleetOptions,
    { cleanUp, interrupted, say, tree }: Surroundings,
    whileItRuns: (fleet: Fleet) => Promise<Result>,
): Promise<Result> {
    const started: { fleet?: Fleet } = {};
    const show = async (steps: Step[], until: Promise<never>) => {
        const ending = steps.map(({ title, run }) => ({
            title,
            run: (report: (text: string) => void) => Promise.race([run(report), until]),
        }));
        await (tree ? showTree(ending) : showLines(ending, say));
    };
    const prepare: Step = {
        title: "Programs and configuration",
        run: async (report) => {
            const needed = options.everything ? [...fleetPrograms, ...furtherPrograms, ...neverBuilt] : fleetPrograms;
            const programs = await findPrograms<FleetProgram>(needed, { report, cleanUp });
            started.fleet = await Fleet.prepare(options, programs, cleanUp);
            return provenance(programs);
        },
    };
    try {
        await show([prepare], interrupted);
        const { fleet } = started;
        if (fleet === undefined) {
            throw new Error("the fleet was not prepared; this is a defect of local/runFleet.ts");
        }
        const until = Promise.race([interrupted, fleet.failure]);
        await show(fleet.steps(), until);
        return await Promise.race([whileItRuns(fleet), until]);
    } finally {
        await started.fleet?.stop();
    }
}
