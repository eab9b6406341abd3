import { keepOnly, type MetricSelection } from "./keepList";
import type { Monitors } from "./monitors";
import type { Relabeling } from "./relabeling";
import { isResearch, pseudonyms } from "./research";

/** How much of a customer cluster is watched, and by how many agents. */
export type Profile = "l0" | "standard" | "full";

/** Who runs the control plane. */
export type Platform = "aks" | "eks" | "gke" | "kubeadm";

/** What a profile stands for. */
export interface AgentPreset {
    /** Two never restart together: an agent that restarts while the observer is away loses all that it had not sent. */
    replicas: number;
    scrapeInterval: string;
    /** Requests of one agent: 68 MB and 3 kB a series, doubled for the time when a backlog is sent. */
    cpu: string;
    memory: string;
    /** Scrape the API server, CoreDNS and what else of the control plane can be reached. */
    controlPlane: boolean;
}

/** The profiles. */
export const profiles: Record<Profile, AgentPreset> = {
    l0: { replicas: 1, scrapeInterval: "60s", cpu: "25m", memory: "256Mi", controlPlane: false },
    standard: { replicas: 2, scrapeInterval: "30s", cpu: "50m", memory: "512Mi", controlPlane: true },
    full: { replicas: 2, scrapeInterval: "15s", cpu: "100m", memory: "1Gi", controlPlane: true },
};

/**
 * Seconds between an agent's SIGTERM and its kill. An agent whose observer is away tries to flush for a minute and a
 * half; Kubernetes' thirty seconds would cut that off.
 */
export const gracePeriodSeconds = 300;

/** Seconds for which a restarted agent must have been ready before the next one restarts. */
export const minReadySeconds = 60;

/** What of a control plane can be scraped. */
export interface ControlPlaneTargets {
    apiServer: boolean;
    coreDns: boolean;
    controllerManager: boolean;
    scheduler: boolean;
    etcd: boolean;
    proxy: boolean;
}

/**
 * The targets that exist: a managed control plane hides its scheduler, controller manager and etcd, and does not open
 * kube-proxy's metrics.
 */
export function controlPlaneTargets(platform: Platform, wanted = true): ControlPlaneTargets {
    const own = wanted && platform === "kubeadm";
    return { apiServer: wanted, coreDns: wanted, controllerManager: own, scheduler: own, etcd: own, proxy: own };
}

/**
 * What an agent does to a series before it is sent: drops what nobody needs, then hides who users are where config says so.
 *
 * @param needed the metrics that rules and dashboards ask for
 */
export function agentRelabelings(
    cluster: { name: string; tenant: string; metrics?: MetricSelection },
    monitors: Monitors,
    needed: string[],
): Relabeling[] {
    return [
        // What config itself makes of custom resources is wanted, whether or not a panel shows it.
        ...keepOnly(monitors.tre === undefined ? needed : [...needed, "tre_.+"], cluster.metrics ?? monitors.metrics),
        ...(monitors.tre !== undefined && isResearch(monitors.tre, cluster.name)
            ? pseudonyms(monitors.tre, cluster.tenant)
            : []),
    ];
}

/** The labels on everything that a cluster sends; `cluster` wins over whatever config says. */
export function agentLabels(cluster: { name: string; externalLabels: Record<string, string> }): Record<string, string> {
    return { ...cluster.externalLabels, cluster: cluster.name };
}
