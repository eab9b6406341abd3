import { Namespace, NamespacePatch } from "@pulumi/kubernetes/core/v1";
import type { Release } from "@pulumi/kubernetes/helm/v3";
import type { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import { crdsRelease, namespace } from "../../platform/names";
import { clusterMetadata, skipAwait } from "./metadata";
import { chartRelease, type ReleasePolicy } from "./release";

/** What stands in a cluster before anything else: the namespace and the operator's CRDs. */
export interface Foundation {
    namespace: pulumi.Resource;
    crds: Release;
}

/** Arguments of a cluster's foundation. */
export interface FoundationArgs {
    releases: ReleasePolicy;
    /** Keep the namespace, and so every volume in it, when the cluster leaves the program. */
    retainNamespace: boolean;
}

/** Makes the namespace and the CRDs, in this order. */
export function layFoundation(
    name: string,
    args: FoundationArgs,
    opts: { parent?: pulumi.Resource; provider: Provider; aliases?: pulumi.Alias[] },
): Foundation {
    // A Patch makes the namespace, takes over one that an earlier environment left, and deletes none.
    const NamespaceKind = args.retainNamespace ? NamespacePatch : Namespace;
    const madeNamespace = new NamespaceKind(
        `${name}-namespace`,
        {
            metadata: clusterMetadata(namespace, {
                // node-exporter reads the host's /proc and /sys.
                labels: { "pod-security.kubernetes.io/enforce": "privileged" },
                annotations: args.releases.waitForWorkloads ? {} : skipAwait,
            }),
        },
        { ...opts, retainOnDelete: args.retainNamespace },
    );
    const crds = chartRelease(
        `${name}-crds`,
        {
            releaseName: crdsRelease,
            chart: "prometheusOperatorCrds",
            // Helm itself then keeps the CRDs, and with them every rule and monitor of the cluster's users.
            values: { crds: { annotations: { "helm.sh/resource-policy": "keep" } } },
            policy: args.releases,
        },
        { ...opts, dependsOn: [madeNamespace] },
    );
    return { namespace: madeNamespace, crds };
}
