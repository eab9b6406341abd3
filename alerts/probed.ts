/** Whose a probe's series is. The observer has taken it, so `cluster` is the observer's. */
const owners = {
    customer: { cluster: "customer_cluster", tenant: "customer_tenant" },
    /** A peer's cluster and tenant are its name; the observer's own series stay as they are. */
    peer: { cluster: "peer", tenant: "peer" },
};

/** A probe's series under the `cluster` and `tenant` that it is about, so that alerts are routed and muted with theirs. */
export function probedOf(owner: keyof typeof owners, series: string): string {
    const { cluster, tenant } = owners[owner];
    return [
        "label_replace(",
        `  label_replace(${series}, "tenant", "$1", "${tenant}", "(.+)"),`,
        `  "cluster", "$1", "${cluster}", "(.+)"`,
        ")",
    ].join("\n");
}
