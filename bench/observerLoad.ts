import { performance } from "node:perf_hooks";
import { inventoryGroup } from "../alerts";
import { ingestorAddress, serviceHost, services } from "../platform/names";
import { megabytesPerTenant, presets, tenantShare, type Size } from "../platform/sizes";
import { hashrings, receiveLimits } from "../platform/thanos";
import { expectedOf, limitsOf } from "./fleetOf";

/** A file that the observer is given. */
export interface ObserverFile {
    name: string;
    bytes: number;
    /** How long it takes to make it. */
    milliseconds: number;
    /** The most bytes that its Kubernetes object takes: a ConfigMap's data, or what etcd takes in one request. */
    bound: number;
}

/** What a ConfigMap takes: 1 MiB. */
const configMapBound = 2 ** 20;

/** What etcd takes in one request by default: 1.5 MiB. */
const etcdBound = 1.5 * 2 ** 20;

/** The files that grow, or might, with a fleet of `customers`, each a tenant with limits; `perShard` customers in a shard. */
export function observerFiles(customers: number, perShard: number, size: Size): ObserverFile[] {
    const { replicationFactor, receiveIngestor } = presets[size];
    const ring = () =>
        JSON.stringify(
            hashrings(Array.from({ length: receiveIngestor.replicas }, (_, index) => ingestorAddress(index))),
        );
    const limits = () =>
        receiveLimits(
            limitsOf(customers),
            replicationFactor,
            `http://${serviceHost(services.prometheus.name)}:${services.prometheus.port}`,
        );
    const inventory = (clusters: number) => () => JSON.stringify({ groups: [inventoryGroup(expectedOf(clusters))] });
    return [
        file("hashrings.json", configMapBound, ring),
        file("limits.yaml", configMapBound, limits),
        file("inventory, inline", etcdBound, inventory(customers)),
        file(`inventory of a shard of ${perShard}`, etcdBound, inventory(Math.min(customers, perShard))),
    ];
}

function file(name: string, bound: number, make: () => string): ObserverFile {
    const begun = performance.now();
    const bytes = Buffer.byteLength(make());
    return { name, bytes, milliseconds: performance.now() - begun, bound };
}

/** What tenants cost the ingestors of a size, before their first series. */
export interface TenantMemory {
    ingestors: number;
    /** In each ingestor, megabytes. */
    each: number;
    /** In all ingestors together, megabytes. */
    all: number;
    /** The share of an ingestor's memory limit; above 1 the size is too small. */
    share: number;
}

/** The memory that `tenants` take in the ingestors of a size. */
export function tenantMemory(tenants: number, size: Size): TenantMemory {
    const { replicas } = presets[size].receiveIngestor;
    const each = tenants * megabytesPerTenant;
    return { ingestors: replicas, each, all: each * replicas, share: tenantShare(tenants, presets[size]) };
}
