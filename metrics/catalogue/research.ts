import type { Catalogue } from "./metric";

/** TODO */
export const researchMetrics: Catalogue = {};
