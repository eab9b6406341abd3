import type { Catalogue } from "./metric";

/** TODO */
export const applicationsMetrics: Catalogue = {};
