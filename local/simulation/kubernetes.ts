import { controlPlane } from "./kubernetes/controlPlane";
import { kubelets } from "./kubernetes/kubelets";
import { kubeStateMetrics } from "./kubernetes/kubeStateMetrics";
import { nodeExporters } from "./kubernetes/nodeExporters";
import type { Simulation } from "./series";

/** A customer's cluster of three nodes. */
export const kubernetes: Simulation = (cluster) =>
    cluster.tenant === undefined
        ? []
        : [kubeStateMetrics(cluster), ...kubelets(cluster), ...nodeExporters(cluster), ...controlPlane(cluster)];
