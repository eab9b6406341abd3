import type { Audience } from "../audience";
import { fleetOverview } from "./fleetOverview";

/** Everyone: who is there. */
export const fleet: Audience = { folder: "Fleet", dashboards: () => [fleetOverview()] };
