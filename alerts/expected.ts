/**
 * A condition, only for clusters of the inventory: one that is being taken down loses its parts one by one, and the
 * observer is no customer.
 */
export function onExpected(condition: string): string {
    return `${condition}\nand on (cluster, tenant) fleet_cluster_info`;
}
