/** A preset of the observer's size. */
export type Size = "small" | "medium" | "large";

/** Requests of one container; memory is also its limit, CPU has none, so that a burst is slow and not killed. */
export interface Requests {
    /** CPU request, as a Kubernetes quantity. */
    cpu: string;
    /** Memory request and limit, as a Kubernetes quantity. */
    memory: string;
}

/** The requests and limits of a container. */
export function containerResources({ cpu, memory }: Requests) {
    return { requests: { cpu, memory }, limits: { memory } };
}

/** One workload of the observer. */
export interface Workload extends Requests {
    replicas: number;
    /** The size of each replica's volume, where it has one. */
    volume?: string;
}

/** What a size stands for. */
export interface Preset {
    /** How many ingestors hold each sample. */
    replicationFactor: number;
    receiveRouter: Workload;
    receiveIngestor: Workload;
    query: Workload;
    queryFrontend: Workload;
    storeGateway: Workload;
    compactor: Workload;
    bucketWeb: Workload;
    ruler: Workload;
    prometheus: Workload;
    alertmanager: Workload;
    grafana: Workload;
    /** Where logs are kept. */
    loki: Workload;
}

/**
 * The presets. An ingestor's memory follows from 2.6 to 12 kB a series and 4.5 MB a tenant (docs/architecture.md,
 * "Sizes"): small carries about 300,000 series, medium about 3 million, large about 10 million.
 */
export const presets: Record<Size, Preset> = {
    small: {
        replicationFactor: 1,
        receiveRouter: { replicas: 1, cpu: "50m", memory: "256Mi" },
        receiveIngestor: { replicas: 1, cpu: "250m", memory: "4Gi", volume: "50Gi" },
        query: { replicas: 1, cpu: "100m", memory: "1Gi" },
        queryFrontend: { replicas: 1, cpu: "50m", memory: "512Mi" },
        storeGateway: { replicas: 1, cpu: "100m", memory: "1Gi", volume: "20Gi" },
        compactor: { replicas: 1, cpu: "100m", memory: "2Gi", volume: "50Gi" },
        bucketWeb: { replicas: 1, cpu: "10m", memory: "128Mi" },
        ruler: { replicas: 1, cpu: "50m", memory: "512Mi", volume: "10Gi" },
        prometheus: { replicas: 1, cpu: "250m", memory: "2Gi", volume: "50Gi" },
        alertmanager: { replicas: 1, cpu: "20m", memory: "128Mi", volume: "1Gi" },
        grafana: { replicas: 1, cpu: "100m", memory: "512Mi", volume: "5Gi" },
        loki: { replicas: 1, cpu: "250m", memory: "2Gi", volume: "20Gi" },
    },
    medium: {
        replicationFactor: 3,
        receiveRouter: { replicas: 2, cpu: "250m", memory: "1Gi" },
        receiveIngestor: { replicas: 3, cpu: "1", memory: "16Gi", volume: "200Gi" },
        query: { replicas: 2, cpu: "500m", memory: "4Gi" },
        queryFrontend: { replicas: 2, cpu: "100m", memory: "1Gi" },
        storeGateway: { replicas: 2, cpu: "500m", memory: "4Gi", volume: "50Gi" },
        compactor: { replicas: 1, cpu: "1", memory: "8Gi", volume: "200Gi" },
        bucketWeb: { replicas: 1, cpu: "20m", memory: "512Mi" },
        ruler: { replicas: 2, cpu: "250m", memory: "2Gi", volume: "20Gi" },
        prometheus: { replicas: 2, cpu: "500m", memory: "4Gi", volume: "100Gi" },
        alertmanager: { replicas: 3, cpu: "50m", memory: "256Mi", volume: "5Gi" },
        grafana: { replicas: 1, cpu: "250m", memory: "1Gi", volume: "10Gi" },
        loki: { replicas: 3, cpu: "500m", memory: "6Gi", volume: "50Gi" },
    },
    large: {
        replicationFactor: 3,
        receiveRouter: { replicas: 4, cpu: "1", memory: "4Gi" },
        receiveIngestor: { replicas: 6, cpu: "4", memory: "32Gi", volume: "500Gi" },
        query: { replicas: 4, cpu: "2", memory: "8Gi" },
        queryFrontend: { replicas: 2, cpu: "500m", memory: "4Gi" },
        storeGateway: { replicas: 3, cpu: "1", memory: "16Gi", volume: "200Gi" },
        compactor: { replicas: 1, cpu: "2", memory: "16Gi", volume: "500Gi" },
        bucketWeb: { replicas: 1, cpu: "50m", memory: "1Gi" },
        ruler: { replicas: 2, cpu: "1", memory: "8Gi", volume: "50Gi" },
        prometheus: { replicas: 2, cpu: "1", memory: "8Gi", volume: "200Gi" },
        alertmanager: { replicas: 3, cpu: "100m", memory: "512Mi", volume: "5Gi" },
        grafana: { replicas: 1, cpu: "500m", memory: "2Gi", volume: "20Gi" },
        loki: { replicas: 3, cpu: "2", memory: "16Gi", volume: "200Gi" },
    },
};

/** The preset of `size` with what config said otherwise about ingestors. */
export function preset(observer: { size: Size; ingestors?: number; replicationFactor?: number }): Preset {
    const chosen = presets[observer.size];
    return {
        ...chosen,
        replicationFactor: observer.replicationFactor ?? chosen.replicationFactor,
        receiveIngestor: { ...chosen.receiveIngestor, replicas: observer.ingestors ?? chosen.receiveIngestor.replicas },
    };
}

/** Megabytes that a tenant's TSDB takes in every ingestor, series apart (docs/architecture.md, "Sizes"). */
export const megabytesPerTenant = 4.5;

/** The share of an ingestor's memory that `tenants` take before their first series; above 1 the size is too small. */
export function tenantShare(tenants: number, { receiveIngestor: { memory } }: Preset): number {
    return (tenants * megabytesPerTenant) / ((gibibytes(memory) * 2 ** 30) / 1e6);
}

/** The number in a Kubernetes quantity such as `4Gi`; NaN for one in another unit. */
export function gibibytes(quantity: string): number {
    return Number(/^(\d+)Gi$/.exec(quantity)?.[1]);
}
