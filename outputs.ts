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

/** What an agent outside this program needs to write to the environment, besides a certificate signed by its authority. */
export interface Enrolment {
    remoteWriteUrl: string;
    /** The authority to know the endpoint by, PEM. */
    certificateAuthority: string;
    /** The regular expression that a tenant, and so a certificate's common name, must match. */
    tenantPattern: string;
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
    /** Where the blocks are kept, such as `azure:account/container`. */
    bucket: string;
    /** The environment's certificate authority, PEM. Public. */
    certificateAuthority: string;
    enrolment: Enrolment;
    /** Every customer cluster by its name. */
    customers: Record<string, CustomerStatus>;
    /** Grafana's admin password. A secret, and so an output of its own. */
    grafanaAdminPassword: string;
}

/** The outputs as the program gives them: each may become known only during `up`. */
export type ProgramOutputs = {
    [Name in Exclude<keyof Outputs, "customers">]: pulumi.Input<pulumi.Unwrap<Outputs[Name]>>;
} & {
    // Who the customers are is known at once, and only their certificates' expiry is not.
    customers: Record<string, { [Field in keyof CustomerStatus]: pulumi.Input<CustomerStatus[Field]> }>;
};

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
}
