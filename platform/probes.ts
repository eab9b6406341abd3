import type { Monitors } from "./monitors";
import { peerProbeSuccess } from "./peers";
import type { Relabeling } from "./relabeling";

/** What the observer probes from outside. */
export interface ProbedEndpoint {
    /** The `endpoint` label of its series. */
    name: string;
    url: string;
    /** The application whose public address it is. */
    application?: string;
}

/** Another observer that is asked from outside whether it is there. */
export interface ProbedPeer {
    name: string;
    /** The URL of its Query. */
    queryUrl: string;
}

/** The endpoints of config, and every application that has a public address. */
export function probedEndpoints({ endpoints, applications }: Monitors): ProbedEndpoint[] {
    return [
        ...endpoints.targets.map(({ name, url }) => ({ name, url })),
        ...applications.flatMap(({ name, url }) => (url === undefined ? [] : [{ name, url, application: name }])),
    ];
}

/** The release of the exporter that probes; also the name of its Service. */
export const blackboxExporter = { name: "blackbox-exporter", port: 9115 } as const;

/** The module that every endpoint is probed with. */
const probeModule = "http_2xx";

/** Seconds that a probe may take. */
const probeTimeout = 10;

/** The exporter's configuration. A certificate that is not valid fails the probe, which is the exporter's default. */
export const blackboxConfig = {
    modules: {
        [probeModule]: {
            prober: "http",
            timeout: `${probeTimeout}s`,
            http: {
                // The chart's own module of that name has this, and Helm merges: what runs is what stands here.
                valid_http_versions: ["HTTP/1.1", "HTTP/2.0"],
                follow_redirects: true,
                preferred_ip_protocol: "ip4",
                ip_protocol_fallback: true,
            },
        },
    },
};

/** The name of an endpoint's Probe: an application and an endpoint may be called the same. */
export function probeName({ name, application }: ProbedEndpoint): string {
    return application === undefined ? `endpoint-${name}` : `application-${name}`;
}

/** The name of a peer's Probe. */
export function peerProbeName({ name }: ProbedPeer): string {
    return `peer-${name}`;
}

/** The spec of an endpoint's Probe. */
export function probeSpec({ name, url, application }: ProbedEndpoint, proberHost: string) {
    return spec(url, { endpoint: name, ...(application === undefined ? {} : { application }) }, proberHost);
}

/** The spec of a peer's Probe: whether its Query is ready, and nothing else, under a name of its own. */
export function peerProbeSpec({ name, queryUrl }: ProbedPeer, proberHost: string) {
    const metricRelabelings: Relabeling[] = [
        { sourceLabels: ["__name__"], regex: "probe_success", action: "keep" },
        { targetLabel: "__name__", replacement: peerProbeSuccess },
    ];
    return { ...spec(`${queryUrl.replace(/\/+$/, "")}/-/ready`, { peer: name }, proberHost), metricRelabelings };
}

function spec<Labels extends Record<string, string>>(url: string, labels: Labels, proberHost: string) {
    return {
        jobName: "probe",
        module: probeModule as typeof probeModule,
        prober: { url: `${proberHost}:${blackboxExporter.port}` },
        interval: "30s",
        // More than the probe's own: the exporter stops half a second before it is not waited for any more.
        scrapeTimeout: `${probeTimeout + 5}s`,
        targets: { staticConfig: { static: [url], labels } },
    };
}
