import { createHash } from "node:crypto";
import type { Datasource } from "./datasources";
import { serviceHost, services } from "./names";
import type { Relabeling } from "./relabeling";
import { tenantHeader } from "./thanos";

/** The label on every series of an application's own Prometheus: which of all applications' it comes from. */
export const applicationLabel = "application_instance";

/**
 * What selects the series of a cluster's agents alone: an application's Prometheus sends with the labels of its cluster as
 * well, and lives on where the agents are dead.
 */
export const ofNoApplication = `${applicationLabel}=""`;

/**
 * Which of all applications' Prometheus it is, by a name that no other has: neither a cluster's nor an application's name
 * has a dot.
 */
export function applicationInstance(cluster: string, application: string): string {
    return `${cluster}.${application}`;
}

/**
 * The label by which a monitor, a rule or a pod belongs to an application: what has it is its own Prometheus' affair, and
 * that of no other Prometheus in the cluster.
 */
export const applicationObjectLabel = "fleet-observability/application";

/** The label of a pod that says which of its application's services it is: the `service` label of its series. */
export const applicationServiceLabel = "fleet-observability/service";

/** The same as Prometheus' service discovery of pods calls it. */
export const applicationPodServiceLabel = "__meta_kubernetes_pod_label_fleet_observability_service";

/** What a Prometheus selects that takes everything in its cluster but what belongs to applications. */
export const notOfApplications = {
    matchExpressions: [{ key: applicationObjectLabel, operator: "DoesNotExist" }],
} as const;

/** Kubernetes' longest name of a Service, and value of a label. */
const longestName = 63;

/** The operator's StatefulSet is `prometheus-<name>`, and its pods carry that name and ten characters as a label. */
const longestPrometheus = longestName - "prometheus-".length - "-1234567890".length;

/**
 * What an application's objects in its namespace are called. Several may be in one: no ending is the end of another, nor
 * of what the operator appends to a Prometheus' name, so that no two share a name whatever they are called.
 */
export function applicationObjects(application: string) {
    return {
        /** The Prometheus. */
        prometheus: named(application, "-app", longestPrometheus),
        /** Its Service, the ServiceMonitor by which it scrapes itself, its service account, Role and RoleBinding. */
        prometheusService: named(application, "-prometheus"),
        /** The certificate that it writes with. */
        remoteWriteTls: named(application, "-remote-write-tls"),
        /** The ConfigMap with statsd_exporter's mapping, and the PodMonitor of the sidecars. */
        statsd: named(application, "-statsd-exporter"),
        /** The postgres_exporter's Deployment, Service, Secret and ServiceMonitor. */
        postgresExporter: named(application, "-postgres-exporter"),
    };
}

/** The name of the monitor of one of its services. Neither name has a dot, and none of the others has one. */
export function serviceMonitorName(application: string, service: string): string {
    return `${application}.${service}`;
}

function named(application: string, ending: string, longest = longestName): string {
    const room = longest - ending.length;
    return `${application.length <= room ? application : shortened(application, room, application)}${ending}`;
}

/** As much of a name as there is room for, and a digest by which it differs from every other. */
function shortened(name: string, room: number, identity: string): string {
    const digest = createHash("sha256").update(identity).digest("hex").slice(0, 10);
    return `${name.slice(0, room - digest.length - 1).replace(/-+$/, "")}-${digest}`;
}

/**
 * The uid of an application's datasource in the observer's Grafana, and what the uids of its dashboards begin with. It has
 * room for an ending of nine characters: Grafana takes forty.
 */
export function applicationUid(cluster: string, application: string): string {
    return shortened(application.replaceAll(/-+/g, "-"), 31, applicationInstance(cluster, application));
}

/** The folder of its dashboards. */
export function applicationFolder(cluster: string, application: string): string {
    return `${application} on ${cluster}`;
}

/** An application's datasource in Grafana: the Query that answers with the series of one application alone. */
export function applicationDatasource(cluster: string, application: string): Datasource {
    const { name, port } = services.applicationQuery;
    const instance = applicationInstance(cluster, application);
    return {
        name: instance,
        uid: applicationUid(cluster, application),
        type: "prometheus",
        access: "proxy",
        url: `http://${serviceHost(name)}:${port}`,
        jsonData: {
            prometheusType: "Thanos",
            httpMethod: "POST",
            timeInterval: applicationPrometheus.scrapeInterval,
            httpHeaderName1: tenantHeader,
        },
        // Where Grafana takes a header's value from; this one is a name and no secret.
        secureJsonData: { httpHeaderValue1: instance },
    };
}

/** An application with a Prometheus of its own, in its own namespace. */
export interface Application {
    /** Unique in its cluster. */
    name: string;
    namespace: string;
    /** How long its own Prometheus keeps samples. */
    retention: string;
    volumeSize: string;
    storageClass?: string;
    services: ApplicationService[];
    /** Runs under Gunicorn, with a statsd_exporter beside each of its pods. */
    gunicorn: boolean;
    postgres?: ApplicationDatabase;
}

/** Services of an application that are scraped. */
export interface ApplicationService {
    name: string;
    selector: Record<string, string>;
    /** The Service's port by its name, or the container's by its number. */
    port: string | number;
    path: string;
}

/** An application's PostgreSQL database. Its password is a secret, and stands elsewhere. */
export interface ApplicationDatabase {
    host: string;
    port: number;
    database: string;
    user: string;
    sslMode: "disable" | "require" | "verify-ca" | "verify-full";
}

/** How an application's Prometheus runs. Memory is for some hundred thousand series. */
export const applicationPrometheus = {
    port: 9090,
    scrapeInterval: "30s",
    cpu: "50m",
    memory: "512Mi",
} as const;

/** Metrics that its Prometheus has about itself. The team finds them there; elsewhere nothing asks for them. */
const aboutItself = "(go|net|process|prometheus|promhttp)_.*";

/**
 * What is done to an application's series before they are sent. Of what it scrapes nothing is dropped: nobody here can know
 * who needs it. But the fleet's own alerts are known by their layer, and a team's rule must not make its cluster look ill.
 *
 * @param ownJob the job by which the Prometheus scrapes itself: its `up` says that it sends
 */
export function applicationRelabelings(ownJob: string): Relabeling[] {
    return [
        { action: "replace", sourceLabels: ["__name__"], regex: "ALERTS.*", targetLabel: "layer", replacement: "" },
        { action: "drop", sourceLabels: ["job", "__name__"], regex: `${ownJob};${aboutItself}` },
    ];
}

const mebibytes = { Mi: 1, Gi: 1024, Ti: 1024 * 1024 } as const;

/**
 * From how much data on the oldest goes, whatever its age: four fifths of the volume, because the write-ahead log and a
 * compaction need room as well, and a Prometheus whose volume is full has to be mended by hand. (`retentionSize`)
 */
export function retentionSize(volumeSize: string): string {
    const unit = volumeSize.slice(-2) as keyof typeof mebibytes;
    return `${Math.floor(Number(volumeSize.slice(0, -2)) * mebibytes[unit] * 0.8)}MB`;
}
