import { workspaceStates } from "../../platform/customResourceState";
import { counter, series, wave, type SimulatedSeries, type SimulatedTarget, type Simulation } from "./series";

/**
 * Every customer cluster is a research environment of two users. The sick one has a workspace that is stuck, one that
 * expires, and a data set whose approval has run out.
 */
export const research: Simulation = ({ tenant, sick }) =>
    tenant === undefined ? [] : [objects(sick), hub(sick), gpus];

const namespace = "jupyterhub";

const users = [
    { username: "ada@example.org", pod: "jupyter-ada", workspace: "genomics" },
    { username: "grace@example.org", pod: "jupyter-grace", workspace: "imaging" },
];

/** What kube-state-metrics makes of custom resources, and of the labels and annotations of pods. */
function objects(sick: boolean): SimulatedTarget {
    const workspaces = [
        { name: "genomics", status: "Provisioned", left: 200 },
        { name: "imaging", status: "Provisioned", left: sick ? 3 : 90 },
        { name: "archive", status: "Waiting", left: sick ? -2 : 60 },
        { name: "trials", status: sick ? "Provisioning" : "Provisioned", left: 120 },
    ];
    const bindings = [
        ...users.map(({ username, workspace }) => ({ name: `${workspace}-lead`, username, workspace, left: 80 })),
        { name: "archive-lead", username: "ada@example.org", workspace: "archive", left: 80 },
    ];
    const datasets = [
        { name: "exomes", display_name: "Exomes", type: "databricks", project: "rare-diseases" },
        { name: "scans", display_name: "Brain scans", type: "postgres", project: "neurology" },
    ];
    const grants = [
        { name: "genomics-exomes", workspace: "genomics", dataset: "exomes", left: 30 },
        { name: "imaging-scans", workspace: "imaging", dataset: "scans", left: sick ? -5 : 45 },
    ];
    return {
        job: "kube-state-metrics",
        instance: "10.244.1.21:8081",
        labels: { namespace },
        series: [
            ...workspaces.flatMap(({ name, status, left }) => [
                ...object("tre_workspace", "AnalyticsWorkspace", { name }, { display_name: name }, left),
                ...workspaceStates.map((state) =>
                    series("tre_workspace_status", { name, status: state }, Number(state === status)),
                ),
            ]),
            ...bindings.flatMap(({ name, workspace, username, left }) =>
                object("tre_workspace_binding", "AnalyticsWorkspaceBinding", { name, workspace, username }, {}, left),
            ),
            ...datasets.flatMap(({ name, ...labels }) =>
                object("tre_dataset", "AnalyticsDataSource", { name }, { ...labels, publisher: "Example Trust" }),
            ),
            ...grants.flatMap(({ name, workspace, dataset, left }) => [
                ...object(
                    "tre_dataset_binding",
                    "AnalyticsDataSourceBinding",
                    { name, workspace, dataset },
                    { expires: date(left) },
                    left,
                ),
                series(
                    "tre_dataset_binding_approved",
                    { name, workspace, dataset, approver: "caldicott@example.org", approval_type: "governance" },
                    inDays(-40),
                ),
            ]),
            ...users.flatMap(({ username, pod, workspace }) => [
                series("kube_pod_labels", { pod, label_workspace: workspace }, 1),
                series("kube_pod_annotations", { pod, annotation_hub_jupyter_org_username: username }, 1),
            ]),
            series(
                "kube_pod_container_resource_requests",
                { pod: "jupyter-ada", container: "notebook", resource: "nvidia_com_gpu", unit: "integer" },
                1,
            ),
        ],
    };
}

/** The families that every kind has: that it is, since when, and until when. */
function object(
    family: string,
    kind: string,
    identity: Record<string, string>,
    labels: Record<string, string>,
    left?: number,
): SimulatedSeries[] {
    const kinds = { customresource_kind: kind };
    return [
        series(`${family}_info`, { ...kinds, ...identity, ...labels }, 1),
        series(`${family}_created`, { ...kinds, ...identity }, inDays(-60)),
        ...(left === undefined
            ? []
            : [series(`${family}_expires`, { ...kinds, ...identity, source: "annotation" }, inDays(left))]),
    ];
}

/** Of a sick cluster's hub, a third of the servers that users ask for do not start. */
function hub(sick: boolean): SimulatedTarget {
    const name = "jupyterhub_server_spawn_duration_seconds_count";
    return {
        job: "hub-research",
        instance: "10.244.1.31:8081",
        labels: { namespace, pod: "hub-6c5-a" },
        series: [
            counter(name, { status: "success" }, 0.01),
            counter(name, { status: "failure" }, sick ? 0.005 : 0),
            counter(name, { status: "already-pending" }, 0.001),
        ],
    };
}

/** dcgm-exporter, whose ServiceMonitor honours no labels. */
const gpus: SimulatedTarget = {
    job: "nvidia-dcgm-exporter",
    instance: "10.244.2.11:9400",
    labels: { namespace: "gpu-operator", pod: "nvidia-dcgm-exporter-x7k2p" },
    series: [
        wave(
            "DCGM_FI_DEV_GPU_UTIL",
            {
                gpu: "0",
                UUID: "GPU-0d4b",
                exported_namespace: namespace,
                exported_pod: "jupyter-ada",
                exported_container: "notebook",
            },
            60,
        ),
    ],
};

function inDays(days: number): number {
    return Math.floor(Date.now() / 1000) + days * 86_400;
}

function date(days: number): string {
    return new Date(inDays(days) * 1000).toISOString().slice(0, 10);
}
