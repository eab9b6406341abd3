import type { Platform, Profile } from "../platform/agent";
import { applicationInstance, applicationLabel, ofNoApplication } from "../platform/application";
import type { CertificateMonitor, ClusterApiMonitor } from "../platform/monitors";
import type { Alert, RecordingRule, RuleContext, RuleGroup, RuleGroupDefinition } from "./ruleGroup";
import { thresholdAlerts } from "./threshold";

/** A cluster that should be sending. */
export interface ExpectedCluster {
    name: string;
    tenant: string;
    profile: Profile;
    platform: Platform;
    /** When the certificate expires that its agents write with, RFC 3339, where that is known already. */
    credentialExpires?: string;
}

/** The series that says when the certificate expires that a cluster's agents write with. Nothing that runs exposes that. */
export const credentialExpiry = "cluster:credential_expiry_timestamp_seconds:max";

/**
 * The inventory's entries of `clusters`, whatever their order: for each the series that says that it should be sending.
 * They need nothing that only `up` can find out, so that a cluster that fails holds up no entry but its own data.
 *
 * @param part what holds these clusters, unique in the fleet: a shard's name; unset for the environment itself
 */
export function inventoryGroup(clusters: ExpectedCluster[], part?: string): RuleGroup {
    return {
        name: part === undefined ? "inventory" : `inventory-${part}`,
        rules: [...clusters].sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(entry),
    };
}

function entry({ name, tenant, profile, platform, credentialExpires }: ExpectedCluster): RecordingRule[] {
    const labels = { cluster: name, tenant };
    return [
        { record: "fleet_cluster_info", expr: "vector(1)", labels: { ...labels, profile, platform } },
        ...(credentialExpires === undefined
            ? []
            : [{ record: credentialExpiry, expr: `vector(${Date.parse(credentialExpires) / 1000})`, labels }]),
    ];
}

/** An application's own Prometheus that should be sending. */
export interface ExpectedApplication {
    cluster: string;
    tenant: string;
    application: string;
}

/** The inventory's entry of an application: the series that says that its Prometheus should be sending. */
export function applicationEntry({ cluster, tenant, application }: ExpectedApplication): RuleGroup {
    const instance = applicationInstance(cluster, application);
    const labels = { cluster, tenant, application, [applicationLabel]: instance };
    return {
        name: `inventory-${instance}`,
        rules: [{ record: "fleet_application_info", expr: "vector(1)", labels }],
    };
}

/** Who of the inventory is silent, partly silent or late. */
export function inventoryRules({ observer, monitors }: RuleContext): RuleGroupDefinition[] {
    return [
        ...(monitors.clusterApi === undefined ? [] : [clusterApiInventory(monitors.clusterApi)]),
        { name: "fleet-inventory", layer: "kaas", rules: [...silence, ...credentials(monitors.certificates)] },
        { name: "fleet-silence", layer: "platform", rules: [mostClustersSilent(observer)] },
        { name: "fleet-applications", layer: "applications", rules: [applicationSilent] },
    ];
}

/**
 * The clusters that Cluster API manages are expected as well, from when their object names a customer until it is told
 * to go. One that config has too is config's.
 */
function clusterApiInventory({ cluster }: ClusterApiMonitor): RuleGroupDefinition {
    const managed = `cluster="${cluster}"`;
    return {
        name: "cluster-api-inventory",
        layer: "kaas",
        rules: [
            {
                record: "fleet_cluster_info",
                expr: [
                    "max by (cluster, tenant) (",
                    "  label_replace(",
                    "    label_replace(",
                    `      capi_cluster_info{${managed},customer!=""}`,
                    `      unless on (cluster, tenant, namespace, name) capi_cluster_deleting{${managed}},`,
                    '      "cluster", "$1", "name", "(.+)"',
                    "    ),",
                    '    "tenant", "$1", "customer", "(.+)"',
                    "  )",
                    ")",
                    'unless on (cluster, tenant) fleet_cluster_info{platform!="cluster-api"}',
                ].join("\n"),
                labels: { profile: "cluster-api", platform: "cluster-api" },
            },
        ],
    };
}

/** Many clusters that fall silent at once are one thing that is wrong, and it is on this side. */
function mostClustersSilent(observer: string): Alert {
    return {
        alert: "MostClustersSilent",
        // Sooner than ClusterSilent, which it mutes: three hundred pages tell no more than one.
        expr: [
            "label_replace(",
            `  count(${silentClusters}) / count(fleet_cluster_info) > 0.5 and count(${silentClusters}) > 1,`,
            `  "cluster", "${observer}", "", ""`,
            ")",
        ].join("\n"),
        for: "3m",
        severity: "page",
        summary: "Most clusters of the fleet of {{ $labels.cluster }} are silent",
        description: "{{ $value | humanizePercentage }} of the expected clusters have sent nothing for eight minutes.",
        action:
            "Look for what they share: the receive routers, their certificate and load balancer, DNS, the way to the " +
            "observer. ClusterSilent is muted meanwhile.",
    };
}

/** Never seen, or gone: for nobody but its team is it worse than the other. */
const applicationSilent: Alert = {
    alert: "ApplicationPrometheusSilent",
    expr: [
        `(fleet_application_info unless on (cluster, tenant, ${applicationLabel}) up{${applicationLabel}!=""})`,
        // Of a cluster that is silent itself there is an alert already.
        "unless on (cluster, tenant) (fleet_cluster_info unless on (cluster, tenant) cluster:up:count)",
    ].join("\n"),
    // Longer than an `up` takes that makes it, or that removes it.
    for: "30m",
    severity: "ticket",
    summary: "The Prometheus of application {{ $labels.application }} on {{ $labels.cluster }} is silent",
    description:
        "The inventory expects {{ $labels.application_instance }}, whose cluster sends, and for half an hour no sample of " +
        "any of its targets has arrived.",
};

/** Certificates of agents: `up` renews them sixty days before they expire, so these say that nobody has run it. */
function credentials({ ticketDays, pageDays }: CertificateMonitor): Alert[] {
    return thresholdAlerts({
        alert: "AgentCertificateExpiring",
        threshold: { ticket: ticketDays, page: pageDays },
        expr: (days) => `cluster:credential_expiry_timestamp_seconds:max - time() < ${days} * 86400`,
        for: "5m",
        summary: "The certificate of the agents of cluster {{ $labels.cluster }} of {{ $labels.tenant }} runs out",
        description: "It expires in {{ $value | humanizeDuration }}. Then receivers refuse the cluster's samples.",
        action: "Run `pulumi up` on the environment: it signs a new certificate, and agents read it without a restart.",
    });
}

/** Expected, seen before, and gone. A cluster that is still being onboarded is not silent yet. */
const silentClusters =
    "(fleet_cluster_info unless on (cluster, tenant) cluster:up:count) and on (cluster, tenant) cluster:up:ever";

/** The targets of agents: whether a cluster is there, nobody else says. */
const ofAgents = `up{${ofNoApplication}}`;

const silence: RuleGroupDefinition["rules"] = [
    // Recorded, because dashboards and alerts ask for these all the time, and raw series cost forty times as much.
    { record: "cluster:up:count", expr: `count by (cluster, tenant) (${ofAgents})` },
    { record: "cluster:up:sum", expr: `sum by (cluster, tenant) (${ofAgents})` },
    { record: "cluster:up_timestamp_seconds:max", expr: `max by (cluster, tenant) (timestamp(${ofAgents}))` },
    {
        // Remembers itself, also over a few hours in which nothing is evaluated, until the cluster leaves the inventory.
        record: "cluster:up:ever",
        expr: [
            "group by (cluster, tenant) (cluster:up:count or last_over_time(cluster:up:ever[6h]))",
            "and on (cluster, tenant) fleet_cluster_info",
        ].join("\n"),
    },
    {
        alert: "ClusterSilent",
        // `up` is seen for five minutes after its last sample, so a page comes ten minutes after it: longer than an
        // agent takes to move to another node.
        expr: silentClusters,
        for: "5m",
        severity: "page",
        summary: "Cluster {{ $labels.cluster }} of {{ $labels.tenant }} is silent",
        description:
            "The inventory expects {{ $labels.cluster }} (profile {{ $labels.profile }}, " +
            "{{ $labels.platform }}), and no sample of any of its targets has arrived for ten minutes.",
        action:
            "If other clusters are silent too, look at the receive routers first. Else see whether the cluster " +
            "answers, then whether its agents run and what they log about remote write.",
    },
    {
        alert: "ClusterNeverSeen",
        expr: "fleet_cluster_info unless on (cluster, tenant) (cluster:up:count or cluster:up:ever)",
        // Longer than an `up` waits for the agents of a cluster that it has put into the inventory.
        for: "30m",
        severity: "ticket",
        summary: "Cluster {{ $labels.cluster }} of {{ $labels.tenant }} has never sent anything",
        description:
            "The inventory has expected {{ $labels.cluster }} (profile {{ $labels.profile }}, " +
            "{{ $labels.platform }}) for half an hour, and no sample of it has ever arrived: it is not onboarded.",
    },
    {
        alert: "ClusterPartlySilent",
        // Only clusters of the inventory: one that is being taken down loses its targets one by one.
        expr: "1 - cluster:up:sum / cluster:up:count > 0.1 and on (cluster, tenant) fleet_cluster_info",
        for: "15m",
        severity: "ticket",
        summary: "Targets of cluster {{ $labels.cluster }} of {{ $labels.tenant }} cannot be scraped",
        description:
            "{{ $value | humanizePercentage }} of its targets are down; more than 10% have been for 15 minutes.",
    },
    {
        alert: "AgentFallingBehind",
        // Against what the agent has scraped, not against what its queue has taken: a full queue takes nothing, so
        // prometheus_remote_storage_queue_highest_timestamp_seconds stands still exactly when it matters.
        expr: [
            "max by (cluster, tenant, instance) (prometheus_remote_storage_highest_timestamp_in_seconds)",
            "- on (cluster, tenant, instance) group_right",
            "max by (cluster, tenant, instance, remote_name) (",
            "  prometheus_remote_storage_queue_highest_sent_timestamp_seconds",
            ")",
            "> 120",
            // An observer that writes to a peer is no agent.
            "and on (cluster, tenant) fleet_cluster_info",
        ].join("\n"),
        for: "10m",
        severity: "ticket",
        summary: "An agent of cluster {{ $labels.cluster }} of {{ $labels.tenant }} falls behind",
        description:
            "What agent {{ $labels.instance }} has sent to {{ $labels.remote_name }} is " +
            "{{ $value | humanizeDuration }} older than what it has scraped. What is four hours late is lost.",
    },
];
