import { Secret } from "@pulumi/kubernetes/core/v1";
import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../../platform/agent";
import type { AlertRouting } from "../../platform/alertmanager";
import { signer } from "../../platform/credentials";
import type { Monitors } from "../../platform/monitors";
import { kubePrometheusStackRelease, objects, thanosRelease, type Hosts } from "../../platform/names";
import { peerRelabelings } from "../../platform/peers";
import type { ProbedPeer } from "../../platform/probes";
import type { Preset } from "../../platform/sizes";
import type { TenantLimits } from "../../platform/tenancy";
import type { Retention } from "../../platform/thanos";
import type { CertificateAuthority } from "../certificateAuthority";
import type { Foundation } from "../cluster/foundation";
import { metadata } from "../cluster/metadata";
import { chartRelease, type ReleasePolicy } from "../cluster/release";
import { caKey, remoteWriteCredentials, type RemoteWriteDestination } from "../cluster/remoteWriteCredentials";
import type { ObjectStore } from "../storage/objectStore";
import { alertReceiversSecret, type ReceiverSecrets } from "./alertReceivers";
import type { BucketMounts } from "./bucketVolumes";
import { provisionDashboards } from "./dashboards";
import { provisionFleetRules } from "./fleetRules";
import { grafanaAdmin } from "./grafanaAdmin";
import { observerStackValues } from "./kubePrometheusStackValues";
import { provisionProbes } from "./probes";
import { ReceiveEndpoint, type ReceiveEndpointArgs } from "./receiveEndpoint";
import { thanosValues } from "./thanosValues";
import { provisionValidations } from "./validations";
import { WebIngress, type WebIngressArgs } from "./webIngress";

/** Another observer of the same customers. */
export interface PeerObserver extends RemoteWriteDestination {
    /** Its Query, to probe it from outside; not probed when unset. */
    queryUrl?: string;
}

/** Arguments of the observer cluster. */
export interface ObserverClusterArgs {
    /** The cluster's name: its `cluster` label. */
    cluster: string;
    platform: Platform;
    /** Replicas, requests and volumes. */
    preset: Preset;
    retention: Retention;
    /** The StorageClass of its volumes; the cluster's default when unset. */
    storageClass?: string;
    /** Where blocks are kept. */
    store: ObjectStore;
    authority: CertificateAuthority;
    /** When the program runs: it decides which certificates are due. */
    now: Date;
    /** Other observers of the same customers: each is told whether this one's components answer, and probed. */
    peers: PeerObserver[];
    hosts: Hosts;
    /** How people reach it; nothing is published when unset. */
    web?: Omit<WebIngressArgs, "hosts" | "authority">;
    /** How agents reach it. */
    receive: Pick<ReceiveEndpointArgs, "service" | "externalDns" | "trustedClientCas">;
    /** What tenants may send. */
    limits: TenantLimits[];
    /** Who is told what. */
    alerting: AlertRouting;
    /** What the receivers are reached with. Secrets. */
    receiverSecrets: ReceiverSecrets;
    /** The heartbeat monitor. A secret. */
    deadMansSwitchUrl?: pulumi.Input<string>;
    /** Grafana's admin password; made once when unset. A secret. */
    grafanaAdminPassword?: pulumi.Input<string>;
    /** What is watched. */
    monitors: Monitors;
    /** Where alerts' runbooks are read. */
    runbookBase: string;
    releases: ReleasePolicy;
    /** The user's own values; they win. */
    values: { kubePrometheusStack: object; thanos: object };
}

/** The cluster that stores, queries, alerts and shows. */
export class ObserverCluster extends pulumi.ComponentResource {
    /** What agents connect to: an IP address or a host name. */
    readonly receiveAddress: pulumi.Output<string>;
    /** Grafana's admin password. A secret. */
    readonly grafanaAdminPassword: pulumi.Output<string>;

    constructor(
        name: string,
        args: ObserverClusterArgs,
        opts: pulumi.ComponentResourceOptions & { provider: Provider; foundation: Foundation },
    ) {
        const { foundation, ...resourceOpts } = opts;
        super("fleet-observability:index:ObserverCluster", name, { cluster: args.cluster }, resourceOpts);
        const inNamespace = { parent: this, dependsOn: [foundation.namespace] };

        const objectStore = new Secret(
            `${name}-objstore`,
            {
                metadata: metadata(objects.objectStore),
                type: "Opaque",
                stringData: {
                    "objstore.yml": args.store.objstore,
                    ...(args.store.certificateAuthority === undefined
                        ? {}
                        : { "ca.crt": args.store.certificateAuthority }),
                },
            },
            inNamespace,
        );
        const receivers = alertReceiversSecret(
            `${name}-alert-receivers`,
            { receivers: args.receiverSecrets, deadMansSwitchUrl: args.deadMansSwitchUrl },
            inNamespace,
        );
        const admin = grafanaAdmin(`${name}-grafana-admin`, { password: args.grafanaAdminPassword }, inNamespace);
        const receive = new ReceiveEndpoint(
            `${name}-receive`,
            {
                ...args.receive,
                authority: args.authority,
                host: args.hosts.receive,
                limits: args.limits,
                replicationFactor: args.preset.replicationFactor,
                waitForWorkloads: args.releases.waitForWorkloads,
            },
            inNamespace,
        );

        const peerCredentials = peerWriteCredentials(`${name}-peer-credentials`, args, inNamespace);
        const stack = this.kubePrometheusStack(name, args, [
            foundation.crds,
            objectStore,
            receivers,
            admin.secret,
            ...peerCredentials,
            ...args.store.ready,
        ]);
        const thanos = this.thanos(name, args, [foundation.crds, objectStore, ...receive.mounted, ...args.store.ready]);

        const watched = { observer: args.cluster, monitors: args.monitors };
        provisionFleetRules(
            `${name}-rules`,
            { ...watched, peers: args.peers.map((peer) => peer.name), runbookBase: args.runbookBase },
            { parent: this, dependsOn: [stack] },
        );
        provisionDashboards(`${name}-dashboard`, watched, inNamespace);
        provisionProbes(
            name,
            { monitors: args.monitors, peers: probedPeers(args.peers), releases: args.releases },
            { parent: this, dependsOn: [foundation.crds] },
        );
        provisionValidations(`${name}-validation`, args.monitors.validations, inNamespace);
        if (args.web !== undefined) {
            new WebIngress(
                `${name}-web`,
                { ...args.web, hosts: args.hosts, authority: args.authority },
                { parent: this, dependsOn: [stack, thanos] },
            );
        }

        this.receiveAddress = receive.publish(thanos);
        this.grafanaAdminPassword = admin.password;
        this.registerOutputs({});
    }

    private kubePrometheusStack(
        name: string,
        args: ObserverClusterArgs,
        dependsOn: pulumi.Resource[],
    ): pulumi.Resource {
        return chartRelease(
            `${name}-${kubePrometheusStackRelease}`,
            {
                releaseName: kubePrometheusStackRelease,
                chart: "kubePrometheusStack",
                values: observerStackValues({
                    observer: args.cluster,
                    platform: args.platform,
                    preset: args.preset,
                    alerting: args.alerting,
                    peers: args.peers.map((peer) => ({
                        name: peer.name,
                        url: peer.url,
                        ca: caKey(peer),
                        relabelings: peerRelabelings,
                    })),
                    storageClass: args.storageClass,
                    hosts: args.web === undefined ? undefined : args.hosts,
                    serviceAccountAnnotations: args.store.serviceAccountAnnotations,
                    podLabels: args.store.podLabels,
                    bucket: bucketMounts(args.store),
                    waitForWorkloads: args.releases.waitForWorkloads,
                }),
                overlay: args.values.kubePrometheusStack,
                policy: args.releases,
            },
            { parent: this, dependsOn },
        );
    }

    private thanos(name: string, args: ObserverClusterArgs, dependsOn: pulumi.Resource[]): pulumi.Resource {
        return chartRelease(
            `${name}-${thanosRelease}`,
            {
                releaseName: thanosRelease,
                chart: "thanos",
                values: thanosValues({
                    preset: args.preset,
                    retention: args.retention,
                    storageClass: args.storageClass,
                    serviceAccountAnnotations: args.store.serviceAccountAnnotations,
                    podLabels: args.store.podLabels,
                    bucket: bucketMounts(args.store),
                    extraStores: args.monitors.iaas?.storeEndpoints ?? [],
                }),
                overlay: args.values.thanos,
                policy: args.releases,
            },
            { parent: this, dependsOn },
        );
    }
}

/** What this observer writes to its peers with; nothing where there are none. */
function peerWriteCredentials(
    name: string,
    { cluster, authority, now, peers }: ObserverClusterArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
    return peers.length === 0
        ? []
        : [
              remoteWriteCredentials(
                  name,
                  {
                      secretName: objects.peerWriteTls,
                      writer: { cluster, tenant: cluster },
                      sign: authority.agentIssuer.apply(signer),
                      now,
                      destinations: peers,
                  },
                  opts,
              ),
          ];
}

function probedPeers(peers: PeerObserver[]): ProbedPeer[] {
    return peers.flatMap(({ name, queryUrl }) => (queryUrl === undefined ? [] : [{ name, queryUrl }]));
}

function bucketMounts(store: ObjectStore): BucketMounts {
    return { volumeClaim: store.volumeClaim, certificateAuthority: store.certificateAuthority !== undefined };
}
