import type { Platform, Profile } from "../platform/agent";
import type { RuleContext, RuleGroup, RuleGroupDefinition } from "./ruleGroup";

/** A cluster that should be sending. */
export interface ExpectedCluster {
    name: string;
    tenant: string;
    profile: Profile;
    platform: Platform;
}

/**
 * The inventory's entry of one cluster: the series that says that it should be sending. A group of its own, because
 * clusters come and go one by one, and whoever adds a cluster adds its entry.
 */
export function inventoryGroup({ name, tenant, profile, platform }: ExpectedCluster): RuleGroup {
    const labels = { cluster: name, tenant, profile, platform };
    return { name: `inventory-${name}`, rules: [{ record: "fleet_cluster_info", expr: "vector(1)", labels }] };
}

/** Who of the inventory is silent, partly silent or late. */
export function inventoryRules(_context: RuleContext): RuleGroupDefinition[] {
    return [fleetInventory];
}

const fleetInventory: RuleGroupDefinition = {
    name: "fleet-inventory",
    layer: "kaas",
    rules: [
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
    ],
};
