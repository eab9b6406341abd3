import type { Audience } from "../audience";
import { cluster } from "./cluster";
import { clusterControlPlane } from "./clusterControlPlane";
import { clusterNodes } from "./clusterNodes";
import { clusterPods } from "./clusterPods";
import { clusters } from "./clusters";
import { clusterVolumes } from "./clusterVolumes";
import { clusterWorkloads } from "./clusterWorkloads";
import { workload } from "./workload";

/** Whoever looks after clusters: from the fleet (L0) over a cluster (L1) to its nodes and workloads (L2). */
export const kubernetes: Audience = {
    folder: "Clusters",
    dashboards: (context) => [
        clusters(context),
        cluster(context),
        clusterNodes(context),
        clusterWorkloads(context),
        clusterPods(),
        clusterVolumes(context),
        clusterControlPlane(context),
        workload(),
    ],
};
