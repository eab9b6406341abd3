/** A node of the simulated cluster. */
export interface Node {
    name: string;
    ip: string;
    role: "control-plane" | "worker";
    cores: number;
    memoryBytes: number;
}

/** Who made a pod, as kube-state-metrics names it: a ReplicaSet where a Deployment made it. */
export interface Owner {
    kind: "ReplicaSet" | "StatefulSet" | "DaemonSet" | "Job" | "Node" | "Pod";
    name: string;
}

/** A pod of one container. */
export interface Pod {
    namespace: string;
    name: string;
    container: string;
    node: Node;
    ip: string;
    owner: Owner;
    phase: "Running" | "Succeeded" | "Failed" | "Pending";
    /** Why its container waits; it runs when unset and the pod does. */
    waiting?: "CrashLoopBackOff";
    /** Cores and bytes in use. */
    cpu: number;
    memoryBytes: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
}

/** A Deployment, StatefulSet or DaemonSet. */
export interface Workload {
    kind: "deployment" | "statefulset" | "daemonset";
    namespace: string;
    name: string;
    replicas: number;
    ready: number;
}

/** A PersistentVolumeClaim; it is Pending without a node. */
export interface Claim {
    namespace: string;
    name: string;
    node?: Node;
    capacityBytes: number;
    /** Share in use. */
    used: number;
}

const Gi = 2 ** 30;
const Mi = 2 ** 20;

const controlPlane: Node = {
    name: "control-plane-0",
    ip: "10.0.0.10",
    role: "control-plane",
    cores: 4,
    memoryBytes: 8 * Gi,
};
const worker0: Node = { name: "worker-0", ip: "10.0.0.11", role: "worker", cores: 8, memoryBytes: 32 * Gi };
const worker1: Node = { name: "worker-1", ip: "10.0.0.12", role: "worker", cores: 8, memoryBytes: 32 * Gi };

/** The nodes that all simulations know. */
export const nodes = [controlPlane, worker0, worker1];

/** The node on which the sick cluster's disk is full. */
export const fullNode = worker1;

/** The node that the sick cluster keeps busy. */
export const busyNode = worker0;

const replicaSet = (name: string): Owner => ({ kind: "ReplicaSet", name });
const statefulSet = (name: string): Owner => ({ kind: "StatefulSet", name });
const daemonSet = (name: string): Owner => ({ kind: "DaemonSet", name });
const static_: Owner = { kind: "Node", name: controlPlane.name };

/** The pods; the sick cluster has one that crashes again and again, and one of a failed Job. */
export function pods(sick: boolean): Pod[] {
    const running = (
        namespace: string,
        name: string,
        container: string,
        node: Node,
        owner: Owner,
        cpu: number,
        memory: number,
    ) => ({ namespace, name, container, node, owner, cpu, memoryBytes: memory * Mi, phase: "Running" as const });
    const spawned = (user: string) => ({
        ...running("jupyterhub", `jupyter-${user}`, "notebook", worker1, { kind: "Pod", name: "" }, 0.6, 1400),
        labels: { label_hub_jupyter_org_username: user },
        annotations: { annotation_hub_jupyter_org_username: user },
    });
    const job = (name: string, phase: "Succeeded" | "Failed") => ({
        ...running("portal", `${name}-x7k2p`, name.split("-")[0] ?? name, worker0, { kind: "Job", name }, 0, 0),
        phase,
    });

    const made: Omit<Pod, "ip">[] = [
        ...["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"].map((name) =>
            running("kube-system", `${name}-${controlPlane.name}`, name, controlPlane, static_, 0.1, 300),
        ),
        ...nodes.map((node, index) =>
            running("kube-system", `kube-proxy-${index}`, "kube-proxy", node, daemonSet("kube-proxy"), 0.01, 40),
        ),
        running("kube-system", "coredns-5d4b-a", "coredns", worker0, replicaSet("coredns-5d4b"), 0.02, 60),
        ...nodes.map((node, index) => ({
            ...running(
                "observability",
                `kps-prometheus-node-exporter-${index}`,
                "node-exporter",
                node,
                daemonSet("kps-prometheus-node-exporter"),
                0.01,
                30,
            ),
        })),
        running(
            "observability",
            "kps-kube-state-metrics-7c4-a",
            "kube-state-metrics",
            worker0,
            replicaSet("kps-kube-state-metrics-7c4"),
            0.02,
            80,
        ),
        running("observability", "prom-agent-kps-0", "prometheus", worker0, statefulSet("prom-agent-kps"), 0.1, 400),
        running("observability", "prom-agent-kps-1", "prometheus", worker1, statefulSet("prom-agent-kps"), 0.1, 400),
        running("portal", "portal-7d9f-a", "portal", worker0, replicaSet("portal-7d9f"), 0.3, 500),
        {
            ...running("portal", "portal-7d9f-b", "portal", worker1, replicaSet("portal-7d9f"), 0.3, 500),
            ...(sick ? { waiting: "CrashLoopBackOff" as const, cpu: 0, memoryBytes: 0 } : {}),
        },
        running("portal", "db-0", "postgres", worker0, statefulSet("db"), 0.4, 1200),
        job("backup-29800000", "Succeeded"),
        ...(sick ? [job("migrate-42", "Failed")] : []),
        running("jupyterhub", "hub-6c5-a", "hub", worker1, replicaSet("hub-6c5"), 0.05, 250),
        spawned("ada"),
        spawned("grace"),
        running("harbor", "harbor-core-5f6-a", "core", worker1, replicaSet("harbor-core-5f6"), 0.05, 200),
        running("argocd", "argocd-server-6b8-a", "server", worker0, replicaSet("argocd-server-6b8"), 0.05, 150),
        running(
            "argocd",
            "argocd-application-controller-0",
            "application-controller",
            worker1,
            statefulSet("argocd-application-controller"),
            0.2,
            400,
        ),
    ];
    return made.map((pod, index) => ({ ...pod, ip: `10.244.0.${10 + index}` }));
}

/** What the pods belong to. */
export function workloads(sick: boolean): Workload[] {
    const all = (kind: Workload["kind"], namespace: string, name: string, replicas = 1, ready = replicas) => ({
        kind,
        namespace,
        name,
        replicas,
        ready,
    });
    return [
        all("deployment", "kube-system", "coredns"),
        all("daemonset", "kube-system", "kube-proxy", nodes.length),
        all("daemonset", "observability", "kps-prometheus-node-exporter", nodes.length),
        all("deployment", "observability", "kps-kube-state-metrics"),
        all("statefulset", "observability", "prom-agent-kps", 2),
        all("deployment", "portal", "portal", 2, sick ? 1 : 2),
        all("statefulset", "portal", "db"),
        all("deployment", "jupyterhub", "hub"),
        all("deployment", "harbor", "harbor-core"),
        all("deployment", "argocd", "argocd-server"),
        all("statefulset", "argocd", "argocd-application-controller"),
    ];
}

/** The claims; the sick cluster has one that is nearly full, and one that nobody provides. */
export function claims(sick: boolean): Claim[] {
    return [
        { namespace: "portal", name: "data-db-0", node: worker0, capacityBytes: 20 * Gi, used: sick ? 0.9 : 0.4 },
        { namespace: "jupyterhub", name: "claim-ada", node: worker1, capacityBytes: 10 * Gi, used: 0.25 },
        { namespace: "jupyterhub", name: "claim-grace", node: worker1, capacityBytes: 10 * Gi, used: 0.6 },
        ...(sick ? [{ namespace: "portal", name: "uploads", capacityBytes: 50 * Gi, used: 0 }] : []),
    ];
}

/** The namespaces. */
export const namespaces = ["kube-system", "observability", "portal", "jupyterhub", "harbor", "argocd"];
