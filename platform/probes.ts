import type { Monitors } from "./monitors";
import { peerProbeSuccess } from "./peers";
import type { Relabeling } from "./relabeling";

/** How an endpoint of config is probed. */
type EndpointModule = Monitors["endpoints"]["targets"][number]["module"];

/** What the observer probes from outside. */
export interface ProbedEndpoint {
    /** The `endpoint` label of its series. */
    name: string;
    /** A URL, or host:port for the modules tcp and tls. */
    url: string;
    /** `http` when unset. */
    module?: EndpointModule;
    /** The application whose public address it is. */
    application?: string;
}

/** Another observer that is asked from outside whether it is there. */
export interface ProbedPeer {
    name: string;
    /** The URL of its Query. */
    queryUrl: string;
}

/** A customer cluster of which something is probed. */
export interface ProbedCluster {
    name: string;
    tenant: string;
    /** The URL of its API server; not probed when unset. */
    apiServer?: string;
    /** Hosts that its ingress serves. */
    ingressHosts: string[];
}

/** What of the platform itself is probed. */
export interface ProbedPlatform {
    /** The web hosts by what they serve; none where nothing is published. */
    web: { application: string; host: string }[];
    /** True: the environment's own authority has signed the web hosts' certificate. */
    webSignedHere: boolean;
    /** Where remote-write is taken: the observer's own endpoint, and each peer's. */
    receive: { url: string; peer?: string }[];
}

/** The endpoints of config, and every application that has a public address. */
export function probedEndpoints({ endpoints, applications }: Monitors): ProbedEndpoint[] {
    return [
        ...endpoints.targets.map(({ name, url, module }) => ({ name, url, module })),
        ...applications.flatMap(({ name, url }) => (url === undefined ? [] : [{ name, url, application: name }])),
    ];
}

/** The release of the exporter that probes; also the name of its Service. */
export const blackboxExporter = { name: "blackbox-exporter", port: 9115 } as const;

/** The ConfigMap with the authorities that the platform's own endpoints are known by, and where the exporter finds it. */
export const probeAuthorities = {
    name: "probe-authorities",
    directory: "/etc/probe-authorities",
    key: "ca.crt",
} as const;

/** Seconds that a probe may take. */
const probeTimeout = 10;

const timeout = `${probeTimeout}s`;
const addressFamily = { preferred_ip_protocol: "ip4", ip_protocol_fallback: true } as const;

/** Known by the authorities of the environment and of its peers. */
const ofAuthorities = { ca_file: `${probeAuthorities.directory}/${probeAuthorities.key}` } as const;

/** The exporter knows no ranges: every status below 500. A host that redirects, or wants a login, answers. */
const anyAnswer = Array.from({ length: 300 }, (_, index) => 200 + index);

/** One answer is asked for, whatever it is: where a redirect leads is another host's affair, and its certificate too. */
const answers = { follow_redirects: false, ...addressFamily, valid_status_codes: anyAnswer } as const;

/** The exporter's configuration. A certificate that is not valid fails the probe, which is the exporter's default. */
export const blackboxConfig = {
    modules: {
        http_2xx: {
            prober: "http",
            timeout,
            http: {
                // The chart's own module of that name has this, and Helm merges: what runs is what stands here.
                valid_http_versions: ["HTTP/1.1", "HTTP/2.0"],
                follow_redirects: true,
                ...addressFamily,
            },
        },
        tcp_connect: { prober: "tcp", timeout, tcp: { ...addressFamily } },
        tls: { prober: "tcp", timeout, tcp: { ...addressFamily, tls: true } },
        api_server: {
            prober: "http",
            timeout,
            http: {
                follow_redirects: false,
                ...addressFamily,
                // One that refuses a stranger is there.
                valid_status_codes: [200, 401, 403],
                // Each cluster has an authority of its own. When the certificate expires is read all the same.
                tls_config: { insecure_skip_verify: true },
            },
        },
        ingress: { prober: "http", timeout, http: answers },
        own_host: { prober: "http", timeout, http: { ...answers, tls_config: ofAuthorities } },
        // No certificate is shown. With TLS 1.3, which the routers insist on, the handshake ends before that is refused.
        receive: { prober: "tcp", timeout, tcp: { ...addressFamily, tls: true, tls_config: ofAuthorities } },
    },
};

type ProbeModule = keyof typeof blackboxConfig.modules;

const endpointModules: Record<EndpointModule, ProbeModule> = { http: "http_2xx", tcp: "tcp_connect", tls: "tls" };

/** The name of an endpoint's Probe: an application and an endpoint may be called the same. */
export function probeName({ name, application }: ProbedEndpoint): string {
    return application === undefined ? `endpoint-${name}` : `application-${name}`;
}

/** The name of a peer's Probe. */
export function peerProbeName({ name }: ProbedPeer): string {
    return `peer-${name}`;
}

/** The spec of an endpoint's Probe. */
export function probeSpec({ name, url, module = "http", application }: ProbedEndpoint, proberHost: string) {
    const labels = { endpoint: name, ...(application === undefined ? {} : { application }) };
    return spec(endpointModules[module], url, labels, proberHost);
}

/** The spec of a peer's Probe: whether its Query is ready, and nothing else, under a name of its own. */
export function peerProbeSpec({ name, queryUrl }: ProbedPeer, proberHost: string) {
    const metricRelabelings: Relabeling[] = [
        { sourceLabels: ["__name__"], regex: "probe_success", action: "keep" },
        { targetLabel: "__name__", replacement: peerProbeSuccess },
    ];
    const url = below(queryUrl, "/-/ready");
    return { ...spec("http_2xx", url, { peer: name }, proberHost), metricRelabelings };
}

/** The job of every probe. */
const jobName = "probe";

const scraped = {
    interval: "30s",
    // More than the probe's own: the exporter stops half a second before it is not waited for any more.
    timeout: `${probeTimeout + 5}s`,
} as const;

function spec<Labels extends Record<string, string>>(
    module: ProbeModule,
    url: string,
    labels: Labels,
    proberHost: string,
) {
    return {
        jobName,
        module,
        prober: { url: proberAddress(proberHost) },
        interval: scraped.interval,
        scrapeTimeout: scraped.timeout,
        targets: { staticConfig: { static: [url], labels } },
    };
}

function proberAddress(host: string): string {
    return `${host}:${blackboxExporter.port}`;
}

function below(url: string, path: string): string {
    return `${url.replace(/\/+$/, "")}${path}`;
}

/**
 * The label `probe` of what is probed besides endpoints: rules and dashboards tell by it what a series is about. What
 * is a customer's has `customer_cluster` and `customer_tenant` as well, because Query knows everything that the observer
 * has scraped as the observer's `cluster`; what is a peer's has `peer`.
 */
export const probeKinds = {
    apiServer: "api-server",
    ingress: "ingress",
    host: "host",
    receive: "receive",
} as const;

/** Targets that are probed the same way. A fleet has hundreds, so they are one object and not one each. */
export interface ProbeGroup {
    name: string;
    module: ProbeModule;
    targets: { address: string; labels: Record<string, string> }[];
}

/** What is probed of customers' clusters and of the platform; groups that have something to probe. */
export function probeGroups(clusters: ProbedCluster[], { web, webSignedHere, receive }: ProbedPlatform): ProbeGroup[] {
    const groups: ProbeGroup[] = [
        {
            name: "probe-api-servers",
            module: "api_server",
            targets: clusters.flatMap(({ apiServer, ...cluster }) =>
                apiServer === undefined
                    ? []
                    : [
                          {
                              address: below(apiServer, "/readyz"),
                              labels: { probe: probeKinds.apiServer, ...customer(cluster) },
                          },
                      ],
            ),
        },
        {
            name: "probe-ingress-hosts",
            module: "ingress",
            targets: clusters.flatMap((cluster) =>
                cluster.ingressHosts.map((host) => ({
                    address: `https://${host}/`,
                    labels: { probe: probeKinds.ingress, ...customer(cluster) },
                })),
            ),
        },
        {
            name: "probe-own-hosts",
            module: webSignedHere ? "own_host" : "ingress",
            targets: web.map(({ application, host }) => ({
                address: `https://${host}/`,
                labels: { probe: probeKinds.host, service: application },
            })),
        },
        {
            name: "probe-receive",
            module: "receive",
            targets: receive.map(({ url, peer }) => ({
                address: hostAndPort(url),
                labels: { probe: probeKinds.receive, ...(peer === undefined ? {} : { peer }) },
            })),
        },
    ];
    return groups.filter(({ targets }) => targets.length > 0);
}

function customer({ name, tenant }: Pick<ProbedCluster, "name" | "tenant">) {
    return { customer_cluster: name, customer_tenant: tenant };
}

function hostAndPort(url: string): string {
    const { hostname, port } = new URL(url);
    return `${hostname}:${port === "" ? 443 : port}`;
}

/** The metrics of those probes that rules and dashboards ask for; an exporter's answer has some twenty more. */
const kept = ["success", "duration_seconds", "http_status_code", "ssl_earliest_cert_expiry"];

/** The spec of a group's ScrapeConfig: targets with labels of their own, which a Probe has not. */
export function probeGroupSpec({ module, targets }: ProbeGroup, proberHost: string) {
    const relabelings: Relabeling[] = [
        { sourceLabels: ["__address__"], targetLabel: "__param_target" },
        { sourceLabels: ["__param_target"], targetLabel: "instance" },
        { targetLabel: "__address__", replacement: proberAddress(proberHost) },
    ];
    const metricRelabelings: Relabeling[] = [
        { sourceLabels: ["__name__"], regex: `probe_(${kept.join("|")})`, action: "keep" },
    ];
    return {
        jobName,
        metricsPath: "/probe",
        params: { module: [module] },
        scrapeInterval: scraped.interval,
        scrapeTimeout: scraped.timeout,
        staticConfigs: targets.map(({ address, labels }) => ({ targets: [address], labels })),
        relabelings,
        metricRelabelings,
    };
}
