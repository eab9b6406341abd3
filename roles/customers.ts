import * as pulumi from "@pulumi/pulumi";
import { clusterProvider, openStackReferences } from "../components/cluster/provider";
import { releasePolicy } from "../components/cluster/release";
import type { ShardSettings } from "../config/load";
import { completeMonitors } from "../config/monitors";
import { contractVersion, EnvironmentReference, type ShardOutputs } from "../outputs";
import { enrolCustomers } from "./enrolment";

/** Role customers: a shard of the customer clusters of an environment that is a stack of its own. */
export async function customersStack(settings: ShardSettings, now: Date): Promise<ShardOutputs> {
    const { environment, shard, observer } = settings;
    const stack = settings.environmentStack.includes("/")
        ? settings.environmentStack
        : `${pulumi.getOrganization()}/${pulumi.getProject()}/${settings.environmentStack}`;
    const reference = new EnvironmentReference(stack);
    const enrolment = await reference.known("enrolment");
    if (enrolment?.destinations === undefined) {
        throw new pulumi.RunError(
            `Stack ${stack} has no output enrolment that a shard can read (contract ${contractVersion}). Run \`up\` on it ` +
                "with this version of the program first, then on this shard.",
        );
    }
    const stacks = openStackReferences([observer, ...settings.customers]);
    const customers = await enrolCustomers(settings.customers, {
        environment,
        shard,
        observer: {
            name: enrolment.observer,
            provider: clusterProvider(
                enrolment.observer,
                { environment, cluster: enrolment.observer, access: observer, stacks },
                {},
            ),
        },
        stacks,
        issuer: reference.get("agentIssuer"),
        now,
        destinations: enrolment.destinations,
        releases: releasePolicy(settings),
        monitors: completeMonitors(enrolment.monitors),
        logs: enrolment.logs ?? false,
    });
    return { contractVersion, environment, shard, customers };
}
