import type { InfrastructureExporter, Monitors } from "./monitors";
import type { Relabeling } from "./relabeling";

/**
 * Exporters of infrastructures that have no Prometheus of their own. The observer's scrapes them, and writes what they say
 * to the observer's own receivers: a sidecar shows everything under the observer's `cluster`, and rules and dashboards
 * know an infrastructure by a `cluster` of its own.
 */

/** How each kind of exporter is scraped. */
const exporters: Record<InfrastructureExporter["kind"], { job: string; interval: string; timeout: string }> = {
    // It asks every API of OpenStack anew for each scrape. Less than five minutes, after which a sample is not seen any more.
    openstack: { job: "openstack-exporter", interval: "120s", timeout: "60s" },
    ceph: { job: "ceph", interval: "30s", timeout: "20s" },
    libvirt: { job: "libvirt-exporter", interval: "30s", timeout: "20s" },
};

/** Whose a series is, until it is written to the receivers. */
const infrastructureLabel = "infrastructure";

/** The name of an exporter's ScrapeConfig: config has a kind once for each infrastructure. */
export function exporterName({ infrastructure, kind }: InfrastructureExporter): string {
    return `${kind}-${infrastructure}`;
}

/** The spec of an exporter's ScrapeConfig. */
export function exporterSpec({ infrastructure, kind, addresses, scheme }: InfrastructureExporter) {
    const { job, interval, timeout } = exporters[kind];
    return {
        jobName: job,
        metricsPath: "/metrics",
        scheme: scheme === "https" ? "HTTPS" : "HTTP",
        scrapeInterval: interval,
        scrapeTimeout: timeout,
        staticConfigs: [{ targets: addresses, labels: { [infrastructureLabel]: infrastructure } }],
    };
}

/** Whether the observer's Prometheus scrapes an infrastructure itself, and so has to write to the observer. */
export function scrapesInfrastructure({ iaas }: Monitors): boolean {
    return iaas !== undefined && iaas.exporters.length > 0;
}

/** What the observer's Prometheus does to a series before it writes it to the observer: what exporters say of an infrastructure stays. */
export const infrastructureRelabelings: Relabeling[] = [
    {
        sourceLabels: [infrastructureLabel, "__name__"],
        regex: `.+;(${Object.keys(exporters).join("|")})_.+`,
        action: "keep",
    },
    { sourceLabels: [infrastructureLabel], targetLabel: "cluster" },
    { regex: infrastructureLabel, action: "labeldrop" },
];
