import { probedEndpoints, probeGroups, type ProbedCluster, type ProbedEndpoint } from "../../platform/probes";
import { everyMonitor } from "./monitors";
import { series, wave, type SimulatedTarget, type Simulation } from "./series";

/**
 * The observer probes endpoints, one of which is slow and has an old certificate, customers' clusters, one of which does not
 * answer, and its own hosts; customers have a cert-manager.
 */
export const endpoints: Simulation = ({ tenant, sick }) =>
    tenant === undefined
        ? [...probedEndpoints(everyMonitor).map((endpoint) => probe(endpoint, endpoint.name === "website")), ...outside]
        : [certManager(sick)];

/** How a probe's time is spent. */
const phases = { resolve: 0.02, connect: 0.08, tls: 0.2, processing: 0.6, transfer: 0.1 };

function probe({ name, url, application }: ProbedEndpoint, old: boolean): SimulatedTarget {
    const duration = old ? 6.5 : 0.3;
    return {
        job: "probe",
        instance: url,
        labels: { endpoint: name, ...(application === undefined ? {} : { application }) },
        series: [
            series("probe_success", {}, 1),
            series("probe_http_status_code", {}, 200),
            series("probe_ssl_earliest_cert_expiry", {}, inDays(old ? 20 : 70)),
            wave("probe_duration_seconds", {}, duration, 0.1),
            ...Object.entries(phases).map(([phase, share]) =>
                wave("probe_http_duration_seconds", { phase }, duration * share, 0.1),
            ),
        ],
    };
}

const clusters: ProbedCluster[] = [1, 2].map((number) => ({
    name: `cluster-${number}`,
    tenant: `customer-${number}`,
    apiServer: `https://api.cluster-${number}.example.org:6443`,
    ingressHosts: [`shop.cluster-${number}.example.org`],
}));

/** What is probed besides endpoints, with the targets and labels of the real ScrapeConfigs. */
const outside: SimulatedTarget[] = probeGroups(clusters, {
    web: ["grafana", "query"].map((application) => ({ application, host: `${application}.internal.example.org` })),
    webSignedHere: true,
    receive: [
        { url: "https://receive.internal.example.org/api/v1/receive" },
        { url: "https://receive-b.internal.example.org/api/v1/receive", peer: "observer-b" },
    ],
})
    .flatMap(({ targets }) => targets)
    .map(({ address, labels }) => {
        const down = address.includes("api.cluster-2");
        return {
            job: "probe",
            instance: address,
            labels,
            series: [
                series("probe_success", {}, Number(!down)),
                wave("probe_duration_seconds", {}, down ? 10 : 0.1, 0.1),
                ...(address.includes("://") ? [series("probe_http_status_code", {}, down ? 0 : 200)] : []),
                ...(down ? [] : [series("probe_ssl_earliest_cert_expiry", {}, inDays(60))]),
            ],
        };
    });

/** Its ServiceMonitor honours no labels, as the chart's does not. */
function certManager(sick: boolean): SimulatedTarget {
    const certificates = [
        { name: "portal-tls", namespace: "portal", left: 75, ready: true },
        { name: "hub-tls", namespace: "jupyterhub", left: sick ? 12 : 60, ready: !sick },
    ];
    return {
        job: "cert-manager",
        instance: "10.244.1.40:9402",
        labels: { namespace: "cert-manager", pod: "cert-manager-5c8d-a", container: "cert-manager-controller" },
        series: certificates.flatMap(({ name, namespace, left, ready }) => {
            const labels = {
                name,
                exported_namespace: namespace,
                issuer_name: "letsencrypt",
                issuer_kind: "ClusterIssuer",
                issuer_group: "cert-manager.io",
            };
            return [
                series("certmanager_certificate_expiration_timestamp_seconds", labels, inDays(left)),
                series("certmanager_certificate_renewal_timestamp_seconds", labels, inDays(left - 30)),
                ...["True", "False", "Unknown"].map((condition) =>
                    series(
                        "certmanager_certificate_ready_status",
                        { ...labels, condition },
                        Number(condition === (ready ? "True" : "False")),
                    ),
                ),
            ];
        }),
    };
}

function inDays(days: number): number {
    return Math.floor(Date.now() / 1000) + days * 86_400;
}
