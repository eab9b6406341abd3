import type { Problem } from "../problems";
import { alertRoutes } from "./alerting";
import { applicationMonitoring } from "./applications";
import { signIn, signInOfTenants } from "./auth";
import { chartPlaces, overlays } from "./charts";
import type { Checked } from "./checked";
import { clusterAccess, clusterNames, externalLabels, tenantLimits } from "./clusters";
import { ingressAddresses, ingressHosts, webCertificate } from "./ingress";
import { logBucket, logRetention, tenantLogLimits } from "./logs";
import { certificateDays, monitoredClusters, monitorNames } from "./monitors";
import { observerTenants, peers, replication, retention } from "./observer";
import { endpointAddresses, harborCluster, infrastructureExporters, probedOnce } from "./probes";
import { droppedMetrics, nodePorts, pushedAttributes, scrapeTargetNames } from "./pushed";
import { logExpressions } from "./redaction";
import { enrolledElsewhere, inventorySize, sectionsOfRole, shardedAccess, shardedEntries } from "./roles";
import { stores } from "./stores";

export type { Checked } from "./checked";

/** Everything that no single key can know, as problems. */
export function crossFieldProblems(checked: Checked): Problem[] {
    return [
        ...sectionsOfRole(checked),
        ...shardedEntries(checked),
        ...shardedAccess(checked),
        ...enrolledElsewhere(checked),
        ...inventorySize(checked),
        ...clusterNames(checked),
        ...clusterAccess(checked),
        ...replication(checked),
        ...retention(checked),
        ...externalLabels(checked),
        ...tenantLimits(checked),
        ...logRetention(checked),
        ...tenantLogLimits(checked),
        ...logBucket(checked),
        ...ingressHosts(checked),
        ...ingressAddresses(checked),
        ...webCertificate(checked),
        ...signIn(checked),
        ...signInOfTenants(checked),
        ...peers(checked),
        ...observerTenants(checked),
        ...stores(checked),
        ...alertRoutes(checked),
        ...monitorNames(checked),
        ...monitoredClusters(checked),
        ...certificateDays(checked),
        ...logExpressions(checked),
        ...endpointAddresses(checked),
        ...probedOnce(checked),
        ...infrastructureExporters(checked),
        ...harborCluster(checked),
        ...applicationMonitoring(checked),
        ...nodePorts(checked),
        ...droppedMetrics(checked),
        ...pushedAttributes(checked),
        ...scrapeTargetNames(checked),
        ...chartPlaces(checked),
        ...overlays(checked),
    ];
}
