import type { Catalogue } from "./metric";

/** TODO */
export const applicationServersMetrics: Catalogue = {};
