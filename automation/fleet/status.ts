import { ofNoApplication } from "../../platform/application";
import { inParallel } from "../parallel";
import type { Query } from "./query";
import type { Fleet, FleetStack } from "./stackFiles";
import type { Known } from "./stackRuns";

/** How one customer's cluster stands. */
export interface ClusterStatus {
    name: string;
    tenant: string;
    stack: string;
    /** `not onboarded` as long as no `up` has made it, `not in the inventory` until an `up` removes it. */
    status: "enrolled" | "decommissioned" | "not onboarded" | "not in the inventory";
    /** When its certificate expires, RFC 3339. */
    credentialExpires?: string;
    /** The last update of its stack. */
    lastUpdate?: { kind: string; result: string; at: Date };
    /** When its last sample came; null when none came in the last day. Unset where nobody could say or nothing is expected. */
    lastSample?: Date | null;
    /** It is to report, and does not. */
    silent: boolean;
}

/** How a fleet stands. */
export interface FleetStatus {
    environment: string;
    clusters: ClusterStatus[];
    /** Why nobody knows about samples. */
    samplesUnknown?: string;
    /** Nothing is silent, and no last update failed. */
    well: boolean;
}

/** Puts together what the inventory, the stacks and Query say. */
export async function statusOf(
    fleet: Fleet,
    about: (stack: FleetStack) => Promise<Known>,
    query: () => Promise<Query>,
    now: Date,
): Promise<FleetStatus> {
    const clusters = (
        await inParallel([fleet.environment, ...fleet.shards, ...fleet.emptied], 4, async (stack) =>
            clustersOf(fleet, stack, await about(stack)),
        )
    ).flat();
    const environment = fleet.environment.name;
    const expected = clusters.filter(({ status }) => status === "enrolled").map(({ name }) => name);
    const updated = clusters.every(({ lastUpdate }) => lastUpdate?.result !== "failed");
    if (fleet.settings.readiness === "skip") {
        return { environment, clusters, samplesUnknown: "readiness is skip: no agent runs yet", well: updated };
    }
    try {
        const seen = await lastSamples(await query(), expected);
        const seenClusters = clusters.map((cluster) => {
            const lastSample = expected.includes(cluster.name) ? (seen.get(cluster.name) ?? null) : undefined;
            const silent = lastSample !== undefined && (lastSample?.getTime() ?? 0) < now.getTime() - staleAfter;
            return { ...cluster, lastSample, silent };
        });
        return { environment, clusters: seenClusters, well: updated && !seenClusters.some(({ silent }) => silent) };
    } catch (error) {
        const samplesUnknown = error instanceof Error ? error.message : String(error);
        return { environment, clusters, samplesUnknown, well: updated };
    }
}

/** Milliseconds after which Prometheus itself takes a series for gone. */
const staleAfter = 5 * 60_000;

function clustersOf(fleet: Fleet, stack: FleetStack, { outputs, lastUpdate }: Known): ClusterStatus[] {
    const made = outputs.customers ?? {};
    const update =
        lastUpdate === undefined
            ? undefined
            : { kind: lastUpdate.kind, result: lastUpdate.result, at: lastUpdate.endTime };
    const names = [...new Set([...stack.held.map(({ name }) => name), ...Object.keys(made)])];
    return names.map((name) => {
        const held = stack.held.some((entry) => entry.name === name);
        const known = fleet.settings.customers.find((customer) => customer.name === name);
        return {
            name,
            tenant: known?.tenant ?? made[name]?.tenant ?? name,
            stack: stack.name,
            status: held ? (made[name]?.status ?? "not onboarded") : "not in the inventory",
            credentialExpires: made[name]?.credentialExpires,
            lastUpdate: update,
            silent: false,
        };
    });
}

/** When each cluster's last sample came, of those that sent one in the last day. */
async function lastSamples(query: Query, clusters: string[]): Promise<Map<string, Date>> {
    const when = async (expression: string) =>
        new Map(
            (await query(expression)).map(({ labels, value }) => [labels["cluster"] ?? "", new Date(value * 1000)]),
        );
    const recent = await when(`max by (cluster) (timestamp(up{${ofNoApplication}}))`);
    const missing = clusters.filter((name) => !recent.has(name));
    if (missing.length === 0) {
        return recent;
    }
    // Over the whole day only for those that need it: it reads every sample.
    const earlier = await when(
        `max by (cluster) (max_over_time(timestamp(up{${ofNoApplication},cluster=~"${missing.join("|")}"})[1d:5m]))`,
    );
    return new Map([...earlier, ...recent]);
}
