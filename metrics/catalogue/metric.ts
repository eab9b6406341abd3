/** A metric that an expression may ask for. */
export interface Metric {
    /** Who exposes it; looked up in that program's source, not remembered. */
    source: string;
    /** Whether its series have a tenant: as all that customers send, or as a label of its own. */
    tenant: boolean;
}

/** Metrics by name. */
export type Catalogue = Record<string, Metric>;

/** Metrics that one program exposes, all from one `source`. */
export function metricsOf(
    source: string,
    names: string[],
    { tenant }: { tenant: boolean } = { tenant: true },
): Catalogue {
    return Object.fromEntries(names.map((name) => [name, { source, tenant }]));
}
