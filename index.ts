import * as pulumi from "@pulumi/pulumi";
import { CertificateAuthority } from "./components/certificateAuthority";
import { layFoundation } from "./components/cluster/foundation";
import { clusterProvider, openStackReferences } from "./components/cluster/provider";
import { releasePolicy } from "./components/cluster/release";
import { CustomerCluster } from "./components/customer/customerCluster";
import { createDnsRecords } from "./components/observer/dnsRecords";
import { ObserverCluster } from "./components/observer/observerCluster";
import { createObjectStore } from "./components/storage/createObjectStore";
import { alertRouting } from "./config/alertRouting";
import { load, type Customer } from "./config/load";
import { readStackConfig } from "./config/pulumiConfig";
import { neededMetrics } from "./metrics/needed";
import { agentRelabelings } from "./platform/agent";
import { hostLabel, hosts, namespace, webUrls } from "./platform/names";
import { remoteWriteUrl } from "./platform/remoteWrite";
import { preset } from "./platform/sizes";
import { tenantLimits, tenantPattern } from "./platform/tenancy";
import { contractVersion, type ProgramOutputs } from "./outputs";

/** One environment: storage, the observer, and every customer cluster. */
async function program(): Promise<ProgramOutputs> {
    await pulumi.requirePulumiVersion(">=3.220.0");
    const { settings, warnings } = load(readStackConfig());
    for (const warning of warnings) {
        void pulumi.log.warn(warning);
    }
    const { environment, observer, ingress } = settings;
    const stacks = openStackReferences([observer, ...settings.customers]);
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

    const agentHost =
        ingress.dns.provider === "none" ? (ingress.receive.address ?? publicHosts.receive) : publicHosts.receive;
    const writeUrl = remoteWriteUrl(agentHost, ingress.receive.port);
    const needed = [...neededMetrics({ observer: observer.name, monitors: settings.monitors }).keys()];
    const onboard = (customer: Customer) =>
        new CustomerCluster(
            customer.name,
            {
                ...customer,
                cluster: customer.name,
                expected: !customer.decommissioned,
                monitors: settings.monitors,
                relabelings: agentRelabelings(customer, settings.monitors, needed),
                authority,
                destinations: [
                    { name: observer.name, url: writeUrl, ca: authority.certificate },
                    ...observer.peers.map((peer) => ({ name: peer.name, url: peer.receiveUrl, ca: peer.serverCa })),
                ],
                releases: { ...releases, imageRegistry: customer.mirror?.imageRegistry ?? releases.imageRegistry },
            },
            {
                provider: clusterProvider(
                    customer.name,
                    {
                        environment,
                        cluster: customer.name,
                        access: customer,
                        stacks,
                        unreachable: customer.decommissioned,
                    },
                    {},
                ),
                observer: { provider: observerProvider, ready: foundation.crds },
            },
        );
    const customers = settings.customers.map((customer) => ({ customer, cluster: onboard(customer) }));

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
        enrolment: pulumi.output(authority.certificate).apply((certificateAuthority) => ({
            remoteWriteUrl: writeUrl,
            certificateAuthority,
            tenantPattern: tenantPattern.source,
        })),
        customers: Object.fromEntries(
            customers.map(({ customer, cluster }) => [
                customer.name,
                {
                    tenant: customer.tenant,
                    status: customer.decommissioned ? ("decommissioned" as const) : ("enrolled" as const),
                    credentialExpires: cluster.credentialExpires,
                },
            ]),
        ),
        grafanaAdminPassword: observerCluster.grafanaAdminPassword,
    };
}

export = program;
