import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, linkTo } from "../board";
import type { PanelLink } from "../panels";
import { chosen, labelVariable, tenantVariable } from "../variables";

/** From a cluster (L1) to what it is made of (L2): uid → title. */
const levels = {
    cluster: "Cluster",
    "cluster-nodes": "Nodes",
    "cluster-workloads": "Workloads",
    "cluster-pods": "Pods",
    "cluster-volumes": "Volumes",
    "cluster-control-plane": "Control plane",
    workload: "Workload resources",
};

/** A dashboard about a cluster, or about a part of it. */
export type Level = keyof typeof levels;

/** The namespaces that are chosen, besides the customers and clusters. */
export const inNamespace = `${chosen},namespace=~"$namespace"`;

/** An empty dashboard about a cluster, with the ways to the other levels. */
export function levelDashboard(args: {
    level: Level;
    title: string;
    description: string;
    tags: string[];
}): DashboardBuilder {
    const dashboard = board({ ...args, uid: args.level })
        .withVariable(tenantVariable())
        .withVariable(fewClustersVariable())
        .link(linkTo("Clusters", "clusters", { variables: false }));
    Object.entries(levels)
        .filter(([uid]) => uid !== args.level)
        .forEach(([uid, title]) => dashboard.link(linkTo(title, uid, { variables: true })));
    return dashboard;
}

/** The variable `namespace`. */
export function namespaceVariable() {
    return labelVariable("namespace", { label: "Namespace", from: `kube_namespace_status_phase{${chosen}}` });
}

/** The way from a value to a level, keeping customer and cluster, and what else its labels say. */
export function to(level: Level, carry: Record<string, string> = {}): PanelLink {
    return { title: levels[level], uid: level, carry: { tenant: "tenant", cluster: "cluster", ...carry } };
}

/** One cluster at first, and never all: its tables would have a row for each pod of the fleet. */
function fewClustersVariable() {
    return labelVariable("cluster", {
        label: "Cluster",
        from: 'fleet_cluster_info{tenant=~"$tenant"}',
        multi: false,
    }).multi(true);
}
