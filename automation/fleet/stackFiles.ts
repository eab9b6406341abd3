import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import type { Loaded } from "../../config/load";
import { ConfigError } from "../../config/problems";
import { namespace } from "../../config/schema";
import { UsageError } from "../commandLine";
import { readStackFile } from "../stackFile";
import { shardSettings, stackSettings } from "../stackSettings";
import { Inventory, type Entry } from "./inventory";
import { withValue } from "./yamlText";

/** A stack of the fleet: the environment's own, or a shard. */
export interface FleetStack {
    /** The stack's name. */
    name: string;
    /** The shard's name; unset for the environment's own stack. */
    shard?: string;
    /** Its stack file. */
    file: string;
    /** The clusters that it holds. */
    held: Entry[];
}

/** A fleet as its stack files say it, or will say it. */
export interface Fleet extends Loaded {
    inventory: Inventory;
    /** The environment's own stack. */
    environment: FleetStack;
    shards: FleetStack[];
    /** Shards that have a stack file and hold no cluster any more. */
    emptied: FleetStack[];
}

/** The stack that holds an environment's customers of one shard. */
export function stackName(environment: string, shard: string | undefined): string {
    return shard === undefined ? environment : `${environment}-${shard}`;
}

/**
 * Reads an environment's inventory, makes `edit`'s changes to it in memory, and checks what every stack file would then say.
 *
 * @throws UsageError or ConfigError with all that is wrong
 */
export function readFleet(directory: string, environment: string, edit?: (inventory: Inventory) => void): Fleet {
    // Says which stacks there are when this is none, and where the YAML is wrong.
    readStackFile(environment, undefined, directory);
    const file = stackFile(directory, environment);
    const inventory = Inventory.parse(readFileSync(file, "utf8"), file);
    edit?.(inventory);
    const { entries } = inventory;
    const held = (shard?: string) =>
        entries.filter((entry) => entry.shard === shard && entry["enrolledBy"] === undefined);
    const stackOf = (shard?: string): FleetStack => {
        const name = stackName(environment, shard);
        return { name, shard, file: stackFile(directory, name), held: held(shard) };
    };
    const used = [...new Set(entries.flatMap(({ shard }) => shard ?? []))].sort();
    const fleet = {
        inventory,
        environment: stackOf(),
        shards: used.map(stackOf),
        emptied: writtenShards(directory, environment)
            .filter((shard) => !used.includes(shard))
            .map(stackOf),
    };
    return { ...fleet, ...checked(fleet) };
}

/** Writes the stack files, where they change. */
export function writeStackFiles(fleet: Fleet): void {
    writeText(fleet.environment.file, fleet.inventory.text);
    fleet.shards.forEach((shard) => writeText(shard.file, stackText(fleet, shard)));
}

/**
 * What a stack's file is to say.
 *
 * @param pending what stands in a shard's for a kubeconfig that has not been encrypted for it yet
 */
export function stackText(
    fleet: Pick<Fleet, "inventory" | "environment">,
    stack: FleetStack,
    pending?: typeof pendingSecret,
): string {
    return stack.shard === undefined ? fleet.inventory.text : shardText(fleet, stack, pending);
}

/** Looks like something encrypted, for who only wants to know whether the config is complete. */
export const pendingSecret = { secure: "pending" };

/** Whether the environment reaches its observer with a kubeconfig in its config: a secret that each shard must be told. */
export function observerKubeconfig({ inventory }: Pick<Fleet, "inventory">): boolean {
    return (configOf(inventory.text)[observerKey] as { kubeconfig?: unknown } | undefined)?.kubeconfig !== undefined;
}

/** The key of that secret, as `pulumi config` takes it. */
export const observerKubeconfigKey = `${namespace}:observer.kubeconfig`;

const observerKey = `${namespace}:observer`;

type Config = Record<string, unknown>;

/** A shard's stack file: what it had outside `config`, such as its salt, stays. */
function shardText(
    { inventory, environment }: Pick<Fleet, "inventory" | "environment">,
    { file, shard, held }: FleetStack,
    pending: unknown,
): string {
    const own = configOf(inventory.text);
    const written = existsSync(file) ? readFileSync(file, "utf8") : "";
    const { name, context, stackReference } = (own[observerKey] ?? {}) as Config;
    const encrypted = (configOf(written)[observerKey] as Config | undefined)?.["kubeconfig"] ?? pending;
    const kubeconfig = observerKubeconfig({ inventory }) ? encrypted : undefined;
    const sections: Config = {
        environment: own[`${namespace}:environment`],
        role: "customers",
        environmentStack: environment.name,
        shard,
        readiness: own[`${namespace}:readiness`],
        observer: given({ name, context, stackReference, kubeconfig }),
        mirror: own[`${namespace}:mirror`],
        customers: held.map(({ shard: _shard, limits: _limits, ...entry }) => entry),
    };
    const config = Object.fromEntries(
        Object.entries(given(sections)).map(([section, value]) => [`${namespace}:${section}`, value]),
    );
    const header = `# Written by \`npm run fleet\` from Pulumi.${environment.name}.yaml: change that file.\n`;
    const text = withValue(written.startsWith(header) ? written : header + written, ["config"], config);
    return text.endsWith("\n") ? text : `${text}\n`;
}

function given(map: Config): Config {
    return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));
}

function stackFile(directory: string, stack: string): string {
    return join(directory, `Pulumi.${stack}.yaml`);
}

function configOf(text: string): Config {
    const content: unknown = parse(text, { merge: true, maxAliasCount: -1 });
    return (content as { config?: Config } | null)?.config ?? {};
}

function writeText(file: string, text: string): void {
    if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
        writeFileSync(file, text);
    }
}

/** The shards that have a stack file. */
function writtenShards(directory: string, environment: string): string[] {
    return readdirSync(directory).flatMap((file) => {
        const stack = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? "";
        return stack.startsWith(`${environment}-`) && belongs(join(directory, file), environment)
            ? [stack.slice(environment.length + 1)]
            : [];
    });
}

/** Whether a stack file is that of a shard of the environment. */
function belongs(file: string, environment: string): boolean {
    const config = configOf(readFileSync(file, "utf8"));
    return config[`${namespace}:role`] === "customers" && config[`${namespace}:environmentStack`] === environment;
}

/** The environment's settings, when every stack's config is right. */
function checked(fleet: Pick<Fleet, "inventory" | "environment" | "shards">): Loaded {
    const directory = mkdtempSync(join(tmpdir(), "fleet-"));
    try {
        const candidate = ({ name }: FleetStack, text: string): { stack: string; config: string } => {
            const config = stackFile(directory, name);
            writeFileSync(config, text, { mode: 0o600 });
            return { stack: name, config };
        };
        // What is wrong with an entry of a shard is wrong in the environment's file already, and is to be mended there.
        const loaded = stackSettings(candidate(fleet.environment, fleet.inventory.text));
        const problems = fleet.shards.flatMap((shard) => {
            if (existsSync(shard.file) && !belongs(shard.file, fleet.environment.name)) {
                return [
                    `${shard.file} is a stack of its own and no shard of ${fleet.environment.name}; give the shard ${shard.shard ?? ""} another name`,
                ];
            }
            try {
                shardSettings(candidate(shard, stackText(fleet, shard, pendingSecret)));
                return [];
            } catch (error) {
                if (error instanceof ConfigError || error instanceof UsageError) {
                    return [error.message];
                }
                throw error;
            }
        });
        if (problems.length > 0) {
            throw new UsageError(problems.join("\n\n"));
        }
        return loaded;
    } finally {
        rmSync(directory, { recursive: true });
    }
}
