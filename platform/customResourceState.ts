import type { CustomResource, Monitors, ResearchMonitor, ResearchPreset } from "./monitors";
import { isResearch } from "./research";

/** What kube-state-metrics needs to turn custom resources, and some labels of pods, into series. */
export interface CustomResourceState {
    /** The file of `--custom-resource-state-config-file`. */
    config: { kind: "CustomResourceStateMetrics"; spec: { resources: StateResource[] } };
    /** What its ClusterRole must allow besides. */
    rules: { apiGroups: string[]; resources: string[]; verbs: string[] }[];
    /** For `--metric-labels-allowlist` and `--metric-annotations-allowlist`: exact names, for a wildcard has no bound. */
    labels: string[];
    annotations: string[];
}

/** A kind and the families of series that are made of its objects. */
export interface StateResource {
    groupVersionKind: { group: string; version: string; kind: string };
    resourcePlural: string;
    /** Empty: names are given in full. */
    metricNamePrefix: "";
    /** Of every family. Two objects of one name in two namespaces would else be one series. */
    labelsFromPath: Record<string, string[]>;
    metrics: StateFamily[];
}

/** A family of series. */
export interface StateFamily {
    name: string;
    help: string;
    /** High where the field may well be missing: kube-state-metrics logs an error for each object without it. */
    errorLogV?: number;
    commonLabels?: Record<string, string>;
    labelsFromPath?: Record<string, string[]>;
    each:
        | { type: "Info"; info: { labelsFromPath: Record<string, string[]> } }
        | {
              type: "Gauge";
              gauge: { path: string[]; valueFrom?: string[]; labelsFromPath?: Record<string, string[]> };
          }
        | { type: "StateSet"; stateSet: { path: string[]; labelName: string; list: string[] } };
}

/** When an object ends, RFC 3339, where its own field is but a date: no exporter and no query makes a time of that. */
export const expiryAnnotation = "fleet-observability/expires";

/** Whom a pod of JupyterHub belongs to, unescaped; only here it is written as bindings write it. */
export const usernameAnnotation = "hub.jupyter.org/username";

/** The workspace that a pod of JupyterHub has mounted. */
export const workspaceLabel = "workspace";

/** Every state that a workspace of either preset has. */
export const workspaceStates = [
    "Waiting",
    "Provisioning",
    "Provisioned",
    "Deleting",
    "Pending",
    "Running",
    "Terminated",
];

const lscsde = { group: "xlscsde.nhs.uk", version: "v1" };

/** The kinds of each preset. None of the labels is a field that holds a secret: some of these kinds have such fields. */
const presets: Record<ResearchPreset, CustomResource[]> = {
    lscsde: [
        {
            ...lscsde,
            kind: "AnalyticsWorkspace",
            plural: "analyticsworkspaces",
            as: "workspace",
            labels: {
                display_name: ["spec", "displayName"],
                expires: ["spec", "validity", "expires"],
                status: ["status", "statusText"],
            },
        },
        {
            ...lscsde,
            kind: "AnalyticsWorkspaceBinding",
            plural: "analyticsworkspacebindings",
            as: "workspaceBinding",
            labels: {
                workspace: ["spec", "workspace"],
                username: ["spec", "username"],
                expires: ["spec", "expires"],
            },
        },
        {
            ...lscsde,
            kind: "AnalyticsDataSource",
            plural: "analyticsdatasources",
            as: "dataset",
            labels: {
                display_name: ["spec", "displayName"],
                type: ["spec", "type"],
                project: ["spec", "project", "id"],
                publisher: ["spec", "publisher", "organisation"],
            },
        },
        {
            ...lscsde,
            kind: "AnalyticsDataSourceBinding",
            plural: "analyticsdatasourcebindings",
            as: "datasetBinding",
            labels: {
                workspace: ["spec", "workspace"],
                dataset: ["spec", "datasource"],
                expires: ["spec", "expires"],
            },
        },
    ],
    karectl: [
        {
            group: "research.karectl.io",
            version: "v1alpha1",
            kind: "Project",
            plural: "projects",
            as: "project",
            labels: { display_name: ["spec", "display_name"] },
        },
        {
            group: "identity.karectl.io",
            version: "v1alpha1",
            kind: "User",
            plural: "users",
            as: "user",
            labels: { username: ["spec", "username"], expires: ["spec", "expiry_date"] },
        },
        // A desktop is a workspace of one user: workspace and binding at once.
        ...(["workspace", "workspaceBinding"] as const).map((as): CustomResource => ({
            group: "karectl.io",
            version: "v1alpha1",
            kind: "VDIInstance",
            plural: "vdiinstances",
            as,
            labels: {
                username: ["spec", "user"],
                project: ["spec", "project"],
                ...(as === "workspace" ? { status: ["status", "phase"] } : { workspace: ["metadata", "name"] }),
            },
        })),
    ],
};

/** What a cluster's kube-state-metrics has to be told, or undefined where there is nothing. */
export function customResourceState(
    { tre, clusterApi }: Pick<Monitors, "tre" | "clusterApi">,
    cluster: string,
): CustomResourceState | undefined {
    const research = tre !== undefined && isResearch(tre, cluster);
    const resources = [
        ...(research ? researchResources(tre) : []),
        ...(clusterApi?.cluster === cluster ? clusterApiResources(clusterApi.tenantLabel) : []),
    ];
    if (resources.length === 0) {
        return undefined;
    }
    return {
        config: { kind: "CustomResourceStateMetrics", spec: { resources } },
        rules: [
            ...resources.map(({ groupVersionKind: { group }, resourcePlural }) => readable(group, resourcePlural)),
            readable("apiextensions.k8s.io", "customresourcedefinitions"),
        ],
        labels: research ? [`pods=[${workspaceLabel}]`] : [],
        annotations: research ? [`pods=[${usernameAnnotation}]`] : [],
    };
}

/** Workspaces, users, projects, data sets, and who may use which. */
export function researchResources({ preset, resources }: ResearchMonitor): StateResource[] {
    // One entry a kind, whatever its version: kube-state-metrics exits when it finds two. What config says wins.
    const kinds = new Map<string, CustomResource[]>();
    for (const resource of [...presets[preset], ...resources]) {
        const kind = `${resource.group}/${resource.kind}`;
        kinds.set(kind, [...(kinds.get(kind) ?? []), resource]);
    }
    return [...kinds.values()].map((entries) => {
        const uses = new Map<CustomResource["as"], CustomResource>();
        for (const entry of entries) {
            const labels = { ...uses.get(entry.as)?.labels, ...entry.labels };
            uses.set(entry.as, { ...entry, labels });
        }
        return stateResource(entries.at(-1) as CustomResource, [...uses.values()].flatMap(researchFamilies));
    });
}

/** Cluster API's Cluster objects: the clusters of a management cluster, with their customers. */
export function clusterApiResources(tenantLabel: string): StateResource[] {
    const kind = { group: "cluster.x-k8s.io", version: "v1beta1", kind: "Cluster", plural: "clusters" };
    return [
        stateResource(kind, [
            info("capi_cluster_info", "A cluster that Cluster API manages.", {
                customer: ["metadata", "labels", tenantLabel],
            }),
            {
                name: "capi_cluster_phase",
                help: "The phase of a cluster.",
                each: {
                    type: "StateSet",
                    stateSet: {
                        path: ["status", "phase"],
                        labelName: "phase",
                        list: ["Pending", "Provisioning", "Provisioned", "Deleting", "Failed", "Unknown"],
                    },
                },
            },
            {
                name: "capi_cluster_deleting",
                help: "When the deletion of a cluster was asked for; missing where it was not.",
                errorLogV: missingIsFine,
                each: { type: "Gauge", gauge: { path: ["metadata", "deletionTimestamp"] } },
            },
        ]),
    ];
}

/** The families' common part of a name, by what the objects are counted as. */
const families: Record<CustomResource["as"], string> = {
    workspace: "tre_workspace",
    user: "tre_user",
    project: "tre_project",
    dataset: "tre_dataset",
    workspaceBinding: "tre_workspace_binding",
    datasetBinding: "tre_dataset_binding",
    other: "tre_other",
};

const missingIsFine = 10;

function researchFamilies({ as, kind, labels: { status, ...labels } }: CustomResource): StateFamily[] {
    const family = families[as];
    const ends = Object.entries(labels).filter(([label]) => ["username", "workspace", "dataset"].includes(label));
    const between = { labelsFromPath: Object.fromEntries(ends) };
    const time = (source: string, path: string[]): StateFamily => ({
        name: `${family}_expires`,
        help: `When the ${kind} ends, from its ${source}.`,
        // A date without a time is no number; there is a series from the annotation alone then.
        errorLogV: missingIsFine,
        commonLabels: { source },
        ...between,
        each: { type: "Gauge", gauge: { path } },
    });
    return [
        info(`${family}_info`, `The ${kind}.`, labels),
        {
            name: `${family}_created`,
            help: `When the ${kind} was made.`,
            ...between,
            each: { type: "Gauge", gauge: { path: ["metadata", "creationTimestamp"] } },
        },
        time("annotation", ["metadata", "annotations", expiryAnnotation]),
        ...(labels["expires"] === undefined ? [] : [time("spec", labels["expires"])]),
        // A label would leave those without a status without a series.
        ...(status === undefined
            ? []
            : [
                  {
                      name: `${family}_status`,
                      help: `The status of the ${kind}.`,
                      errorLogV: missingIsFine,
                      each: {
                          type: "StateSet" as const,
                          stateSet: { path: status, labelName: "status", list: workspaceStates },
                      },
                  },
              ]),
        ...(as === "dataset" || as === "datasetBinding"
            ? [
                  {
                      name: `${family}_approved`,
                      help: `When each approval of the ${kind} was given.`,
                      errorLogV: missingIsFine,
                      ...between,
                      each: {
                          type: "Gauge" as const,
                          gauge: {
                              // A list: a series for each of its items.
                              path: ["spec", "approvals"],
                              valueFrom: ["approvalGiven"],
                              labelsFromPath: { approver: ["email"], approval_type: ["type"] },
                          },
                      },
                  },
              ]
            : []),
    ];
}

function stateResource(
    { group, version, kind, plural }: Pick<CustomResource, "group" | "version" | "kind" | "plural">,
    metrics: StateFamily[],
): StateResource {
    return {
        groupVersionKind: { group, version, kind },
        resourcePlural: plural,
        metricNamePrefix: "",
        labelsFromPath: { namespace: ["metadata", "namespace"], name: ["metadata", "name"] },
        metrics,
    };
}

/** An info needs a label of its own to exist at all; the name is there always. */
function info(name: string, help: string, labelsFromPath: Record<string, string[]>): StateFamily {
    return {
        name,
        help,
        labelsFromPath,
        each: { type: "Info", info: { labelsFromPath: { name: ["metadata", "name"] } } },
    };
}

function readable(group: string, plural: string) {
    return { apiGroups: [group], resources: [plural], verbs: ["list", "watch"] };
}
