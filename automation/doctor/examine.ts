import { inParallel } from "../parallel";
import { problem, reason, skipped, Failure, type Check, type Examined, type Group, type Result } from "./check";

/** How checks are run. */
export interface Pace {
    /** Clusters that are looked at at once. */
    parallel: number;
    /** Milliseconds that one check may take. */
    timeout: number;
}

/**
 * Runs every check: groups at the same time, of clusters only so many, each check with its own deadline.
 *
 * @param done told of each result as it comes
 * @returns the results in the order of the groups
 */
export async function examine(groups: Group[], pace: Pace, done: (result: Result) => void): Promise<Result[]> {
    const results = new Map<Group, Result[]>();
    const one = async (group: Group) => {
        results.set(group, await examineGroup(group, pace.timeout, done));
    };
    // A cluster that hangs holds up only what would come after it in its place.
    await Promise.all([
        ...groups.filter(({ cluster }) => !cluster).map(one),
        inParallel(
            groups.filter(({ cluster }) => cluster),
            pace.parallel,
            one,
        ),
    ]);
    return groups.flatMap((group) => results.get(group) ?? []);
}

async function examineGroup(group: Group, timeout: number, done: (result: Result) => void): Promise<Result[]> {
    const results: Result[] = [];
    let blocked: string | undefined;
    for (const stage of group.stages) {
        const outcomes = await Promise.all(
            stage.map(async (check) => {
                const begun = performance.now();
                const examined = blocked === undefined ? await inTime(check, timeout) : notLookedAt(blocked);
                const { lookedAt, findings } = examined;
                const seconds = Math.round(performance.now() - begun) / 1000;
                const result = { group: group.name, title: check.title, lookedAt, findings, seconds };
                done(result);
                return { result, blocks: examined.blocks };
            }),
        );
        results.push(...outcomes.map(({ result }) => result));
        blocked ??= outcomes.find(({ blocks }) => blocks !== undefined)?.blocks;
    }
    return results;
}

function notLookedAt(why: string): Examined {
    return { lookedAt: "nothing", findings: [skipped(why)] };
}

async function inTime(check: Check, timeout: number): Promise<Examined> {
    const controller = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
            controller.abort();
            reject(
                new Failure(`no answer within ${timeout / 1000} s`, check.whenLate ?? "give it longer with --timeout"),
            );
        }, timeout);
    });
    try {
        return await Promise.race([check.examine(controller.signal), late]);
    } catch (error) {
        const fix = error instanceof Failure ? error.fix : undefined;
        return {
            lookedAt: check.title,
            findings: [problem(reason(error), fix)],
            blocks: `${check.title}: ${reason(error)}`,
        };
    } finally {
        clearTimeout(timer);
    }
}
