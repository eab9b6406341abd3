import type { Audience } from "../audience";

/** Teams that run applications. */
export const applications: Audience = { folder: "Applications", dashboards: () => [] };
