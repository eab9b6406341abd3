import type { Problem } from "../problems";
import { alertRoutes } from "./alerting";
import { chartPlaces, overlays } from "./charts";
import type { Checked } from "./checked";
import { clusterAccess, clusterNames, externalLabels, tenantLimits } from "./clusters";
import { ingressAddresses, ingressHosts, webCertificate } from "./ingress";
import { certificateDays, monitoredClusters, monitorNames } from "./monitors";
import { observerTenants, peers, replication, retention } from "./observer";
import { enrolledElsewhere, inventorySize, sectionsOfRole, shardedAccess, shardedEntries } from "./roles";

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
        ...ingressHosts(checked),
        ...ingressAddresses(checked),
        ...webCertificate(checked),
        ...peers(checked),
        ...observerTenants(checked),
        ...alertRoutes(checked),
        ...monitorNames(checked),
        ...monitoredClusters(checked),
        ...certificateDays(checked),
        ...chartPlaces(checked),
        ...overlays(checked),
    ];
}
