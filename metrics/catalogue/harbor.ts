import type { Catalogue } from "./metric";

/** TODO */
export const harborMetrics: Catalogue = {};
