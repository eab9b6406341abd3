import { stringify } from "yaml";

/** A cluster of an environment that runs in kind. */
export interface KindCluster {
    /** The cluster's name, in kind and in the fleet: `dev-observer`, `dev-customer-1`. */
    name: string;
    role: "observer" | "customer";
}

/** The observer's node ports, each published on the machine's loopback address under the same number. */
export const nodePorts = { grafana: 30000, query: 30002, receive: 30291 } as const;

/** The clusters of an environment: its observer first, then `customers` customer clusters. */
export function clustersOf(environment: string, customers: number): KindCluster[] {
    return [
        { name: `${environment}-observer`, role: "observer" },
        ...Array.from({ length: customers }, (_, index): KindCluster => {
            return { name: `${environment}-customer-${index + 1}`, role: "customer" };
        }),
    ];
}

/** True for the name of a cluster that {@link clustersOf} makes of this environment. */
export function belongsTo(environment: string, cluster: string): boolean {
    return (
        cluster.startsWith(`${environment}-`) && /^(observer|customer-\d+)$/.test(cluster.slice(environment.length + 1))
    );
}

/** The kubeconfig context that kind makes of a cluster. */
export function contextOf(cluster: string): string {
    return `kind-${cluster}`;
}

/** The cluster's only node. In Docker's network it is also the host name by which the other clusters' pods find it. */
export function nodeOf(cluster: string): string {
    return `${cluster}-control-plane`;
}

/** What kind makes of a cluster, as YAML. */
export function clusterConfig(role: KindCluster["role"]): string {
    return stringify({
        kind: "Cluster",
        apiVersion: "kind.x-k8s.io/v1alpha4",
        nodes: [
            {
                role: "control-plane",
                kubeadmConfigPatches: [stringify(openMetrics), stringify(openProxyMetrics)],
                ...(role === "observer" ? { extraPortMappings: Object.values(nodePorts).map(onLoopback) } : {}),
            },
        ],
    });
}

function onLoopback(port: number) {
    return { containerPort: port, hostPort: port, listenAddress: "127.0.0.1", protocol: "TCP" };
}

/**
 * kubeadm lets the control plane's metrics be read on the node's loopback address alone, where no Prometheus is. Without
 * an apiVersion kind fits the arguments to the version of kubeadm's config that the node image takes.
 */
const openMetrics = {
    kind: "ClusterConfiguration",
    controllerManager: { extraArgs: { "bind-address": "0.0.0.0" } },
    scheduler: { extraArgs: { "bind-address": "0.0.0.0" } },
    etcd: { local: { extraArgs: { "listen-metrics-urls": "http://0.0.0.0:2381" } } },
};

const openProxyMetrics = { kind: "KubeProxyConfiguration", metricsBindAddress: "0.0.0.0:10249" };
