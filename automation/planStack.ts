import { secretLeaves } from "../config/secrets";
import { setSecretCommand, written } from "../config/problems";
import { namespace } from "../config/schema";
import { runProgram, type Registration } from "./mockEngine";
import { purposeOf } from "./purposes";
import { readStackFile, type StackFile } from "./stackFile";

/** Which stack to plan. */
export interface PlanRequest {
    /** The stack's name. */
    stack: string;
    /** A file in place of `Pulumi.<stack>.yaml`. */
    config?: string;
    /** How the program is run; as a preview when unset. */
    mode?: "preview" | "update";
    /** For a shard: a file in place of that of its environment's stack. */
    environmentConfig?: string;
}

/** A resource that `up` would make. */
export interface PlannedResource extends Registration {
    /** The cluster that it is made for; `cloud`, or `stack` for what exists in the stack's state alone. */
    cluster: string;
    /** What it is for. */
    purpose?: string;
}

/** How many resources there are in one place. */
export interface ClusterCount {
    cluster: string;
    resources: number;
    byType: Record<string, number>;
}

/** A secret that `up` needs and that is not set. */
export interface SecretToSet {
    /** The key's place, as `pulumi config set --path` takes it. */
    key: string;
    /** The command that sets it; it asks for the value. */
    command: string;
}

/** What `up` would make of a stack. Holds no secret. */
export interface Plan {
    stack: string;
    /** By URN. */
    resources: PlannedResource[];
    counts: ClusterCount[];
    outputs: Record<string, unknown>;
    secretsToSet: SecretToSet[];
    warnings: string[];
}

/**
 * Plans a stack offline, by running the program against mocks. Secrets that are not set, or that are encrypted, are
 * placeholders in it. The same stack always gives the same plan.
 *
 * @throws UsageError when there is no such stack, ConfigError when its config is not right
 */
export async function planStack({ stack, config, mode, environmentConfig }: PlanRequest): Promise<Plan> {
    const { file, secretsToSet } = withMissingSecrets(readStackFile(stack, config), stack);
    const environmentOutputs = await outputsOfEnvironment(file, environmentConfig);
    const { registrations, outputs, warnings } = await runProgram({ ...file, stack, mode, environmentOutputs });
    const places = placesOf(registrations);
    const resources = registrations
        .map((registration) => ({
            ...registration,
            cluster: places.get(registration.urn) ?? "stack",
            purpose: purposeOf(registration),
        }))
        .sort((one, other) => compare(one.urn, other.urn));
    return {
        stack,
        resources,
        counts: countsOf(resources),
        outputs: sortedKeys(outputs),
        secretsToSet,
        warnings,
    };
}

/** What a shard reads of its environment, as that would be after its `up`; undefined for an environment itself. */
async function outputsOfEnvironment(
    { config }: StackFile,
    environmentConfig: string | undefined,
): Promise<Record<string, unknown> | undefined> {
    const environmentStack = config[`${namespace}:environmentStack`];
    if (config[`${namespace}:role`] !== "customers" || typeof environmentStack !== "string") {
        return undefined;
    }
    const stack = environmentStack.slice(environmentStack.lastIndexOf("/") + 1);
    const { file } = withMissingSecrets(readStackFile(stack, environmentConfig), stack);
    return (await runProgram({ ...file, stack, mode: "update" })).clearOutputs;
}

/** Text in code point order: the same on every machine, whatever its locale. */
export function compare(one: string, other: string): number {
    return one < other ? -1 : one > other ? 1 : 0;
}

/** Puts a placeholder where a secret is missing that the program cannot do without. */
export function withMissingSecrets(file: StackFile, stack: string): { file: StackFile; secretsToSet: SecretToSet[] } {
    const prefix = `${namespace}:`;
    const config = structuredClone(file.config);
    const sections = Object.fromEntries(
        Object.entries(config).flatMap(([key, value]) =>
            key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
        ),
    );
    const missing = secretLeaves(sections).filter(({ required, present }) => required && !present);
    for (const { path } of missing) {
        const place = path.slice(0, -1).reduce<unknown>((map, step) => (map as Tree)[step], sections) as Tree;
        place[path.at(-1) ?? ""] = "<not set>";
    }
    return {
        file: {
            ...file,
            config,
            // Set with the command that the plan prints, they will be encrypted.
            encrypted: new Set([...file.encrypted, ...missing.map(({ path }) => `${prefix}${path[0]}`)]),
        },
        secretsToSet: missing.map(({ path }) => ({
            key: written(path),
            command: `${setSecretCommand(path)} --stack ${stack}`,
        })),
    };
}

type Tree = Record<string | number, unknown>;

/** Where each resource is made: by its Kubernetes provider, its cloud, or else the component above it. */
function placesOf(registrations: Registration[]): Map<string, string> {
    const byUrn = new Map(registrations.map((registration) => [registration.urn, registration]));
    const place = (registration: Registration | undefined): string => {
        if (registration === undefined) {
            return "stack";
        }
        const provider = byUrn.get(registration.provider ?? registration.urn);
        const identifier = provider?.inputs["clusterIdentifier"];
        if (typeof identifier === "string") {
            return identifier.slice(identifier.lastIndexOf("/") + 1);
        }
        if (/^(pulumi:providers:)?(azure-native|aws)(:|$)/.test(registration.type)) {
            return "cloud";
        }
        const cluster = registration.inputs["cluster"];
        return typeof cluster === "string" ? cluster : place(byUrn.get(registration.parent ?? ""));
    };
    return new Map(registrations.map((registration) => [registration.urn, place(registration)]));
}

function countsOf(resources: PlannedResource[]): ClusterCount[] {
    return [...new Set(resources.map(({ cluster }) => cluster))].sort(compare).map((cluster) => {
        const here = resources.filter((resource) => resource.cluster === cluster);
        const types = [...new Set(here.map(({ type }) => type))].sort(compare);
        return {
            cluster,
            resources: here.length,
            byType: Object.fromEntries(types.map((type) => [type, here.filter((one) => one.type === type).length])),
        };
    });
}

function sortedKeys(map: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(map).sort(([one], [other]) => compare(one, other)));
}
