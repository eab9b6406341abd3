import type { Catalogue } from "./metric";

/** TODO */
export const endpointsMetrics: Catalogue = {};
