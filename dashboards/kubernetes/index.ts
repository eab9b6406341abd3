import type { Audience } from "../audience";

/** Whoever looks after clusters: from the fleet (L0) over a cluster (L1) to its nodes and workloads (L2). */
export const kubernetes: Audience = { folder: "Clusters", dashboards: () => [] };
