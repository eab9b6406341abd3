import type { Platform, Profile } from "../platform/agent";
import type { CertificateMonitor, ClusterApiMonitor } from "../platform/monitors";
import type { Alert, RuleContext, RuleGroup, RuleGroupDefinition } from "./ruleGroup";
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

/**
 * The inventory's entry of one cluster: the series that says that it should be sending. A group of its own, because
 * clusters come and go one by one, and whoever adds a cluster adds its entry.
 */
export function inventoryGroup({ name, tenant, profile, platform }: ExpectedCluster): RuleGroup {
    const labels = { cluster: name, tenant, profile, platform };
    return { name: `inventory-${name}`, rules: [{ record: "fleet_cluster_info", expr: "vector(1)", labels }] };
}

/**
 * What the inventory's entry says besides, where the certificate is known that a cluster's agents write with: when it
 * expires. Nothing that runs exposes that.
 */
export function credentialExpiry({ name, tenant }: { name: string; tenant: string }) {
    return {
        record: "cluster:credential_expiry_timestamp_seconds:max",
        labels: { cluster: name, tenant },
        /** The expression for an expiry as RFC 3339. */
        expr: (expires: string) => `vector(${Date.parse(expires) / 1000})`,
    };
}

/** Who of the inventory is silent, partly silent or late. */
export function inventoryRules({ observer, monitors }: RuleContext): RuleGroupDefinition[] {
    return [
        ...(monitors.clusterApi === undefined ? [] : [clusterApiInventory(monitors.clusterApi)]),
        { name: "fleet-inventory", layer: "kaas", rules: [...silence, ...credentials(monitors.certificates)] },
        { name: "fleet-silence", layer: "platform", rules: [mostClustersSilent(observer)] },
    ];
}

/**
 * The clusters that Cluster API manages are expected as well, from when their object names a customer until it is told
 * to go. One that config has too is config's.
 */
function clusterApiInventory({ cluster }: ClusterApiMonitor): RuleGroupDefinition {
    const managed = `cluster="${cluster}"`;
    return {
        name: "inventory-cluster-api",
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
    const silent = "fleet_cluster_info unless on (cluster, tenant) cluster:up:count";
    return {
        alert: "MostClustersSilent",
        // Sooner than ClusterSilent, which it mutes: three hundred pages tell no more than one.
        expr: [
            "label_replace(",
            `  count(${silent}) / count(fleet_cluster_info) > 0.5 and count(${silent}) > 1,`,
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

const silence: RuleGroupDefinition["rules"] = [
    // Recorded, because dashboards and alerts ask for these all the time, and raw series cost forty times as much.
    { record: "cluster:up:count", expr: "count by (cluster, tenant) (up)" },
    { record: "cluster:up:sum", expr: "sum by (cluster, tenant) (up)" },
    { record: "cluster:up_timestamp_seconds:max", expr: "max by (cluster, tenant) (timestamp(up))" },
    {
        alert: "ClusterSilent",
        // `up` is seen for five minutes after its last sample, so a page comes ten minutes after it: longer than an
        // agent takes to move to another node.
        expr: "fleet_cluster_info unless on (cluster, tenant) cluster:up:count",
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
        ].join("\n"),
        for: "10m",
        severity: "ticket",
        summary: "An agent of cluster {{ $labels.cluster }} of {{ $labels.tenant }} falls behind",
        description:
            "What agent {{ $labels.instance }} has sent to {{ $labels.remote_name }} is " +
            "{{ $value | humanizeDuration }} older than what it has scraped. What is four hours late is lost.",
    },
];
