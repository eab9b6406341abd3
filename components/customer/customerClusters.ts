import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { inventoryGroup, type ExpectedCluster } from "../../alerts";
import type { Platform, Profile } from "../../platform/agent";
import { credentialPeriod, signer, type AgentIssuer, type Sign } from "../../platform/credentials";
import type { Monitors } from "../../platform/monitors";
import { kubePrometheusStackRelease, objects } from "../../platform/names";
import { applicationInstance, type Application } from "../../platform/application";
import type { CustomerParts } from "../../platform/customerParts";
import type { Relabeling } from "../../platform/relabeling";
import { ApplicationMonitoring, type ApplicationMonitoringArgs } from "../application/applicationMonitoring";
import { layFoundation } from "../cluster/foundation";
import { chartRelease, type ReleasePolicy } from "../cluster/release";
import { caKey, remoteWriteCredentials, type RemoteWriteDestination } from "../cluster/remoteWriteCredentials";
import { rulerRule } from "../cluster/rulerRule";
import { agentValues } from "./agentValues";
import { collectLogs } from "./logCollectors";
import { provisionOtlpGateway } from "./otlpGateway";

/** A customer cluster. */
export interface CustomerCluster {
    /** The cluster's name: its `cluster` label. */
    name: string;
    /** The customer: the common name of the cluster's certificate. */
    tenant: string;
    platform: Platform;
    profile: Profile;
    externalLabels: Record<string, string>;
    /** The StorageClass of the agents' write-ahead log; the cluster's default when unset. */
    storageClass?: string;
    /** The size of each agent's write-ahead log. */
    walSize: string;
    /** What is done to a series before it is sent. */
    relabelings: Relabeling[];
    /** Replaces every image's registry in this cluster; wins over the releases' own. */
    imageRegistry?: string;
    /** The user's own values; they win. */
    values: object;
    /** Logs, pushed metrics and what else is optional. */
    parts: CustomerParts;
    /** Applications with a Prometheus of their own. */
    applications: (Application & { postgresPassword?: ApplicationMonitoringArgs["postgresPassword"] })[];
    /** True: its silence is an alert. */
    expected: boolean;
}

/** Arguments of the customer clusters of a stack. */
export interface CustomerClustersArgs {
    clusters: CustomerCluster[];
    /** Clusters that write here as well, and that somebody else enrols. None when unset. */
    alsoExpected?: ExpectedCluster[];
    /** The shard that holds them; unset for the environment's own stack. */
    shard?: string;
    /** What signs their certificates. A secret. */
    issuer: pulumi.Input<AgentIssuer>;
    /** When the program runs: it decides which certificates are due. */
    now: Date;
    /** The environment's observer first, then its peers. */
    destinations: RemoteWriteDestination[];
    releases: ReleasePolicy;
    /** What is watched. */
    monitors: Monitors;
}

/**
 * The customer clusters of a stack: on the observer the inventory of all, and in each that is enrolled its agents with
 * their certificate. An `up` updates the inventory before it deletes anything, so a cluster is no more expected when it is
 * told to go.
 */
export class CustomerClusters extends pulumi.ComponentResource {
    private readonly sign: pulumi.Output<Sign>;
    private readonly observer: { provider: Provider; ready?: pulumi.Resource };
    private readonly componentsBefore = `urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::fleet-observability:index:CustomerCluster`;

    constructor(
        name: string,
        private readonly args: CustomerClustersArgs,
        opts: pulumi.ComponentResourceOptions & {
            /** Where the inventory stands, and what has to be there first. */
            observer: { provider: Provider; ready?: pulumi.Resource };
        },
    ) {
        const { observer, ...resourceOpts } = opts;
        super("fleet-observability:index:CustomerClusters", name, {}, resourceOpts);
        this.observer = observer;
        this.sign = pulumi.output(args.issuer).apply(signer);
        const expected: ExpectedCluster[] = [
            ...args.clusters
                .filter((cluster) => cluster.expected)
                .map((cluster) => ({ ...cluster, credentialExpires: this.credentialExpires(cluster.name) })),
            ...(args.alsoExpected ?? []),
        ];
        const inventory = inventoryGroup(expected, args.shard);
        // Also when nobody is expected: an `up` updates before it deletes, and what it deletes has no order.
        rulerRule(
            `${name}-inventory`,
            { name: inventory.name, groups: expected.length === 0 ? [] : [inventory] },
            {
                parent: this,
                provider: observer.provider,
                dependsOn: observer.ready === undefined ? [] : [observer.ready],
            },
        );
        this.registerOutputs({});
    }

    /** When a cluster's certificate expires, RFC 3339; `up` renews it before. */
    credentialExpires(cluster: string): string {
        return credentialPeriod(cluster, this.args.now).expires.toISOString();
    }

    /** Puts agents into one of the clusters. */
    enrol(cluster: CustomerCluster, provider: Provider): void {
        const { args } = this;
        const { name } = cluster;
        const releases = { ...args.releases, imageRegistry: cluster.imageRegistry ?? args.releases.imageRegistry };
        const inCluster = {
            parent: this,
            provider,
            aliases: [
                // A component of its own, before 0.2.0.
                { parent: `${this.componentsBefore}::${name}` },
                // `pulumi state move` brings resources from another stack without their component.
                { parent: pulumi.rootStackResource },
            ],
        };
        const foundation = layFoundation(name, { releases, retainNamespace: false }, inCluster);
        const secret = remoteWriteCredentials(
            `${name}-credentials`,
            {
                secretName: objects.remoteWriteTls,
                writer: { cluster: name, tenant: cluster.tenant },
                sign: this.sign,
                now: args.now,
                destinations: args.destinations,
            },
            { ...inCluster, dependsOn: [foundation.namespace] },
        );
        const withCredentials = { ...inCluster, dependsOn: [foundation.crds, secret] };
        chartRelease(
            `${name}-${kubePrometheusStackRelease}`,
            {
                releaseName: kubePrometheusStackRelease,
                chart: "kubePrometheusStack",
                values: agentValues({
                    ...cluster,
                    scrape: cluster.parts.scrape,
                    cluster: name,
                    monitors: args.monitors,
                    targets: args.destinations.map((destination) => ({
                        name: destination.name,
                        url: destination.url,
                        ca: caKey(destination),
                        relabelings: cluster.relabelings,
                    })),
                }),
                overlay: cluster.values,
                policy: releases,
            },
            withCredentials,
        );
        const sender = {
            cluster: name,
            externalLabels: cluster.externalLabels,
            destinations: args.destinations,
            releases,
        };
        if (cluster.parts.logs !== undefined) {
            collectLogs(
                name,
                { ...sender, collection: cluster.parts.logs, events: args.monitors.events },
                withCredentials,
            );
        }
        if (cluster.parts.otlp !== undefined) {
            provisionOtlpGateway(name, { ...sender, gateway: cluster.parts.otlp }, withCredentials);
        }
        for (const { postgresPassword, ...application } of cluster.applications) {
            new ApplicationMonitoring(
                applicationInstance(name, application.name),
                {
                    ...sender,
                    application,
                    postgresPassword,
                    tenant: cluster.tenant,
                    expected: cluster.expected,
                    sign: this.sign,
                    now: args.now,
                    imageRegistry: releases.imageRegistry,
                    waitForWorkloads: releases.waitForWorkloads,
                },
                { parent: this, provider, dependsOn: [foundation.crds], observer: this.observer },
            );
        }
    }
}
