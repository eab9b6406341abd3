import { Secret } from "@pulumi/kubernetes/core/v1";
import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { dashboards } from "../../dashboards";
import type { Platform } from "../../platform/agent";
import type { AlertRouting } from "../../platform/alertmanager";
import { signer } from "../../platform/credentials";
import { operatorLogs } from "../../platform/datasources";
import { infrastructureRelabelings, scrapesInfrastructure } from "../../platform/infrastructure";
import type { Monitors } from "../../platform/monitors";
import { applicationLabel } from "../../platform/application";
import type { LogDefaults, TenantLogs } from "../../platform/loki";
import {
    kubePrometheusStackRelease,
    lokiRelease,
    objects,
    services,
    thanosRelease,
    webBackends,
    type Hosts,
    type TenantGrafana,
} from "../../platform/names";
import { peerRelabelings } from "../../platform/peers";
import type { ProbedCluster, ProbedPeer, ProbedPlatform } from "../../platform/probes";
import type { Relabeling } from "../../platform/relabeling";
import { clientSecretKey, type SignIn, type SignInSettings } from "../../platform/signIn";
import { ownRemoteWriteUrl } from "../../platform/remoteWrite";
import type { Preset } from "../../platform/sizes";
import type { TenantLimits } from "../../platform/tenancy";
import { tenantLabel, type Retention } from "../../platform/thanos";
import type { CertificateAuthority } from "../certificateAuthority";
import type { Foundation } from "../cluster/foundation";
import { metadata } from "../cluster/metadata";
import { chartRelease, type ReleasePolicy } from "../cluster/release";
import { caKey, remoteWriteCredentials, type RemoteWriteDestination } from "../cluster/remoteWriteCredentials";
import type { ObjectStore } from "../storage/objectStore";
import { alertReceiversSecret, type ReceiverSecrets } from "./alertReceivers";
import { bucketMounts } from "./bucketVolumes";
import { provisionDashboards } from "./dashboards";
import { provisionFleetRules } from "./fleetRules";
import { grafanaAdmin } from "./grafanaAdmin";
import { grafanaDatasource } from "./grafanaDatasource";
import { provisionInfrastructureExporters } from "./infrastructureExporters";
import { observerStackValues } from "./kubePrometheusStackValues";
import { provisionLogStore } from "./logStore";
import { provisionProbes } from "./probes";
import { ReceiveEndpoint, type ReceiveEndpointArgs } from "./receiveEndpoint";
import { observerGrafanaPods, scopedQuery, type ScopedQueryArgs } from "./scopedQuery";
import { secureStoresSecret, type SecureStores } from "./secureStores";
import { TenantGateway, tenantGatewayPods, type TenantGatewayArgs } from "./tenantGateway";
import { provisionTenantGrafanas } from "./tenantGrafana";
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
    web?: Omit<WebIngressArgs, "backends" | "authority">;
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
    /** What is probed besides monitors: customers' clusters, and where agents write to. */
    probed: { clusters: ProbedCluster[]; receiveUrl: string };
    /** Where alerts' runbooks are read. */
    runbookBase: string;
    releases: ReleasePolicy;
    /** The user's own values; they win. */
    values: { kubePrometheusStack: object; thanos: object; loki: object };
    /** The tenants of the fleet. */
    tenants: string[];
    /** The logs that are kept; none when unset. */
    logs?: { defaults: LogDefaults; tenants: TenantLogs[] };
    /** How customers reach the tenant gateway; there is none when unset. */
    tenantGateway?: TenantGatewayArgs["service"];
    /** True: applications somewhere have a Prometheus of their own. */
    applications: boolean;
    /** Thanos stores elsewhere, over TLS. */
    stores: SecureStores[];
    /** Single sign-on, with the client's secret. */
    signIn?: SignIn & { clientSecret?: pulumi.Input<string> };
    /** The Grafanas of the tenants whose people sign in. */
    tenantGrafanas: TenantGrafana[];
}

/** The cluster that stores, queries, alerts and shows. */
export class ObserverCluster extends pulumi.ComponentResource {
    /** What agents connect to: an IP address or a host name. */
    readonly receiveAddress: pulumi.Output<string>;
    /** What customers connect to at the tenant gateway: an IP address or a host name. Unset where there is none. */
    readonly tenantsAddress?: pulumi.Output<string>;
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

        const oidc = clientSecret(`${name}-oidc`, args.signIn, inNamespace);
        const peerCredentials = peerWriteCredentials(`${name}-peer-credentials`, args, inNamespace);
        const stack = this.kubePrometheusStack(name, args, [
            foundation.crds,
            objectStore,
            receivers,
            admin.secret,
            ...oidc,
            ...peerCredentials,
            ...args.store.ready,
        ]);
        const secureStores = secureStoresSecret(`${name}-secure-stores`, args.stores, inNamespace);
        const thanos = this.thanos(name, args, [
            foundation.crds,
            objectStore,
            ...receive.mounted,
            ...secureStores,
            ...args.store.ready,
        ]);

        const watched = { observer: args.cluster, monitors: args.monitors };
        provisionFleetRules(
            `${name}-rules`,
            { ...watched, peers: args.peers.map((peer) => peer.name), runbookBase: args.runbookBase },
            { parent: this, dependsOn: [stack] },
        );
        provisionDashboards(`${name}-dashboard`, dashboards(watched), inNamespace);
        provisionProbes(
            name,
            {
                monitors: args.monitors,
                peers: probedPeers(args.peers),
                clusters: args.probed.clusters,
                platform: probedPlatform(args),
                authorities: [args.authority.certificate, ...args.peers.map(({ ca }) => ca)],
                releases: args.releases,
                crds: foundation.crds,
            },
            inNamespace,
        );
        provisionInfrastructureExporters(name, args.monitors, { parent: this, dependsOn: [foundation.crds] });
        if (args.logs !== undefined) {
            grafanaDatasource(`${name}-datasource-loki`, operatorLogs(args.tenants), inNamespace);
            provisionLogStore(
                `${name}-${lokiRelease}`,
                { ...args, ...args.logs, values: args.values.loki },
                { parent: this, dependsOn: [foundation.crds, objectStore, ...args.store.ready] },
            );
        }
        const scoped = {
            workload: args.preset.query,
            imageRegistry: args.releases.imageRegistry,
            waitForWorkloads: args.releases.waitForWorkloads,
        };
        if (args.applications) {
            const { name: service } = services.applicationQuery;
            scopedQuery(
                `${name}-${service}`,
                { ...scoped, name: service, label: applicationLabel, callers: [observerGrafanaPods] },
                { parent: this, dependsOn: [foundation.crds] },
            );
        }
        if (args.tenantGateway !== undefined) {
            this.tenantsAddress = this.serveTenants(name, args, args.tenantGateway, scoped, foundation.crds);
        }
        if (args.signIn !== undefined) {
            provisionTenantGrafanas(
                name,
                {
                    grafanas: args.tenantGrafanas,
                    signIn: args.signIn,
                    clientSecret: oidc,
                    sign: args.authority.agentIssuer.apply(signer),
                    now: args.now,
                    gatewayAuthority: args.authority.certificate,
                    monitors: args.monitors,
                    logs: args.logs !== undefined,
                    releases: args.releases,
                },
                inNamespace,
            );
        }
        provisionValidations(`${name}-validation`, args.monitors.validations, inNamespace);
        if (args.web !== undefined) {
            new WebIngress(
                `${name}-web`,
                {
                    ...args.web,
                    backends: [...webBackends(args.hosts), ...args.tenantGrafanas],
                    authority: args.authority,
                },
                { parent: this, dependsOn: [stack, thanos] },
            );
        }

        this.receiveAddress = receive.publish(thanos);
        this.grafanaAdminPassword = admin.password;
        this.registerOutputs({});
    }

    /** What tenants see of their own: Query behind the gateway. */
    private serveTenants(
        name: string,
        args: ObserverClusterArgs,
        service: TenantGatewayArgs["service"],
        scoped: Pick<ScopedQueryArgs, "workload" | "imageRegistry" | "waitForWorkloads">,
        crds: pulumi.Resource,
    ): pulumi.Output<string> {
        const query = services.tenantQuery.name;
        const answering = scopedQuery(
            `${name}-${query}`,
            { ...scoped, name: query, label: tenantLabel, callers: [tenantGatewayPods] },
            { parent: this, dependsOn: [crds] },
        );
        const gateway = new TenantGateway(
            `${name}-tenants`,
            {
                ...scoped,
                replicas: scoped.workload.replicas,
                authority: args.authority,
                host: args.hosts.tenants,
                service,
                externalDns: args.receive.externalDns,
                trustedClientCas: args.receive.trustedClientCas,
                logs: args.logs !== undefined,
            },
            { parent: this, dependsOn: [answering] },
        );
        return gateway.address;
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
                    writesTo: writeDestinations(args).map((destination) => ({
                        ...destination,
                        ca: caKey(destination),
                    })),
                    storageClass: args.storageClass,
                    hosts: args.web === undefined ? undefined : args.hosts,
                    signIn: operatorsSignIn(args.signIn),
                    serviceAccountAnnotations: args.store.serviceAccountAnnotations,
                    podLabels: args.store.podLabels,
                    bucket: bucketMounts(args.store),
                    waitForWorkloads: args.releases.waitForWorkloads,
                    monitors: args.monitors,
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
                    secureStores: args.stores,
                }),
                overlay: args.values.thanos,
                policy: args.releases,
            },
            { parent: this, dependsOn },
        );
    }
}

/** Who signs in to the operators' Grafana; nobody where only tenants' groups are named. */
function operatorsSignIn(signIn: ObserverClusterArgs["signIn"]): SignInSettings | undefined {
    return signIn === undefined || Object.keys(signIn.groups).length === 0
        ? undefined
        : { signIn, roles: signIn.groups, secret: signIn.clientSecret !== undefined };
}

/** The secret of the client that people sign in with; none for a public client. */
function clientSecret(
    name: string,
    signIn: ObserverClusterArgs["signIn"],
    opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
    return signIn?.clientSecret === undefined
        ? []
        : [
              new Secret(
                  name,
                  {
                      metadata: metadata(objects.oidc),
                      type: "Opaque",
                      stringData: { [clientSecretKey]: pulumi.secret(signIn.clientSecret) },
                  },
                  opts,
              ),
          ];
}

/**
 * Where this observer's own Prometheus writes to: the peers, and, where it scrapes exporters of infrastructures, this
 * observer itself.
 */
function writeDestinations({
    cluster,
    authority,
    peers,
    monitors,
    receive,
}: ObserverClusterArgs): (RemoteWriteDestination & { relabelings: Relabeling[] })[] {
    return [
        ...peers.map(({ name, url, ca }) => ({ name, url, ca, relabelings: peerRelabelings })),
        ...(scrapesInfrastructure(monitors)
            ? [
                  {
                      name: cluster,
                      url: ownRemoteWriteUrl(receive.service),
                      ca: authority.certificate,
                      relabelings: infrastructureRelabelings,
                  },
              ]
            : []),
    ];
}

/** What this observer's own Prometheus writes with; nothing where it does not write. */
function peerWriteCredentials(
    name: string,
    args: ObserverClusterArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
    const { cluster, authority, now } = args;
    const destinations = writeDestinations(args);
    return destinations.length === 0
        ? []
        : [
              remoteWriteCredentials(
                  name,
                  {
                      secretName: objects.peerWriteTls,
                      writer: { cluster, tenant: cluster },
                      sign: authority.agentIssuer.apply(signer),
                      now,
                      destinations,
                  },
                  opts,
              ),
          ];
}

function probedPeers(peers: PeerObserver[]): ProbedPeer[] {
    return peers.flatMap(({ name, queryUrl }) => (queryUrl === undefined ? [] : [{ name, queryUrl }]));
}

function probedPlatform({ hosts, tenantGrafanas, web, peers, probed }: ObserverClusterArgs): ProbedPlatform {
    return {
        web: web === undefined ? [] : [...webBackends(hosts), ...tenantGrafanas],
        webSignedHere: web?.tls.issuer === undefined && web?.tls.secretName === undefined,
        receive: [{ url: probed.receiveUrl }, ...peers.map(({ name, url }) => ({ url, peer: name }))],
    };
}
