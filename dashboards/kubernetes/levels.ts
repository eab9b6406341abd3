import {
    DashboardBuilder,
    DashboardCursorSync,
    DashboardLinkBuilder,
    DashboardLinkType,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { PanelLink } from "../panels";
import { chosen, datasourceVariable, labelVariable, tenantVariable } from "../variables";

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
    const dashboard = new DashboardBuilder(args.title)
        .uid(args.level)
        .description(args.description)
        .tags(args.tags)
        .time({ from: "now-6h", to: "now" })
        .refresh("1m")
        .tooltip(DashboardCursorSync.Crosshair)
        .readonly()
        .withVariable(datasourceVariable())
        .withVariable(tenantVariable())
        .withVariable(fewClustersVariable())
        .link(link("Clusters", "clusters").includeVars(false));
    Object.entries(levels)
        .filter(([uid]) => uid !== args.level)
        .forEach(([uid, title]) => dashboard.link(link(title, uid).includeVars(true)));
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

function link(title: string, uid: string): DashboardLinkBuilder {
    return new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(`/d/${uid}`).keepTime(true);
}
