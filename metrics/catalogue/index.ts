import { applicationsMetrics } from "./applications";
import { applicationServersMetrics } from "./applicationServers";
import { endpointsMetrics } from "./endpoints";
import { harborMetrics } from "./harbor";
import { infrastructureMetrics } from "./infrastructure";
import { kubernetesMetrics } from "./kubernetes";
import { logsMetrics } from "./logs";
import type { Catalogue } from "./metric";
import { platformMetrics } from "./platform";
import { pushedMetrics } from "./pushed";
import { researchMetrics } from "./research";

export type { Catalogue, Metric } from "./metric";

/** The catalogue's files: no metric is in two. */
export const catalogues: Catalogue[] = [
    platformMetrics,
    kubernetesMetrics,
    endpointsMetrics,
    harborMetrics,
    infrastructureMetrics,
    researchMetrics,
    applicationsMetrics,
    applicationServersMetrics,
    pushedMetrics,
    logsMetrics,
];

/** Everything that rules and dashboards may ask for, besides what rules record. */
export const upstreamMetrics: Catalogue = Object.assign({}, ...catalogues) as Catalogue;
