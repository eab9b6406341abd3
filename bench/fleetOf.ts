import { namespace } from "../config/schema";
import type { ExpectedCluster } from "../alerts";
import type { TenantLimits } from "../platform/tenancy";

/** A stack's config, as its stack file has it. */
export interface StackConfigFile {
    /** The stack's name. */
    stack: string;
    /** By key with its namespace. */
    config: Record<string, unknown>;
}

/** A fleet as stacks: the environment's own, and its shards'. */
export interface Fleet {
    environment: StackConfigFile;
    shards: StackConfigFile[];
}

/** The environment's name, and that of its stack. */
const environment = "scale";

const observer = { name: "observer", context: "observer" };

/** What a customer of a made-up fleet may send. */
const limits = { activeSeries: 100_000, samplesPerRequest: 10_000 };

/** The clusters of a made-up fleet: each is a customer of its own, the dearest case. */
function clusters(count: number) {
    return Array.from({ length: count }, (_, index) => {
        const name = `customer-${String(index + 1).padStart(5, "0")}`;
        return { name, tenant: name, context: name };
    });
}

/** A fleet of `customers` that the environment's own stack makes, all of them. */
export function inlineFleet(customers: number): Fleet {
    return { environment: environmentOf(clusters(customers)), shards: [] };
}

/** The same fleet in shards of at most `perShard` customers. */
export function shardedFleet(customers: number, perShard: number): Fleet {
    const all = clusters(customers);
    const shards = Array.from({ length: Math.ceil(customers / perShard) }, (_, index) => ({
        shard: `shard-${String(index + 1).padStart(3, "0")}`,
        members: all.slice(index * perShard, (index + 1) * perShard),
    }));
    return {
        environment: environmentOf(shards.flatMap(({ shard, members }) => members.map((one) => ({ ...one, shard })))),
        shards: shards.map(({ shard, members }) =>
            stackOf(`${environment}-${shard}`, {
                environment,
                role: "customers",
                environmentStack: environment,
                shard,
                observer,
                customers: members,
            }),
        ),
    };
}

function environmentOf(customers: object[]): StackConfigFile {
    return stackOf(environment, {
        environment,
        observer: { ...observer, size: "large" },
        storage: { provider: "filesystem" },
        ingress: { privateZone: "scale.internal" },
        customers: customers.map((customer) => ({ ...customer, limits })),
    });
}

function stackOf(stack: string, sections: Record<string, unknown>): StackConfigFile {
    const config = Object.entries(sections).map(([section, value]) => [`${namespace}:${section}`, value]);
    return { stack, config: Object.fromEntries(config) as Record<string, unknown> };
}

/** What the tenants of a made-up fleet may send. */
export function limitsOf(customers: number): TenantLimits[] {
    return clusters(customers).map(({ tenant }) => ({ tenant, ...limits }));
}

/** The inventory's entries of a made-up fleet. */
export function expectedOf(customers: number): ExpectedCluster[] {
    return clusters(customers).map(({ name, tenant }) => ({
        name,
        tenant,
        profile: "standard",
        platform: "kubeadm",
        credentialExpires: "2030-01-01T00:00:00.000Z",
    }));
}
