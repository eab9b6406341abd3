import type { Audience } from "../audience";
import { applicationServers } from "./applicationServers";
import { customMetrics } from "./customMetrics";
import { webApplications } from "./webApplications";

/** Teams that run applications. */
export const applications: Audience = {
    folder: "Applications",
    dashboards: (context) => [...webApplications(context), ...applicationServers(context), ...customMetrics(context)],
};
