import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { namespace } from "../../config/schema";
import { credentialPeriod } from "../../platform/credentials";
import type { Entry } from "./inventory";

/** All that the program is made of. */
export const programFiles = [
    "Pulumi.yaml",
    "alerts",
    "charts",
    "components",
    "config",
    "dashboards",
    "index.ts",
    "metrics",
    "outputs.ts",
    "package-lock.json",
    "platform",
    "promql",
    "roles",
];

/** The digest of the program's files below `directory`: another program may make something else of the same config. */
export function programDigest(directory: string): string {
    const hash = createHash("sha256");
    const add = (path: string): void => {
        const file = join(directory, path);
        if (statSync(file).isDirectory()) {
            readdirSync(file)
                .sort()
                .forEach((entry) => add(join(path, entry)));
        } else {
            hash.update(`${path}\0`).update(readFileSync(file)).update("\0");
        }
    };
    programFiles.forEach(add);
    return hash.digest("hex");
}

/** What decides what a stack is made of. */
export interface StackInput {
    /** See {@link programDigest}. */
    program: string;
    /** The stack file's text. */
    file: string;
    /** The customers that the stack holds. */
    held: Entry[];
    /** A shard: what the environment tells it. */
    enrolment?: unknown;
    now: Date;
}

/**
 * The digest of a stack: as long as it stays the same, an `up` would change nothing. When a certificate's time to renew has come, it
 * is another one.
 */
export function stackDigest({ program, file, held, enrolment, now }: StackInput): string {
    const { config = {} } = (parse(file, { merge: true, maxAliasCount: -1 }) ?? {}) as {
        config?: Record<string, unknown>;
    };
    const customers = `${namespace}:customers`;
    const input = {
        program,
        config: {
            ...config,
            // Of a cluster that a shard holds, the environment's stack only knows who it is and what it may send.
            [customers]: ((config[customers] ?? []) as Entry[]).map((entry) =>
                entry.shard === undefined
                    ? entry
                    : { name: entry.name, tenant: entry.tenant, shard: entry.shard, limits: entry["limits"] },
            ),
        },
        enrolment,
        credentials: held.map(({ name }) => [name, credentialPeriod(name, now).start]),
        // The environment's own certificates are renewed by any `up` in their last 60 days: one has to run every month.
        month: enrolment === undefined ? Math.floor(now.getTime() / (30 * 24 * 3_600_000)) : undefined,
    };
    return createHash("sha256")
        .update(JSON.stringify(sorted(input)))
        .digest("hex")
        .slice(0, 16);
}

/** The order of a map's keys means nothing. */
function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    return typeof value === "object" && value !== null && !(value instanceof Date)
        ? Object.fromEntries(
              Object.entries(value)
                  .sort(([one], [other]) => (one < other ? -1 : 1))
                  .map(([key, item]) => [key, sorted(item)]),
          )
        : value;
}
