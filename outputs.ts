import * as pulumi from "@pulumi/pulumi";

/** The version of the contract below; it changes when an output is removed or means something else. */
export const contractVersion = 1;

/** What a customer cluster's owner may want to know. */
export interface CustomerStatus {
    tenant: string;
    /** decommissioned: the cluster is gone, and its entry only waits to be removed. */
    status: "enrolled" | "decommissioned";
    /** When the cluster's certificate expires, RFC 3339; any `up` in its last 60 days renews it. */
    credentialExpires: string;
}

/** What a shard needs to enrol clusters, and what an agent outside this program needs besides a certificate. */
export interface Enrolment {
    remoteWriteUrl: string;
    /** The authority to know the endpoint by, PEM. */
    certificateAuthority: string;
    /** The regular expression that a tenant, and so a certificate's common name, must match. */
    tenantPattern: string;
    /** The observer's name. */
    observer: string;
    /** Where agents write to: the environment's observer first, then its peers; each with its authority, PEM. */
    destinations: { name: string; url: string; ca: string; tenantsUrl?: string }[];
    /** Whether the observer keeps logs; unset in environments of an earlier version, which keep none. */
    logs?: boolean;
    /** The config's section monitors without defaults; it decides what agents send. */
    monitors: Record<string, unknown>;
}

/** The stack's outputs: flat, so that a secret in one does not make another one secret. */
export interface Outputs {
    /** See {@link contractVersion}. */
    contractVersion: number;
    /** The environment's name. */
    environment: string;
    grafanaUrl: string;
    prometheusUrl: string;
    alertmanagerUrl: string;
    /** The query-frontend: the Prometheus API over the whole fleet. */
    queryUrl: string;
    /** Where agents write to. */
    remoteWriteUrl: string;
    /** The IP address or host name behind the remote-write host. */
    receiveAddress: string;
    /** The tenant gateway: logs in, a tenant's own metrics and logs out. Empty where there is none. */
    tenantsUrl: string;
    /** Where the blocks are kept, such as `azure:account/container`. */
    bucket: string;
    /** The environment's certificate authority, PEM. Public. */
    certificateAuthority: string;
    enrolment: Enrolment;
    /** What signs agents' certificates. A secret, and so an output of its own; only shards read it. */
    agentIssuer: { certificate: string; privateKey: string };
    /** Every customer cluster that this stack holds, by its name. */
    customers: Record<string, CustomerStatus>;
    /** The names of the clusters that shards hold, by the shard. */
    shards: Record<string, string[]>;
    /** Grafana's admin password. A secret, and so an output of its own. */
    grafanaAdminPassword: string;
}

/** The outputs that are secrets. */
export const secretOutputs = ["agentIssuer", "grafanaAdminPassword"] as const satisfies (keyof Outputs)[];

/** The outputs as the program gives them: each may become known only during `up`. */
export type ProgramOutputs = {
    [Name in Exclude<keyof Outputs, "customers" | "shards">]: pulumi.Input<pulumi.Unwrap<Outputs[Name]>>;
} & Pick<Outputs, "customers" | "shards">;

/** The outputs of a shard. */
export type ShardOutputs = Pick<Outputs, "contractVersion" | "environment" | "customers"> & { shard: string };

/** Reads an environment's outputs from another stack, each with its type. */
export class EnvironmentReference {
    private readonly stack: pulumi.StackReference;

    /** @param stack the environment's stack: organization/fleet-observability/stack */
    constructor(stack: string, opts?: pulumi.CustomResourceOptions) {
        this.stack = new pulumi.StackReference(stack, {}, opts);
    }

    /**
     * One output. The read fails when the stack does not have it.
     *
     * @example environment.get("queryUrl").apply((url) => …)
     */
    get<Name extends keyof Outputs>(name: Name): pulumi.Output<Outputs[Name]> {
        return this.stack.requireOutput(name) as pulumi.Output<Outputs[Name]>;
    }

    /** One output as it is now, to decide with what is made; undefined where the stack does not have it, or it is secret. */
    async known<Name extends keyof Outputs>(name: Name): Promise<Outputs[Name] | undefined> {
        return (await this.stack.getOutputDetails(name)).value as Outputs[Name] | undefined;
    }
}
