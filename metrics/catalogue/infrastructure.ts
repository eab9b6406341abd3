import type { Catalogue } from "./metric";

/** TODO */
export const infrastructureMetrics: Catalogue = {};
