import { planStack, type Plan, type PlannedResource } from "../../automation/planStack";
import { exampleSections, onOneDay, withStackFile } from "../automation/examples";

jest.setTimeout(120_000);

beforeAll(onOneDay);

const shard = "eu-1";

type Entry = Record<string, unknown> & { name: string };

const entries = exampleSections("prod").customers as Entry[];
const { observer, mirror, readiness } = exampleSections("prod") as Record<string, Record<string, unknown>>;

/** The environment with some of its customers in a shard, and that shard, as the fleet command writes it. */
async function split(sharded: string[]): Promise<{ environment: Plan; shard: Plan }> {
    const inventory = entries.map((entry) => (sharded.includes(entry.name) ? { ...entry, shard } : entry));
    return withStackFile(exampleSections("prod", { customers: inventory }), (environmentConfig) =>
        withStackFile(
            {
                environment: "prod",
                role: "customers",
                environmentStack: "prod",
                shard,
                observer: { name: observer?.name, stackReference: observer?.stackReference },
                ...(mirror === undefined ? {} : { mirror }),
                ...(readiness === undefined ? {} : { readiness }),
                customers: entries
                    .filter(({ name }) => sharded.includes(name))
                    .map(({ limits: _limits, ...entry }) => entry),
            },
            async (config) => ({
                environment: await planStack({ stack: "prod", config: environmentConfig }),
                shard: await planStack({ stack: `prod-${shard}`, config, environmentConfig }),
            }),
        ),
    );
}

/** What a resource is, whichever stack holds it. */
function content({ type, name, cluster, inputs, protect, retainOnDelete, purpose }: PlannedResource) {
    return { type, name, cluster, inputs, protect, retainOnDelete, purpose };
}

/** What is in each place, but for the stacks' own entries and the inventory, which is one object a stack. */
function inClusters(plans: Plan[]) {
    return plans
        .flatMap(({ resources }) => resources)
        .filter(({ type }) => type.startsWith("kubernetes:") || type.startsWith("pulumi:providers:kubernetes"))
        .filter(({ name }) => name !== "customers-inventory")
        .map(content)
        .sort((one, other) => (`${one.type} ${one.name}` < `${other.type} ${other.name}` ? -1 : 1));
}

function inventory(plans: Plan[]): unknown[] {
    return plans
        .flatMap(({ resources }) => resources.filter(({ name }) => name === "customers-inventory"))
        .flatMap(({ inputs }) => (inputs as { spec: { groups: { rules: unknown[] }[] } }).spec.groups[0]?.rules ?? [])
        .map((rule) => JSON.stringify(rule))
        .sort();
}

describe.each([[["acme-2", "globex-1"]], [entries.map(({ name }) => name)]])("%p in a shard", (sharded) => {
    let inline: Plan;
    let parts: { environment: Plan; shard: Plan };

    beforeAll(async () => {
        inline = await planStack({ stack: "prod" });
        parts = await split(sharded);
    });

    test("are made exactly as inline, and nothing is made twice but the way to the observer", () => {
        const apart = inClusters([parts.environment, parts.shard]);
        const twice = apart.filter(({ type, name }) => type.startsWith("pulumi:") && name === "observer-a");
        expect(twice).toHaveLength(2);
        expect(twice[0]).toEqual(twice[1]);
        expect(apart.filter((one) => one !== twice[1])).toEqual(inClusters([inline]));
    });

    test("are in the inventory as inline", () => {
        expect(inventory([parts.environment, parts.shard])).toEqual(inventory([inline]));
    });

    test("keep their names, so that their state can move from one stack to another", () => {
        const own = ({ resources }: Plan) =>
            resources
                .filter(({ name }) => sharded.some((customer) => name === customer || name.startsWith(`${customer}-`)))
                .map(({ urn }) => urn.split("::").slice(2).join("::"))
                .sort();
        expect(own(parts.shard)).toEqual(own(inline));
        // Five each, and more for what is optional.
        expect(own(parts.shard).length).toBeGreaterThanOrEqual(5 * sharded.length);
        expect(own(parts.environment)).toEqual([]);
    });

    test("are outputs of the shard, and the environment says where they are", () => {
        const all = {
            ...(parts.environment.outputs.customers as object),
            ...(parts.shard.outputs.customers as object),
        };
        expect(all).toEqual(inline.outputs.customers);
        expect(parts.environment.outputs.shards).toEqual({ [shard]: sharded });
        expect(parts.shard.outputs).toMatchObject({ contractVersion: 1, environment: "prod", shard });
    });

    test("are limited by the environment", () => {
        const limits = ({ resources }: Plan) => resources.find(({ name }) => name.endsWith("-receive-limits"))?.inputs;
        expect(limits(parts.environment)).toEqual(limits(inline));
        expect(JSON.stringify(limits(inline))).toContain("acme");
    });

    test("are made with a key that no plan shows", () => {
        expect(parts.environment.outputs.agentIssuer).toBe("[secret]");
        // The collectors know what a key begins with; none stands behind it.
        expect(JSON.stringify(parts)).not.toMatch(/PRIVATE KEY-----(\\+r?\\*n|\s)/);
    });
});

test("a shard of an environment that has never been up says what to do first", async () => {
    const sections = {
        environment: "prod",
        role: "customers",
        environmentStack: "nowhere",
        shard,
        observer: { context: "observer" },
        customers: [{ name: "acme-1", context: "acme-1" }],
    };
    const planned = withStackFile(sections, (config) => planStack({ stack: "prod-eu-1", config }));
    await expect(planned).rejects.toThrow("There is no stack nowhere");
});
