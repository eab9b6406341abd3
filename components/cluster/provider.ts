import * as k8s from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";

/** How a cluster is reached: one of the three. */
export interface ClusterAccess {
    /** The kubeconfig itself, as YAML or JSON. A secret. */
    kubeconfig?: pulumi.Input<string>;
    /** A context of the ambient kubeconfig. */
    context?: string;
    /** Another stack's output that holds the kubeconfig. */
    stackReference?: { stack: string; output: string };
}

/** The stacks that clusters' kubeconfigs are read from, each once. */
export type StackReferences = ReadonlyMap<string, pulumi.StackReference>;

/** Opens every stack that one of `clusters` refers to. */
export function openStackReferences(clusters: ClusterAccess[]): StackReferences {
    const stacks = new Set(
        clusters.flatMap((cluster) => (cluster.stackReference === undefined ? [] : [cluster.stackReference.stack])),
    );
    return new Map([...stacks].sort().map((stack) => [stack, new pulumi.StackReference(stack)]));
}

/** Arguments of a cluster's provider. */
export interface ClusterProviderArgs {
    /** The environment's name. */
    environment: string;
    /** The cluster's name. */
    cluster: string;
    access: ClusterAccess;
    stacks: StackReferences;
    /** The cluster is gone: drop its resources from the state without calling it. Default false. */
    unreachable?: boolean;
}

/**
 * The one explicit provider of a cluster. Its `clusterIdentifier` is set from the first day, so that a rotated token or
 * a moved API server is an update; without it, either would replace everything in the cluster.
 */
export function clusterProvider(name: string, args: ClusterProviderArgs, opts: pulumi.ResourceOptions): k8s.Provider {
    return new k8s.Provider(
        name,
        {
            clusterIdentifier: `fleet-observability/${args.environment}/${args.cluster}`,
            kubeconfig: kubeconfigOf(args.access, args.stacks),
            ...(args.access.context === undefined ? {} : { context: args.access.context }),
            enableServerSideApply: true,
            // Else a new certificate or a changed dashboard deletes the object and makes it again, under running pods.
            enableSecretMutable: true,
            enableConfigMapMutable: true,
            suppressHelmHookWarnings: true,
            ...(args.unreachable === true ? { deleteUnreachable: true, skipUpdateUnreachable: true } : {}),
        },
        opts,
    );
}

function kubeconfigOf(access: ClusterAccess, stacks: StackReferences): pulumi.Input<string> {
    if (access.stackReference === undefined) {
        // Empty, the provider finds the ambient files as kubectl does. Unset, the SDK would put KUBECONFIG's text here,
        // a path of one machine or a list of several that the provider cannot read.
        return access.kubeconfig ?? "";
    }
    const output = stacks.get(access.stackReference.stack)?.requireOutput(access.stackReference.output);
    return pulumi.secret(
        pulumi.output(output).apply((value: unknown) => (typeof value === "string" ? value : JSON.stringify(value))),
    );
}
