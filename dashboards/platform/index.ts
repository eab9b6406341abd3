import type { Audience } from "../audience";

/** Whoever runs this platform. */
export const platform: Audience = { folder: "Platform", dashboards: () => [] };
