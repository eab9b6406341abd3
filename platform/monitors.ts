import type { MetricSelection } from "./keepList";

/** What is watched besides the fleet's own health: it decides which rules and dashboards there are, and which metrics agents send. */
export interface Monitors {
    /** What agents send of what the platform's own exporters expose. */
    metrics: MetricSelection;
    kaas: KubernetesMonitor;
    iaas?: InfrastructureMonitor;
    harbor?: HarborMonitor;
    tre?: ResearchMonitor;
    endpoints: EndpointMonitors;
    applications: ApplicationMonitor[];
    certificates: CertificateMonitor;
    argocd?: ArgoCdMonitor;
    vault?: VaultMonitor;
    events: EventMonitor;
    validations: ValidationMonitor[];
    pushed: PushedMetric[];
    clusterApi?: ClusterApiMonitor;
}

/** From which value on an alert is a ticket, and from which it is a page; `false` is never. */
export interface Threshold {
    ticket: number | false;
    page: number | false;
}

/** The checks of every cluster, with the thresholds that hold where config says nothing. */
export const kubernetesThresholds = {
    /** Percent of nodes, pods, … that are well; below is bad. */
    nodesHealthy: { ticket: 99, page: 95 },
    podsHealthy: { ticket: 99, page: 95 },
    containersRunning: { ticket: 99, page: 95 },
    deploymentsHealthy: { ticket: 99, page: 95 },
    statefulSetsHealthy: { ticket: 99, page: 95 },
    daemonSetsHealthy: { ticket: 99, page: 95 },
    jobsSucceeded: { ticket: 99, page: 95 },
    volumesBound: { ticket: 99, page: 95 },
    /** Percent of a control plane component's targets that answer; below is bad. */
    controlPlaneHealthy: { ticket: 99, page: 95 },
    /** Percent in use; above is bad. */
    volumeUsage: { ticket: 85, page: 97 },
    nodeCpu: { ticket: 75, page: 90 },
    nodeMemory: { ticket: 75, page: 90 },
    nodeDisk: { ticket: 75, page: 90 },
    /** Errors a second of a node's network; above is bad. */
    nodeNetworkErrors: { ticket: 10, page: 15 },
} as const satisfies Record<string, Threshold>;

/** A check of every cluster. */
export type KubernetesCheck = keyof typeof kubernetesThresholds;

/** Health of every managed Kubernetes cluster. */
export interface KubernetesMonitor {
    thresholds: Record<KubernetesCheck, Threshold>;
}

/** OpenStack and Ceph. */
export interface InfrastructureMonitor {
    /** The cluster label of what the exporters and sidecars of each infrastructure send. */
    infrastructures: string[];
    openstack: boolean;
    ceph: boolean;
    libvirt: boolean;
    /** Exporters that the observer's own Prometheus scrapes. */
    exporters: InfrastructureExporter[];
    /** gRPC addresses of Thanos sidecars elsewhere, host:port. */
    storeEndpoints: string[];
}

/** An exporter of an infrastructure. */
export interface InfrastructureExporter {
    /** Whose it is. */
    infrastructure: string;
    kind: "openstack" | "ceph" | "libvirt";
    /** host:port. */
    addresses: string[];
    scheme: "http" | "https";
}

/** A Harbor registry. */
export interface HarborMonitor {
    namespace: string;
    /** The cluster on which the platform makes ServiceMonitors for it; unset where somebody else makes them. */
    scrapeOn?: string;
}

/** Whose custom resources hold workspaces and users. */
export type ResearchPreset = "lscsde" | "karectl";

/** A trusted research environment. */
export interface ResearchMonitor {
    /** The clusters of the environment; every customer cluster when empty. */
    clusters: string[];
    preset: ResearchPreset;
    satreVersion: "1.1" | "2.0";
    pseudonymiseUsers: boolean;
    /** Further kinds, counted as kube-state-metrics' custom-resource state has them. */
    resources: CustomResource[];
}

/** A kind of custom resource that is turned into a series. */
export interface CustomResource {
    group: string;
    version: string;
    kind: string;
    /** The kind in the plural, for the permission to list it. */
    plural: string;
    /** What its objects are counted as. */
    as: "workspace" | "user" | "project" | "dataset" | "workspaceBinding" | "datasetBinding" | "other";
    /** Label → path in the object, such as `username: [spec, username]`. */
    labels: Record<string, string[]>;
}

/** Service endpoints, probed from the observer. */
export interface EndpointMonitors {
    targets: { name: string; url: string; module: "http" | "tcp" | "tls" }[];
    /** Seconds that a probe may take on average. */
    slowSeconds: number;
}

/** The checks of an application. */
export const applicationChecks = {
    /** Restarts of a container in an hour. */
    restarts: { enabled: true, threshold: 3 },
    /** Minutes that a pod may be neither running nor completed. */
    state: { enabled: true, threshold: 15 },
    /** Containers killed for their memory in an hour. */
    oomKills: { enabled: true, threshold: 1 },
    /** Percent of a container's CPU limit. */
    cpu: { enabled: true, threshold: 90 },
    /** Percent of a container's memory limit. */
    memory: { enabled: true, threshold: 90 },
    /** Percent of a volume. */
    volume: { enabled: true, threshold: 85 },
    /** Percent of requests answered 5xx. */
    errors: { enabled: true, threshold: 5 },
    /** Seconds, 95th percentile. */
    latency: { enabled: true, threshold: 2 },
    /** Minutes that Argo CD may call it out of sync or not healthy. */
    argocd: { enabled: true, threshold: 30 },
} as const satisfies Record<string, ApplicationCheckSettings>;

/** A check of an application. */
export type ApplicationCheck = keyof typeof applicationChecks;

/** Whether an application is checked so, and from which value on it is an alert. */
export interface ApplicationCheckSettings {
    enabled: boolean;
    threshold: number;
}

/** A web application. */
export interface ApplicationMonitor {
    /** Unique; the `application` label of its alerts, and part of its dashboards' uids. */
    name: string;
    namespace: string;
    /** The clusters it runs on; every one when empty. */
    clusters: string[];
    /** Its public address, probed from the observer. */
    url?: string;
    /** A receiver of `alerting.receivers` for its alerts. */
    receiver?: string;
    /** The Slack channel of its team, where that receiver is one of Slack. */
    channel?: string;
    checks: Record<ApplicationCheck, ApplicationCheckSettings>;
    /** Runs under Gunicorn, whose statsd metrics statsd_exporter translates. */
    gunicorn: boolean;
    /** The name of its PostgreSQL database, watched by postgres_exporter. */
    database?: string;
    /** Is a JupyterHub. */
    jupyterhub: boolean;
}

/** Certificate lifetimes. */
export interface CertificateMonitor {
    /** Days before expiry from which it is a ticket, and from which a page. */
    ticketDays: number;
    pageDays: number;
}

/** Argo CD: sync and health of every application it has. */
export interface ArgoCdMonitor {
    namespace: string;
}

/** Vault: lifetimes of the tokens of service accounts, and refreshes of secrets. */
export interface VaultMonitor {
    /** Days before a token's expiry from which it is a ticket. */
    tokenDays: number;
}

/** Interesting events, counted by the collectors of logs. */
export interface EventMonitor {
    /** Secrets written or deleted in Vault. */
    vault: boolean;
    /** What administrators do. */
    adminActions: boolean;
    /** Deployments that were rolled out. */
    rollouts: boolean;
    custom: CustomEvent[];
}

/** An event of somebody's own: a line of a namespace's pods that matches. */
export interface CustomEvent {
    /** The `event` label. */
    name: string;
    namespace: string;
    /** RE2. */
    expression: string;
}

/** A script that runs on the observer now and then; an exit code other than 0 is a finding. */
export interface ValidationMonitor {
    name: string;
    /** Cron. */
    schedule: string;
    image: string;
    /** Shell. */
    script: string;
}

/** A metric that somebody pushes or exposes, to be shown on the dashboard of custom metrics. */
export interface PushedMetric {
    /** As Prometheus has it. */
    metric: string;
    title: string;
    /** A unit of Grafana, such as celsius. */
    unit: string;
    /** Labels that tell its series apart. */
    by: string[];
}

/** A management cluster whose Cluster API objects are part of the inventory. */
export interface ClusterApiMonitor {
    /** The cluster, one of the fleet, whose API server holds them. */
    cluster: string;
    /** The label of a Cluster object that names its customer. */
    tenantLabel: string;
}

/** Restricts a selector to the clusters of an application. Their names are DNS labels: there is nothing to escape. */
export function onClusters({ clusters }: ApplicationMonitor): string {
    return clusters.length === 0 ? "" : `,cluster=~"${[...clusters].sort().join("|")}"`;
}
