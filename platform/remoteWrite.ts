import { httpsUrl, objects, remoteWritePath, serviceHost, servicePort, services } from "./names";
import { relabelConfig, type Relabeling } from "./relabeling";

/**
 * How long an observer may be away without a sample being lost for good. An agent's write-ahead log reaches back at most
 * four hours, receivers take samples that much older than the newest, and agents drop what no receiver would take.
 */
export const backlog = "4h";

/** Samples that an agent sends in one request. Limits on requests must leave room for it. */
export const maxSamplesPerSend = 5000;

/** Labels that the platform sets; a customer's own labels must not touch them. */
export const reservedLabels = [
    "cluster",
    "tenant",
    "prometheus",
    "prometheus_replica",
    "receive_replica",
    "receive_router_replica",
    "thanos_ruler_replica",
    "application_instance",
];

/**
 * The queue of one remote-write. A 429 from a receiver's limits is retried: Prometheus would drop the samples by
 * default. Shards may grow while a backlog is sent, and back off to half a minute while the observer is away.
 */
const queue = {
    capacity: 5 * maxSamplesPerSend,
    minShards: 1,
    maxShards: 50,
    maxSamplesPerSend,
    batchSendDeadline: "5s",
    minBackoff: "100ms",
    maxBackoff: "30s",
    retryOnRateLimit: true,
    sampleAgeLimit: backlog,
} as const;

/** Where an agent writes to. */
export interface RemoteWriteTarget {
    /** The queue's name in the agent's metrics. */
    name: string;
    /** The whole URL, https. */
    url: string;
    /** The key, or file, that holds the certificate authority to know the receiver by. */
    ca: string;
    /** What is done to a series before it is sent. */
    relabelings: Relabeling[];
}

/** The URL of remote-write on a receive router. */
export function remoteWriteUrl(host: string, port: number): string {
    return `${httpsUrl(host, port)}${remoteWritePath}`;
}

/** The same from inside the observer cluster, whose pods need not reach its load balancer. */
export function ownRemoteWriteUrl(service: { serviceType: string; port: number }): string {
    return remoteWriteUrl(serviceHost(objects.receiveService), servicePort(service, services.receiveRouter.port));
}

/**
 * Remote-write as the operator's RemoteWriteSpec. Message version 1.0, because no released Thanos takes 2.0: 0.42
 * answers 2xx to it and stores nothing.
 *
 * @param secretName the Secret with `tls.crt`, `tls.key` and the targets' `ca` keys
 */
export function remoteWriteSpec(target: RemoteWriteTarget, secretName: string) {
    return {
        name: target.name,
        url: target.url,
        messageVersion: "V1.0",
        remoteTimeout: "30s",
        tlsConfig: {
            ca: { secret: { name: secretName, key: target.ca } },
            cert: { secret: { name: secretName, key: "tls.crt" } },
            keySecret: { name: secretName, key: "tls.key" },
        },
        writeRelabelConfigs: target.relabelings,
        queueConfig: { ...queue },
    };
}

/** The same in Prometheus' own configuration, with certificates in files. */
export function remoteWriteConfig(target: RemoteWriteTarget, files: { certificate: string; key: string }) {
    return {
        name: target.name,
        url: target.url,
        protobuf_message: "prometheus.WriteRequest",
        remote_timeout: "30s",
        tls_config: { ca_file: target.ca, cert_file: files.certificate, key_file: files.key },
        write_relabel_configs: target.relabelings.map(relabelConfig),
        queue_config: {
            capacity: queue.capacity,
            min_shards: queue.minShards,
            max_shards: queue.maxShards,
            max_samples_per_send: queue.maxSamplesPerSend,
            batch_send_deadline: queue.batchSendDeadline,
            min_backoff: queue.minBackoff,
            max_backoff: queue.maxBackoff,
            retry_on_http_429: queue.retryOnRateLimit,
            sample_age_limit: queue.sampleAgeLimit,
        },
    };
}
