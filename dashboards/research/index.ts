import type { Audience } from "../audience";

/** Whoever runs a trusted research environment and accounts for its use. */
export const research: Audience = { folder: "Research environment", dashboards: () => [] };
