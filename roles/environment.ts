import * as pulumi from "@pulumi/pulumi";
import { ApplicationMonitoring } from "../components/application/applicationMonitoring";
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
import { applicationInstance } from "../platform/application";
import { signer } from "../platform/credentials";
import { tenantLogs } from "../platform/loki";
import {
    agentHost,
    hostLabel,
    hosts,
    httpsUrl,
    namespace,
    tenantGrafanas,
    webUrls,
    type Hosts,
} from "../platform/names";
import { ownRemoteWriteUrl, remoteWriteUrl } from "../platform/remoteWrite";
import { signInTenants } from "../platform/signIn";
import { preset } from "../platform/sizes";
import { tenantLimits, tenantPattern } from "../platform/tenancy";
import { servesTenants } from "../platform/tenantGateway";
import { applicationsOf } from "./applications";
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
    const peers = observer.peers.map(({ name, receiveUrl, serverCa, queryUrl, tenantsUrl }) => ({
        name,
        url: receiveUrl,
        ca: serverCa,
        queryUrl,
        tenantsUrl,
    }));
    const tenantsServed = servesTenants(settings);
    const writeUrl = remoteWriteUrl(agentHost(ingress, "receive"), ingress.receive.port);
    const grafanas = tenantGrafanas(ingress, settings.auth.oidc === undefined ? [] : signInTenants(settings.auth.oidc));
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
            probed: {
                clusters: settings.customers
                    .filter(({ decommissioned }) => !decommissioned)
                    .map(({ name, tenant, probes }) => ({ name, tenant, ...probes })),
                receiveUrl: writeUrl,
            },
            runbookBase: settings.mirror.runbookBase,
            releases,
            values: observer.values,
            tenants: [...new Set(settings.customers.map(({ tenant }) => tenant))].sort(),
            logs: settings.logs.enabled
                ? { defaults: settings.logs, tenants: tenantLogs(settings.customers) }
                : undefined,
            tenantGateway: tenantsServed ? ingress.tenants : undefined,
            applications: [observer, ...settings.customers].some(({ applications }) => applications.length > 0),
            stores: observer.stores,
            signIn: settings.auth.oidc,
            tenantGrafanas: grafanas,
        },
        { provider: observerProvider, foundation },
    );
    const web = ingress.kind === "none" ? undefined : ingress.address;
    const addresses: Record<keyof Hosts, pulumi.Input<string> | undefined> = {
        grafana: web,
        prometheus: web,
        alertmanager: web,
        query: web,
        receive: observerCluster.receiveAddress,
        tenants: observerCluster.tenantsAddress,
    };
    createDnsRecords(
        "dns",
        {
            dns: ingress.dns,
            zone: ingress.privateZone,
            records: [
                ...(Object.keys(publicHosts) as (keyof Hosts)[]).map((application) => ({
                    application,
                    host: publicHosts[application],
                    target: addresses[application],
                })),
                ...grafanas.map(({ application, host }) => ({ application, host, target: web })),
            ].flatMap(({ application, host, target }) =>
                target === undefined ? [] : [{ label: hostLabel(ingress, application), host, target }],
            ),
        },
        {},
    );

    const tenantsUrl = tenantsServed ? httpsUrl(agentHost(ingress, "tenants"), ingress.tenants.port) : undefined;
    const elsewhere = peers.map(({ name, url, ca, tenantsUrl: theirs }) => ({
        name,
        url,
        ca,
        ...(theirs === undefined ? {} : { tenantsUrl: theirs }),
    }));
    const own = { name: observer.name, url: ownRemoteWriteUrl(ingress.receive), ca: authority.certificate };
    const destinations = [{ ...own, url: writeUrl, ...(tenantsUrl === undefined ? {} : { tenantsUrl }) }, ...elsewhere];
    const customers = await enrolCustomers(held, {
        environment,
        observer: { name: observer.name, provider: observerProvider, ready: foundation.crds },
        stacks,
        issuer: authority.agentIssuer,
        now,
        destinations,
        releases,
        monitors: settings.monitors,
        logs: settings.logs.enabled,
        alsoExpected: settings.customers.filter(({ enrolledBy }) => enrolledBy !== undefined),
    });

    for (const { postgresPassword, ...application } of applicationsOf(observer)) {
        new ApplicationMonitoring(
            applicationInstance(observer.name, application.name),
            {
                application,
                postgresPassword,
                cluster: observer.name,
                tenant: observer.name,
                expected: true,
                externalLabels: {},
                sign: authority.agentIssuer.apply(signer),
                now,
                destinations: [own, ...elsewhere],
                imageRegistry: releases.imageRegistry,
                waitForWorkloads: releases.waitForWorkloads,
            },
            {
                provider: observerProvider,
                dependsOn: [foundation.crds],
                observer: { provider: observerProvider, ready: foundation.crds },
            },
        );
    }

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
        tenantsUrl: tenantsUrl ?? "",
        bucket: store.bucket,
        certificateAuthority: authority.certificate,
        enrolment: pulumi.output({
            remoteWriteUrl: writeUrl,
            certificateAuthority: authority.certificate,
            tenantPattern: tenantPattern.source,
            observer: observer.name,
            destinations,
            logs: settings.logs.enabled,
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
