import { setImmediate as breath } from "node:timers/promises";
import type { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import { clusterProvider, type StackReferences } from "../components/cluster/provider";
import type { ReleasePolicy } from "../components/cluster/release";
import type { RemoteWriteDestination } from "../components/cluster/remoteWriteCredentials";
import { CustomerClusters } from "../components/customer/customerClusters";
import type { Customer } from "../config/load";
import { neededMetrics } from "../metrics/needed";
import type { CustomerStatus } from "../outputs";
import { agentRelabelings } from "../platform/agent";
import type { AgentIssuer } from "../platform/credentials";
import { customerParts } from "../platform/customerParts";
import type { Monitors } from "../platform/monitors";
import { applicationsOf } from "./applications";

/** What the customers of a stack become part of. */
export interface Environment {
    /** Its name. */
    environment: string;
    /** The shard that holds the customers; unset for the environment's own stack. */
    shard?: string;
    observer: {
        name: string;
        provider: Provider;
        /** What has to be there before the inventory. */
        ready?: pulumi.Resource;
    };
    stacks: StackReferences;
    /** What signs agents' certificates. A secret. */
    issuer: pulumi.Input<AgentIssuer>;
    now: Date;
    /** Where agents write to. */
    destinations: RemoteWriteDestination[];
    releases: ReleasePolicy;
    monitors: Monitors;
    /** Whether the observer keeps logs. */
    logs: boolean;
    /** Clusters that write here as well, and that a peer's environment enrols. */
    alsoExpected?: Customer[];
}

/** Enrols the customers that a stack holds, the same in every role; returns what its outputs say of each. */
export async function enrolCustomers(
    customers: Customer[],
    { environment, observer, stacks, logs, ...rest }: Environment,
): Promise<Record<string, CustomerStatus>> {
    const needed = [...neededMetrics({ observer: observer.name, monitors: rest.monitors }).keys()];
    const clusters = customers.map((customer) => ({
        ...customer,
        imageRegistry: customer.mirror?.imageRegistry,
        parts: customerParts(customer, logs),
        applications: applicationsOf(customer),
        relabelings: agentRelabelings(customer, rest.monitors, needed),
        expected: !customer.decommissioned,
    }));
    const enrolled = new CustomerClusters("customers", { ...rest, clusters }, { observer });
    for (const cluster of clusters) {
        const access = { access: cluster, stacks, unreachable: cluster.decommissioned };
        enrolled.enrol(cluster, clusterProvider(cluster.name, { environment, cluster: cluster.name, ...access }, {}));
        // The SDK prepares everything at once that a program makes in one breath: a thousand clusters took gigabytes.
        await breath();
    }
    return Object.fromEntries(
        customers.map(({ name, tenant, decommissioned }) => [
            name,
            {
                tenant,
                status: decommissioned ? "decommissioned" : "enrolled",
                credentialExpires: enrolled.credentialExpires(name),
            },
        ]),
    );
}
