import type * as pulumi from "@pulumi/pulumi";
import type { AlloyValues } from "../../charts/generated/alloy";
import {
    eventCollectorConfig,
    nodeCollectorConfig,
    type LogCollection,
    type LogDestination,
    type LogPipeline,
} from "../../platform/logCollector";
import type { EventMonitor } from "../../platform/monitors";
import { eventsCollectorRelease, logsCollectorRelease, objects } from "../../platform/names";
import { containerResources } from "../../platform/sizes";
import { chartRelease, type ReleasePolicy } from "../cluster/release";
import { caKey, type RemoteWriteDestination } from "../cluster/remoteWriteCredentials";

/** Arguments of a customer cluster's collectors of logs and events. */
export interface LogCollectorsArgs {
    /** The cluster's name: its `cluster` label. */
    cluster: string;
    externalLabels: Record<string, string>;
    collection: LogCollection;
    /** What is counted as an interesting event. */
    events: EventMonitor;
    /** The observers; those with a tenantsUrl take logs. */
    destinations: RemoteWriteDestination[];
    releases: ReleasePolicy;
}

/** Where the cluster's certificate is in a collector. */
const credentials = { volume: "credentials", path: "/etc/fleet-observability" };

/** The user that Alloy's image has for itself. */
const alloyUser = 473;

/** Grafana Alloy: on every node for logs, once for events. They send with the cluster's certificate. */
export function collectLogs(name: string, args: LogCollectorsArgs, opts: pulumi.CustomResourceOptions): void {
    const destinations = args.destinations.flatMap(logDestination);
    if (destinations.length === 0) {
        return;
    }
    const pipeline: LogPipeline = {
        ...args,
        destinations,
        files: { certificate: `${credentials.path}/tls.crt`, key: `${credentials.path}/tls.key` },
    };
    const release = (releaseName: string, values: AlloyValues) =>
        chartRelease(`${name}-${releaseName}`, { releaseName, chart: "alloy", values, policy: args.releases }, opts);
    const { sources } = args.collection;
    if (sources.includes("pods") || sources.includes("nodes")) {
        release(logsCollectorRelease, nodeCollectorValues(pipeline));
    }
    if (sources.includes("events")) {
        release(eventsCollectorRelease, eventCollectorValues(pipeline));
    }
}

function logDestination(destination: RemoteWriteDestination): LogDestination[] {
    const { name, tenantsUrl } = destination;
    return tenantsUrl === undefined ? [] : [{ name, tenantsUrl, caFile: `${credentials.path}/${caKey(destination)}` }];
}

function nodeCollectorValues(pipeline: LogPipeline): AlloyValues {
    const storage = "/var/lib/alloy";
    const { sources } = pipeline.collection;
    return {
        ...commonValues(logsCollectorRelease),
        // A list that is empty does not render, so a right is divided between the two that the chart puts together.
        rbac: sources.includes("pods")
            ? { create: true, rules: [mayUse("pods", "list")], clusterRules: [mayUse("pods", "watch")] }
            : { create: false },
        alloy: {
            ...alloyValues(nodeCollectorConfig(pipeline), storage),
            mounts: {
                varlog: true,
                extra: [
                    credentialsMount,
                    { name: "storage", mountPath: storage },
                    { name: "journal", mountPath: "/run/log/journal", readOnly: true },
                ],
            },
            // The files of logs are root's; being their owner is all of root that is needed.
            securityContext: { ...restricted, runAsUser: 0, runAsGroup: 0 },
            resources: containerResources({ cpu: "50m", memory: "256Mi" }),
        },
        controller: {
            type: "daemonset",
            tolerations: [{ operator: "Exists" }],
            // A node that is short of memory is one whose logs are wanted.
            priorityClassName: "system-node-critical",
            updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "10%" } },
            volumes: {
                extra: [
                    credentialsVolume,
                    // On the node, or a new pod would send all of its files again.
                    {
                        name: "storage",
                        hostPath: { path: "/var/lib/fleet-observability/alloy", type: "DirectoryOrCreate" },
                    },
                    { name: "journal", hostPath: { path: "/run/log/journal", type: "DirectoryOrCreate" } },
                ],
            },
        },
    };
}

function eventCollectorValues(pipeline: LogPipeline): AlloyValues {
    const storage = "/var/lib/alloy";
    return {
        ...commonValues(eventsCollectorRelease),
        rbac: { create: true, rules: [mayUse("events", "list")], clusterRules: [mayUse("events", "watch")] },
        global: { podSecurityContext: { fsGroup: alloyUser } },
        alloy: {
            ...alloyValues(eventCollectorConfig(pipeline), storage),
            mounts: { extra: [credentialsMount, { name: "storage", mountPath: storage }] },
            securityContext: { ...restricted, runAsNonRoot: true, runAsUser: alloyUser, runAsGroup: alloyUser },
            resources: containerResources({ cpu: "20m", memory: "128Mi" }),
        },
        controller: {
            type: "statefulset",
            replicas: 1,
            enableStatefulSetAutoDeletePVC: true,
            volumes: { extra: [credentialsVolume] },
            volumeClaimTemplates: [
                {
                    metadata: { name: "storage" },
                    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
                },
            ],
        },
    };
}

function commonValues(release: string): AlloyValues {
    return {
        fullnameOverride: release,
        // Of no use to these, and a CRD is no release's own affair.
        crds: { create: false },
        serviceMonitor: { enabled: true },
        // A pod that starts again takes up where the last one ended: simpler than a second container that watches.
        configReloader: { enabled: false },
    };
}

function alloyValues(config: string, storagePath: string): NonNullable<AlloyValues["alloy"]> {
    return {
        // The chart takes it for a template, in which this is how braces are written.
        configMap: { create: true, content: config.replaceAll("{{", '{{ "{{" }}') },
        enableReporting: false,
        storagePath,
    };
}

/** As little as a container can be allowed to do. */
const restricted = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
} as const;

const credentialsMount = { name: credentials.volume, mountPath: credentials.path, readOnly: true };
const credentialsVolume = {
    name: credentials.volume,
    secret: { secretName: objects.remoteWriteTls, defaultMode: 0o440 },
};

function mayUse(resource: string, verb: string) {
    return { apiGroups: [""], resources: [resource], verbs: [verb] };
}
