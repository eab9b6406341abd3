import type { Audience } from "../audience";

/** Whoever looks after what clusters stand on and beside: endpoints, registries, OpenStack, Ceph. */
export const infrastructure: Audience = { folder: "Infrastructure", dashboards: () => [] };
