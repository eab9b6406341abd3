import * as pulumi from "@pulumi/pulumi";
import { CertificateAuthority } from "../components/certificateAuthority";
import { layFoundation } from "../components/cluster/foundation";
import { clusterProvider, openStackReferences } from "../components/cluster/provider";
import { releasePolicy } from "../components/cluster/release";
import { createDnsRecords } from "../components/observer/dnsRecords";
import { ObserverCluster } from "../components/observer/observerCluster";
import { createObjectStore } from "../components/storage/createObjectStore";
import { alertRouting } from "../config/alertRouting";
import { heldCustomers, type Settings } from "../config/load";
import { givenMonitors } from "../config/monitors";
import { contractVersion, type ProgramOutputs } from "../outputs";
import { agentHost, hostLabel, hosts, namespace, webUrls } from "../platform/names";
import { remoteWriteUrl } from "../platform/remoteWrite";
import { preset } from "../platform/sizes";
import { tenantLimits, tenantPattern } from "../platform/tenancy";
import { enrolCustomers } from "./enrolment";

/** Role environment: storage, the observer, and every customer cluster that no shard holds. */
export async function environmentStack(settings: Settings, now: Date): Promise<ProgramOutputs> {
    const { environment, observer, ingress } = settings;
    const held = heldCustomers(settings.customers);
    const stacks = openStackReferences([observer, ...held]);
    const releases = releasePolicy(settings);

    const authority = new CertificateAuthority("authority", { environment });
    const observerProvider = clusterProvider(
        observer.name,
        { environment, cluster: observer.name, access: observer, stacks },
        {},
    );
    const foundation = layFoundation(
        observer.name,
        { releases, retainNamespace: true },
        { provider: observerProvider },
    );
    const store = createObjectStore(
        "storage",
        settings.storage,
        { environment, labels: settings.labels, namespace },
        { provider: observerProvider, dependsOn: [foundation.namespace] },
    );
    const publicHosts = hosts(ingress);
    const peers = observer.peers.map(({ name, receiveUrl, serverCa, queryUrl }) => ({
        name,
        url: receiveUrl,
        ca: serverCa,
        queryUrl,
    }));
    const observerCluster = new ObserverCluster(
        observer.name,
        {
            cluster: observer.name,
            platform: observer.platform,
            preset: preset(observer),
            retention: observer.retention,
            storageClass: observer.storageClass,
            store,
            authority,
            now,
            peers,
            hosts: publicHosts,
            web: ingress.kind === "none" ? undefined : { ...ingress, kind: ingress.kind },
            receive: {
                service: ingress.receive,
                externalDns: ingress.dns.provider === "externalDns",
                trustedClientCas: observer.trustedClientCas,
            },
            limits: tenantLimits(settings.customers),
            ...alertRouting(settings.alerting, settings.monitors.applications),
            grafanaAdminPassword: observer.grafanaAdminPassword,
            monitors: settings.monitors,
            runbookBase: settings.mirror.runbookBase,
            releases,
            values: observer.values,
        },
        { provider: observerProvider, foundation },
    );
    createDnsRecords(
        "dns",
        {
            dns: ingress.dns,
            zone: ingress.privateZone,
            records: Object.entries(publicHosts).flatMap(([application, host]) => {
                const target = application === "receive" ? observerCluster.receiveAddress : ingress.address;
                return target === undefined || (application !== "receive" && ingress.kind === "none")
                    ? []
                    : [{ label: hostLabel(ingress, application), host, target }];
            }),
        },
        {},
    );

    const writeUrl = remoteWriteUrl(agentHost(ingress), ingress.receive.port);
    const destinations = [
        { name: observer.name, url: writeUrl, ca: authority.certificate },
        ...peers.map(({ name, url, ca }) => ({ name, url, ca })),
    ];
    const customers = await enrolCustomers(held, {
        environment,
        observer: { name: observer.name, provider: observerProvider, ready: foundation.crds },
        stacks,
        issuer: authority.agentIssuer,
        now,
        destinations,
        releases,
        monitors: settings.monitors,
        alsoExpected: settings.customers.filter(({ enrolledBy }) => enrolledBy !== undefined),
    });

    const urls = webUrls(publicHosts, ingress.kind !== "none");
    return {
        contractVersion,
        environment,
        grafanaUrl: urls.grafana,
        prometheusUrl: urls.prometheus,
        alertmanagerUrl: urls.alertmanager,
        queryUrl: urls.query,
        remoteWriteUrl: writeUrl,
        receiveAddress: observerCluster.receiveAddress,
        bucket: store.bucket,
        certificateAuthority: authority.certificate,
        enrolment: pulumi.output({
            remoteWriteUrl: writeUrl,
            certificateAuthority: authority.certificate,
            tenantPattern: tenantPattern.source,
            observer: observer.name,
            destinations,
            monitors: givenMonitors(settings.monitors),
        }),
        agentIssuer: authority.agentIssuer,
        customers,
        shards: shardsOf(settings),
        grafanaAdminPassword: observerCluster.grafanaAdminPassword,
    };
}

/** The clusters that shards hold, by the shard. */
function shardsOf({ customers }: Settings): Record<string, string[]> {
    const shards = [...new Set(customers.flatMap(({ shard }) => shard ?? []))].sort();
    return Object.fromEntries(
        shards.map((shard) => [
            shard,
            customers.filter((customer) => customer.shard === shard).map(({ name }) => name),
        ]),
    );
}
