/**
 * Every name that two places must agree on: hosts, namespaces, releases, services, Secrets and service accounts.
 */

/** The namespace of everything that the platform puts into a cluster, on every cluster. */
export const namespace = "observability";

/** The kube-prometheus-stack's release, on every cluster: upstream rules know components by names built from it. */
export const kubePrometheusStackRelease = "kps";

/** The release of the operator's CRDs, on every cluster. */
export const crdsRelease = "prometheus-operator-crds";

/** The Thanos release, on the observer. */
export const thanosRelease = "thanos";

/** The Loki release, on the observer; also the name of its Service and of its service account. */
export const lokiRelease = "loki";

/** The release of the collector of pods' and nodes' logs, on customer clusters: one pod a node. */
export const logsCollectorRelease = "alloy-logs";

/** The release of the collector of Kubernetes events, on customer clusters: one pod. */
export const eventsCollectorRelease = "alloy-events";

/** The release of the gateway for pushed metrics, on customer clusters; also the name of its Service. */
export const otlpRelease = "otlp-gateway";

/** A cluster's DNS domain, as every kubeadm, AKS, EKS and GKE cluster has it. */
const clusterDomain = "cluster.local";

/** Secrets and ConfigMaps by what they hold. */
export const objects = {
    /** Thanos' objstore.yml, under the key `objstore.yml`. */
    objectStore: "thanos-objstore",
    /** The volume of a filesystem object store. */
    objectStoreVolume: "thanos-objstore",
    /** The receive routers' server certificate: `tls.crt`, `tls.key`, and `ca.crt` with everyone whose clients may write. */
    receiveTls: "thanos-receive-tls",
    /** The receive routers' limits, under the key `limits.yaml`. */
    receiveLimits: "thanos-receive-limits",
    /** The Service that agents write to. */
    receiveService: "receive",
    /** An agent's client certificate: `tls.crt`, `tls.key`, and a `ca-<observer>.crt` to know each observer by. */
    remoteWriteTls: "remote-write-tls",
    /** The client certificate with which an observer writes to its peers and to itself; keys as in `remoteWriteTls`. */
    peerWriteTls: "peer-write-tls",
    /** Loki's whole configuration, under the key `config.yaml`: it holds the object store's keys. */
    lokiConfig: "loki-config",
    /** The tenant gateway's server certificate; keys as in `receiveTls`. */
    tenantGatewayTls: "tenant-gateway-tls",
    /** The tenant gateway's configuration, under the key `caddy.json`. */
    tenantGatewayConfig: "tenant-gateway",
    /** What Grafana signs people in with: `client-secret`. */
    oidc: "grafana-oidc",
    /** Grafana's admin credentials. */
    grafanaAdmin: "grafana-admin",
    /** What alert receivers are reached with, one key a receiver. */
    alertReceivers: "alert-receivers",
    /** The web hosts' certificate, where the environment signs it. */
    webTls: "web-tls",
    /** The Gateway of the web hosts. */
    gateway: "observability",
} as const;

/** Service accounts whose pods read and write blocks; a cloud identity must trust all of them. */
export const objectStoreServiceAccounts = {
    thanos: "thanos",
    prometheus: "kps-prometheus",
    ruler: "kps-thanos-ruler",
    loki: lokiRelease,
} as const;

/** Services inside the observer cluster. */
export const services = {
    grafana: { name: `${kubePrometheusStackRelease}-grafana`, port: 80 },
    prometheus: { name: `${kubePrometheusStackRelease}-prometheus`, port: 9090 },
    alertmanager: { name: `${kubePrometheusStackRelease}-alertmanager`, port: 9093 },
    prometheusSidecar: { name: `${kubePrometheusStackRelease}-thanos-discovery`, port: 10901 },
    /** The operator's own headless Service; the chart's has no gRPC port. */
    ruler: { name: "thanos-ruler-operated", port: 10901 },
    query: { name: `${thanosRelease}-query`, port: 9090 },
    queryFrontend: { name: `${thanosRelease}-query-frontend`, port: 9090 },
    receiveRouter: { name: `${thanosRelease}-receive-router`, port: 10908 },
    receiveIngestor: { name: `${thanosRelease}-receive-ingester`, port: 10901 },
    storeGateway: { name: `${thanosRelease}-storegateway`, port: 10901 },
    loki: { name: lokiRelease, port: 3100 },
    /** The Service that customers' collectors and queries reach; TLS ends behind it. */
    tenantGateway: { name: "tenant-gateway", port: 8443 },
    /** The Service that its metrics are scraped through. */
    tenantGatewayMetrics: { name: "tenant-gateway-metrics" },
    /** Query that answers each tenant with its own series, and asks who asks by the header `tenantHeader`. */
    tenantQuery: { name: "thanos-query-tenants", port: 9090 },
    /** Query that answers for one application's Prometheus, named by the same header. */
    applicationQuery: { name: "thanos-query-applications", port: 9090 },
} as const;

/** A Service's DNS name inside its cluster. */
export function serviceHost(service: string): string {
    return `${service}.${namespace}.svc.${clusterDomain}`;
}

/** The address of ingestor `index` in the hashring: its pod's stable DNS name and gRPC port. */
export function ingestorAddress(index: number): string {
    const { name, port } = services.receiveIngestor;
    return `${name}-${index}.${serviceHost(`${name}-headless`)}:${port}`;
}

/** What Query resolves to find every replica behind a Service with a port named grpc. */
export function grpcEndpoints(service: string): string {
    return `dnssrv+_grpc._tcp.${serviceHost(service)}`;
}

/** The hosts that people and agents use. */
export type Hosts = Record<"grafana" | "prometheus" | "alertmanager" | "query" | "receive" | "tenants", string>;

/** The host of one application: `${dnsPrefix}grafana${dnsSuffix}.${privateZone}`, and likewise for the others. */
export function hosts(ingress: { dnsPrefix: string; dnsSuffix: string; privateZone: string }): Hosts {
    const host = (application: string) => `${hostLabel(ingress, application)}.${ingress.privateZone}`;
    return {
        grafana: host("grafana"),
        prometheus: host("prometheus"),
        alertmanager: host("alertmanager"),
        query: host("query"),
        receive: host("receive"),
        tenants: host("tenants"),
    };
}

/** The host that agents connect to: the one that DNS knows, or, where nothing writes records, the address itself. */
export function agentHost(
    ingress: Parameters<typeof hosts>[0] & {
        dns: { provider: string };
        receive: { address?: string };
        tenants: { address?: string };
    },
    application: "receive" | "tenants",
): string {
    const host = hosts(ingress)[application];
    return ingress.dns.provider === "none" ? (ingress[application].address ?? host) : host;
}

/** The first label of a host: what a DNS record inside the zone is called. */
export function hostLabel(ingress: { dnsPrefix: string; dnsSuffix: string }, application: string): string {
    return `${ingress.dnsPrefix}${application}${ingress.dnsSuffix}`;
}

/** A web application, its host and the Service behind it. */
export interface WebBackend {
    application: string;
    host: string;
    service: { name: string; port: number };
}

/** The web applications that every observer has. */
export type WebApplication = Exclude<keyof Hosts, "receive" | "tenants">;

/** The web hosts and the Services behind them. */
export function webBackends(publicHosts: Hosts): (WebBackend & { application: WebApplication })[] {
    return [
        { application: "grafana", host: publicHosts.grafana, service: services.grafana },
        { application: "prometheus", host: publicHosts.prometheus, service: services.prometheus },
        { application: "alertmanager", host: publicHosts.alertmanager, service: services.alertmanager },
        { application: "query", host: publicHosts.query, service: services.queryFrontend },
    ];
}

/** A tenant's own Grafana; `application` names its release, its Service and its host. */
export interface TenantGrafana extends WebBackend {
    tenant: string;
}

/** The Grafanas of `tenants`, each under `${dnsPrefix}grafana-${tenant}${dnsSuffix}.${privateZone}`. */
export function tenantGrafanas(ingress: Parameters<typeof hosts>[0], tenants: string[]): TenantGrafana[] {
    return tenants.map((tenant) => {
        const application = `grafana-${tenant}`;
        return {
            tenant,
            application,
            host: `${hostLabel(ingress, application)}.${ingress.privateZone}`,
            service: { name: application, port: services.grafana.port },
        };
    });
}

/** Where people find each web application: under its host, or, where nothing is published, inside the cluster. */
export function webUrls(publicHosts: Hosts, published: boolean): Record<WebApplication, string> {
    const urls = webBackends(publicHosts).map(({ application, host, service }) => [
        application,
        published ? `https://${host}` : `http://${serviceHost(service.name)}:${service.port}`,
    ]);
    return Object.fromEntries(urls) as Record<WebApplication, string>;
}

/** The port of a Service before pods that listen on `port`: a node port is config's, and then the Service keeps theirs. */
export function servicePort(service: { serviceType: string; port: number }, port: number): number {
    return service.serviceType === "NodePort" ? port : service.port;
}

/** An https URL without a path; the port is left out where it is the default. */
export function httpsUrl(host: string, port: number): string {
    return `https://${host}${port === 443 ? "" : `:${port}`}`;
}

/** The path of remote-write on a receive router. */
export const remoteWritePath = "/api/v1/receive";
