import { crossFieldProblems, type Checked } from "./rules";
import { child, schema, variant, type JsonSchema } from "./jsonSchema";
import { ConfigError, explain, setSecretCommand, unknownKey, written, type Path, type Problem } from "./problems";
import { customer, sections, type Section, type StackConfig } from "./schema";
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

/** Settings and what their owner should know about them. */
export interface Loaded {
    settings: Settings;
    /** Things that are accepted and yet worth a second look, one sentence each. */
    warnings: string[];
}

/**
 * Checks a stack's config.
 *
 * @throws ConfigError with every problem at once, each with the key, the value, what is allowed and a line to paste.
 */
export function load(raw: RawConfig): Loaded {
    const problems: Problem[] = Object.keys(raw.values)
        .filter((key) => !(key in sections))
        .map((key) => unknownKey([key], Object.keys(sections)));
    const config: Record<string, unknown> = {};
    const customers: Checked["customers"] = [];

    for (const section of Object.keys(sections) as Section[]) {
        if (section === "customers" && Array.isArray(raw.values.customers)) {
            // One wrong entry must not hide what is wrong between the others.
            raw.values.customers.forEach((entry, position) => {
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
        const parsed = sections[section].safeParse(raw.values[section]);
        if (parsed.success) {
            config[section] = parsed.data;
        } else {
            problems.push(...explain(below([section], parsed.error.issues), raw.values));
        }
    }
    problems.push(...crossFieldProblems({ config: config, customers, raw: raw.values }));

    if (problems.length > 0) {
        throw new ConfigError(raw.stack, problems);
    }
    const checked = config as StackConfig;
    const settings = {
        ...checked,
        customers: checked.customers.map((entry) => ({ ...entry, tenant: entry.tenant ?? entry.name })),
    };
    return { settings, warnings: [...plainSecrets(raw), ...reservedKeys(raw.values), ...weakPoints(settings)] };
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

function reservedKeys(values: Record<string, unknown>): string[] {
    return reservedBelow(schema, values, []).map(
        (path) => `${written(path)} is checked, and this version does nothing with it yet`,
    );
}

function reservedBelow(node: JsonSchema, data: unknown, path: Path): Path[] {
    const chosen = variant(node, data);
    if (Array.isArray(data)) {
        return data.flatMap((item, position) =>
            reservedBelow(child(chosen, position) ?? {}, item, [...path, position]),
        );
    }
    if (typeof data !== "object" || data === null) {
        return [];
    }
    return Object.entries(data as Record<string, unknown>).flatMap(([key, value]) => {
        const next = child(chosen, key) ?? {};
        // The project's own default of a reserved section is an empty map, which asks for nothing.
        const asked = typeof value !== "object" || value === null || Object.keys(value).length > 0;
        return next.reserved === true ? (asked ? [[...path, key]] : []) : reservedBelow(next, value, [...path, key]);
    });
}

function weakPoints({ alerting, storage, customers }: Settings): string[] {
    return [
        ...(Object.keys(alerting.receivers).length === 0 ? ["alerting.receivers is empty: alerts reach nobody"] : []),
        ...(alerting.deadMansSwitch === undefined
            ? ["alerting.deadMansSwitch is not set: if the platform itself dies, nobody is told"]
            : []),
        ...(storage.provider === "filesystem"
            ? ["storage.provider filesystem keeps all history on one volume; use it for trials"]
            : []),
        ...customers
            .filter((entry) => entry.profile === "l0")
            .map(
                (entry) =>
                    `customer ${entry.name} has a single agent (profile l0): what it has not sent is lost when it restarts`,
            ),
    ];
}
