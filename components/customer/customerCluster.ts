import { Secret } from "@pulumi/kubernetes/core/v1";
import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { credentialExpiry, inventoryGroup } from "../../alerts";
import type { Platform, Profile } from "../../platform/agent";
import { clientTerms } from "../../platform/certificates";
import type { Monitors } from "../../platform/monitors";
import { kubePrometheusStackRelease, objects } from "../../platform/names";
import type { Relabeling } from "../../platform/relabeling";
import { issueCertificate } from "../certificateAuthority";
import { layFoundation } from "../cluster/foundation";
import { metadata } from "../cluster/metadata";
import { chartRelease, type ReleasePolicy } from "../cluster/release";
import { rulerRule } from "../cluster/rulerRule";
import { agentValues } from "./agentValues";

/** An observer that a customer writes to. */
export interface RemoteWriteDestination {
    /** The observer's name: the queue's name in the agent's metrics. */
    name: string;
    /** The whole URL, https. */
    url: string;
    /** The certificate authority of the endpoint, PEM. */
    ca: pulumi.Input<string>;
}

/** Arguments of a customer cluster. */
export interface CustomerClusterArgs {
    /** The cluster's name: its `cluster` label. */
    cluster: string;
    /** The customer: the common name of the cluster's certificate. */
    tenant: string;
    platform: Platform;
    profile: Profile;
    externalLabels: Record<string, string>;
    /** The StorageClass of the agents' write-ahead log; the cluster's default when unset. */
    storageClass?: string;
    /** The size of each agent's write-ahead log. */
    walSize: string;
    /** The environment's authority, which signs the cluster's certificate. */
    authority: { certificate: pulumi.Input<string>; privateKey: pulumi.Input<string> };
    /** The environment's observer first, then its peers. */
    destinations: RemoteWriteDestination[];
    releases: ReleasePolicy;
    /** What is done to a series before it is sent. */
    relabelings: Relabeling[];
    /** The user's own values; they win. */
    values: object;
    /** True: its silence is an alert. */
    expected: boolean;
    /** What is watched. */
    monitors: Monitors;
}

/**
 * A customer cluster: agents, their certificate, and the cluster's place in the inventory. The inventory entry is made
 * last and removed first, so that a cluster is never expected before it can report nor after it has been told to go.
 */
export class CustomerCluster extends pulumi.ComponentResource {
    /** When the cluster's certificate expires, RFC 3339; `up` renews it before. */
    readonly credentialExpires: pulumi.Output<string>;

    constructor(
        name: string,
        args: CustomerClusterArgs,
        opts: pulumi.ComponentResourceOptions & {
            provider: Provider;
            observer: { provider: Provider; ready: pulumi.Resource };
        },
    ) {
        const { observer, ...resourceOpts } = opts;
        super(
            "fleet-observability:index:CustomerCluster",
            name,
            { cluster: args.cluster, tenant: args.tenant },
            resourceOpts,
        );
        const inCluster = { parent: this, provider: opts.provider };
        const foundation = layFoundation(name, { releases: args.releases, retainNamespace: false }, inCluster);

        const issued = issueCertificate(`${name}-client`, clientTerms(args.tenant), args.authority, { parent: this });
        const credentials = new Secret(
            `${name}-credentials`,
            {
                metadata: metadata(objects.remoteWriteTls),
                type: "kubernetes.io/tls",
                stringData: {
                    "tls.crt": issued.certificate,
                    "tls.key": issued.privateKey,
                    ...Object.fromEntries(args.destinations.map((destination) => [caKey(destination), destination.ca])),
                },
            },
            { ...inCluster, dependsOn: [foundation.namespace] },
        );

        const agent = chartRelease(
            `${name}-${kubePrometheusStackRelease}`,
            {
                releaseName: kubePrometheusStackRelease,
                chart: "kubePrometheusStack",
                values: agentValues({
                    ...args,
                    targets: args.destinations.map((destination) => ({
                        name: destination.name,
                        url: destination.url,
                        ca: caKey(destination),
                        relabelings: args.relabelings,
                    })),
                }),
                overlay: args.values,
                policy: args.releases,
            },
            { ...inCluster, dependsOn: [foundation.crds, credentials] },
        );

        if (args.expected) {
            const entry = inventoryGroup({ ...args, name: args.cluster });
            const expiry = credentialExpiry({ ...args, name: args.cluster });
            rulerRule(
                `${name}-inventory`,
                {
                    name: `inventory-${args.cluster}`,
                    group: {
                        ...entry,
                        rules: [...entry.rules, { ...expiry, expr: issued.expires.apply(expiry.expr) }],
                    },
                },
                { parent: this, provider: observer.provider, dependsOn: [agent, observer.ready] },
            );
        }

        this.credentialExpires = issued.expires;
        this.registerOutputs({});
    }
}

/** The key of a destination's certificate authority in the credentials. */
function caKey(destination: { name: string }): string {
    return `ca-${destination.name}.crt`;
}
