/**
 * What a tenant may be called. Thanos makes a directory of the name and takes `..` for one, so nothing but a DNS label is
 * accepted, wherever the name comes from.
 */
export const tenantPattern = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** The organizational unit in the certificate of who may only read: the tenant gateway takes no logs from it. */
export const readerUnit = "reader";

/** What one tenant may send; 0 is unlimited. */
export interface TenantLimits {
    tenant: string;
    /** Active series, over all ingestors and counted once. */
    activeSeries: number;
    /** Samples in one remote-write request. */
    samplesPerRequest: number;
}

/** The limits of every tenant that has any: limits hold for a tenant, however many clusters it has. */
export function tenantLimits(
    clusters: { tenant: string; limits?: { activeSeries: number; samplesPerRequest: number } }[],
): TenantLimits[] {
    const limits = new Map(
        clusters.flatMap(({ tenant, limits }) =>
            limits === undefined ? [] : [[tenant, { tenant, ...limits }] as const],
        ),
    );
    return [...limits.values()].sort((a, b) => (a.tenant < b.tenant ? -1 : 1));
}
