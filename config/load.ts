import { crossFieldProblems, type Checked } from "./rules";
import { preset, tenantShare } from "../platform/sizes";
import { ConfigError, explain, setSecretCommand, unknownKey, written, type Path, type Problem } from "./problems";
import { customer, sections, shardSections, type Section, type StackConfig } from "./schema";
import { secretLeaves } from "./secrets";

/** A stack's config as it was read: plain values by section, without the namespace. */
export interface RawConfig {
    /** The stack's name, for messages. */
    stack: string;
    values: Record<string, unknown>;
    /** The sections that hold anything encrypted. */
    encrypted: ReadonlySet<string>;
}

/** A customer cluster whose tenant is known. */
export type Customer = StackConfig["customers"][number] & { tenant: string };

/** What the program runs on: the config, checked, complete, with every secret as a Pulumi secret Output. */
export interface Settings extends StackConfig {
    customers: Customer[];
}

/** The same of a stack of role customers. */
export type ShardSettings = Pick<StackConfig, "environment" | "readiness" | "mirror"> & {
    environmentStack: string;
    shard: string;
    /** The observer, where the clusters' inventory stands. */
    observer: Pick<StackConfig["observer"], "name" | "kubeconfig" | "context" | "stackReference">;
    customers: Customer[];
};

/** Settings and what their owner should know about them. */
export interface Loaded<Kind = Settings> {
    settings: Kind;
    /** Things that are accepted and yet worth a second look, one sentence each. */
    warnings: string[];
}

/** Whether a stack's config is that of a shard, a stack of role customers. */
export function isShard(raw: RawConfig): boolean {
    return raw.values.role === "customers";
}

/**
 * Checks the config of an environment's stack.
 *
 * @throws ConfigError with every problem at once, each with the key, the value, what is allowed and a line to paste.
 */
export function load(raw: RawConfig): Loaded {
    const config = checked(raw, Object.keys(sections) as Section[]) as StackConfig;
    const settings = { ...config, customers: config.customers.map(withTenant) };
    return { settings, warnings: [...plainSecrets(raw), ...weakPoints(settings)] };
}

/**
 * Checks the config of a shard.
 *
 * @throws ConfigError as {@link load} does
 */
export function loadShard(raw: RawConfig): Loaded<ShardSettings> {
    const config = checked(raw, shardSections) as Pick<StackConfig, (typeof shardSections)[number]>;
    const { environment, environmentStack = "", shard = "", readiness, mirror, observer } = config;
    const customers = config.customers.map(withTenant);
    return {
        settings: { environment, environmentStack, shard, readiness, mirror, observer, customers },
        warnings: [...plainSecrets(raw), ...singleAgents(customers)],
    };
}

function withTenant(entry: StackConfig["customers"][number]): Customer {
    return { ...entry, tenant: entry.tenant ?? entry.name };
}

/** The sections of a stack, where nothing is wrong with any of them. */
function checked(raw: RawConfig, read: readonly Section[]): Partial<StackConfig> {
    const problems: Problem[] = Object.keys(raw.values)
        .filter((key) => !(key in sections))
        .map((key) => unknownKey([key], Object.keys(sections)));
    const config: Record<string, unknown> = {};
    const customers: Checked["customers"] = [];

    for (const section of read) {
        // The project's own default of a text that may be left out is empty.
        const value = raw.values[section] === "" ? undefined : raw.values[section];
        if (section === "customers" && Array.isArray(value)) {
            // One wrong entry must not hide what is wrong between the others.
            value.forEach((entry, position) => {
                const parsed = customer.safeParse(entry);
                if (parsed.success) {
                    customers.push({ position, customer: parsed.data });
                } else {
                    problems.push(...explain(below(["customers", position], parsed.error.issues), raw.values));
                }
            });
            config.customers = customers.map((entry) => entry.customer);
            continue;
        }
        const parsed = sections[section].safeParse(value);
        if (parsed.success) {
            config[section] = parsed.data;
        } else {
            problems.push(...explain(below([section], parsed.error.issues), raw.values));
        }
    }
    problems.push(...crossFieldProblems({ config, customers, raw: raw.values, shard: isShard(raw) }));
    if (problems.length > 0) {
        throw new ConfigError(raw.stack, problems);
    }
    return config;
}

function below<Issue extends { path: PropertyKey[] }>(path: Path, issues: Issue[]): Issue[] {
    return issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] }));
}

function plainSecrets(raw: RawConfig): string[] {
    return secretLeaves(raw.values)
        .filter((leaf) => leaf.present && !raw.encrypted.has(String(leaf.path[0])))
        .map(
            (leaf) =>
                `${written(leaf.path)} is a secret and stands in clear in the stack file; encrypt it: ${setSecretCommand(leaf.path)}`,
        );
}

function weakPoints({ alerting, observer, storage, customers }: Settings): string[] {
    const tenants = new Set(customers.map(({ tenant }) => tenant)).size;
    const share = tenantShare(tenants, preset(observer));
    return [
        ...(share > 0.5
            ? [
                  `${tenants} tenants take ${(share * 100).toFixed(0)} % of every ingestor's memory before their first series; choose a larger observer.size, or one tenant for all clusters of a customer`,
              ]
            : []),
        ...(Object.keys(alerting.receivers).length === 0 ? ["alerting.receivers is empty: alerts reach nobody"] : []),
        ...(alerting.deadMansSwitch === undefined
            ? ["alerting.deadMansSwitch is not set: if the platform itself dies, nobody is told"]
            : []),
        ...(storage.provider === "filesystem"
            ? ["storage.provider filesystem keeps all history on one volume; use it for trials"]
            : []),
        ...singleAgents(heldCustomers(customers)),
    ];
}

/** The customers whose agents an environment's own stack makes. */
export function heldCustomers(customers: Customer[]): Customer[] {
    return customers.filter(({ shard, enrolledBy }) => shard === undefined && enrolledBy === undefined);
}

function singleAgents(customers: Customer[]): string[] {
    return customers
        .filter((entry) => entry.profile === "l0")
        .map(
            (entry) =>
                `customer ${entry.name} has a single agent (profile l0): what it has not sent is lost when it restarts`,
        );
}
