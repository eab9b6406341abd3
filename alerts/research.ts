import type { ResearchMonitor } from "../platform/monitors";
import { usageInterval } from "../platform/research";
import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** A trusted research environment: who uses what, and what goes wrong with workspaces. */
export function researchRules({ monitors: { tre } }: RuleContext): RuleGroupDefinition[] {
    return tre === undefined ? [] : [usage(tre), inventory, grants, workspaces(tre)];
}

const pod = "cluster, tenant, namespace, pod";
const object = "cluster, tenant, namespace, name";
const who = "cluster, tenant, username, workspace";

/** A selector of a metric that other clusters have as well. */
function inEnvironment({ clusters }: ResearchMonitor, metric: string, ...matchers: string[]): string {
    return `${metric}{${[...(clusters.length === 0 ? [] : [`cluster=~"${clusters.join("|")}"`]), ...matchers].join(",")}}`;
}

/** SATRE's compute by user and workspace, and in aggregate. */
function usage(tre: ResearchMonitor): RuleGroupDefinition {
    const annotated = inEnvironment(tre, "kube_pod_annotations", 'annotation_hub_jupyter_org_username!=""');
    const labelled = inEnvironment(tre, "kube_pod_labels", 'label_workspace!=""');
    const notebooks = inEnvironment(tre, "kube_pod_container_info", 'container="notebook"');
    const desktops = inEnvironment(tre, "kube_pod_owner", 'owner_kind="VDIInstance"');
    // The pod of a desktop says whose it is through the desktop that owns it.
    const desktopOf = [
        `group by (${pod}, name) (label_replace(${desktops}, "name", "$1", "owner_name", "(.+)"))`,
        `* on (${object}) group_left (username)`,
        `group by (${object}, username) (tre_workspace_info{username!=""})`,
    ].join("\n");
    const karectl = tre.preset === "karectl";
    const pods = [annotated, labelled, notebooks, ...(karectl ? [desktops] : [])].join(" or ");
    const users = [
        `label_replace(${annotated}, "username", "$1", "annotation_hub_jupyter_org_username", "(.+)")`,
        ...(karectl ? [desktopOf] : []),
    ].join("\nor\n");
    const workspacesOf = [
        `label_replace(${labelled}, "workspace", "$1", "label_workspace", "(.+)")`,
        ...(karectl ? [`label_replace(${desktops}, "workspace", "$1", "owner_name", "(.+)")`] : []),
    ].join("\nor\n");
    const byUser = (perPod: string) =>
        [`sum by (${who}) (`, perPod, `* on (${pod}) group_left (username, workspace) pod:tre_user:group`, ")"].join(
            "\n",
        );

    return {
        name: "research-usage",
        layer: "tre",
        interval: `${usageInterval}s`,
        rules: [
            { record: "pod:tre:group", expr: `group by (${pod}) (${pods})` },
            {
                // A pod of whom nothing is known is counted for "unknown", so that the sum over users is the whole. One
                // answer a pod, whatever was there a moment ago: two would fail every rule below.
                record: "pod:tre_user:group",
                expr: [
                    `group by (${pod}, username, workspace) (`,
                    "  pod:tre:group",
                    `  * on (${pod}) group_left (username) (`,
                    `    topk by (${pod}) (1, group by (${pod}, username) (${users}))`,
                    `    or on (${pod}) label_replace(pod:tre:group, "username", "unknown", "", "")`,
                    "  )",
                    `  * on (${pod}) group_left (workspace) (`,
                    `    topk by (${pod}) (1, group by (${pod}, workspace) (${workspacesOf}))`,
                    `    or on (${pod}) label_replace(pod:tre:group, "workspace", "unknown", "", "")`,
                    "  )",
                    ")",
                ].join("\n"),
            },
            {
                record: "user:pods_running:count",
                expr: byUser(`(max by (${pod}) (kube_pod_status_phase{phase="Running"}) == 1)`),
            },
            {
                record: "user:cpu_cores:rate5m",
                expr: byUser(
                    [
                        `sum by (${pod}) (max by (${pod}, container) (`,
                        '  rate(container_cpu_usage_seconds_total{container!=""}[5m])',
                        "))",
                    ].join("\n"),
                ),
            },
            {
                record: "user:memory_bytes:sum",
                expr: byUser(
                    `sum by (${pod}) (max by (${pod}, container) (container_memory_working_set_bytes{container!=""}))`,
                ),
            },
            {
                // A pod that waits for a GPU has none.
                record: "user:gpus:sum",
                expr: byUser(
                    [
                        `sum by (${pod}) (max by (${pod}, container) (`,
                        '  kube_pod_container_resource_requests{resource="nvidia_com_gpu"}',
                        "))",
                        `* on (${pod}) (max by (${pod}) (kube_pod_status_phase{phase="Running"}) == 1)`,
                    ].join("\n"),
                ),
            },
            {
                // dcgm-exporter's own pod stands in `pod` where the ServiceMonitor does not honour labels.
                record: "user:gpus_busy:sum",
                expr: byUser(
                    [
                        `sum by (${pod}) (max by (${pod}, UUID) (label_replace(label_replace(`,
                        '  DCGM_FI_DEV_GPU_UTIL, "pod", "$1", "exported_pod", "(.+)"),',
                        '  "namespace", "$1", "exported_namespace", "(.+)")',
                        ")) / 100",
                    ].join("\n"),
                ),
            },
            { record: "tre:cpu_cores:rate5m", expr: "sum by (cluster, tenant) (user:cpu_cores:rate5m)" },
            { record: "tre:memory_bytes:sum", expr: "sum by (cluster, tenant) (user:memory_bytes:sum)" },
            { record: "tre:gpus:sum", expr: "sum by (cluster, tenant) (user:gpus:sum)" },
            {
                record: "namespace:tre:group",
                expr: [
                    "group by (cluster, tenant, namespace) (",
                    "  tre_workspace_info or pod:tre_user:group",
                    ...(karectl
                        ? ['  or label_replace(tre_project_info, "namespace", "project-$1", "name", "(.+)")']
                        : []),
                    ")",
                ].join("\n"),
            },
            {
                record: "tre:storage_bytes:sum",
                expr: volumes("kube_persistentvolumeclaim_resource_requests_storage_bytes"),
            },
            { record: "tre:storage_used_bytes:sum", expr: volumes("kubelet_volume_stats_used_bytes") },
        ],
    };
}

function volumes(metric: string): string {
    return [
        "sum by (cluster, tenant) (",
        `  max by (cluster, tenant, namespace, persistentvolumeclaim) (${metric})`,
        "  * on (cluster, tenant, namespace) group_left namespace:tre:group",
        ")",
    ].join("\n");
}

/** SATRE's users, projects, workspaces and data sets, each counted once. */
const inventory: RuleGroupDefinition = {
    name: "research-inventory",
    layer: "tre",
    interval: `${usageInterval}s`,
    rules: [
        {
            record: "tre:users:count",
            expr: distinct("username", [
                'tre_user_info{username!=""}',
                'tre_workspace_binding_info{username!=""}',
                'tre_workspace_info{username!=""}',
            ]),
        },
        {
            // Where projects are no objects, data sets and workspaces say which there are.
            record: "tre:projects:count",
            expr: distinct("project", [
                'label_replace(tre_project_info, "project", "$1", "name", "(.+)")',
                'tre_dataset_info{project!=""}',
                'tre_workspace_info{project!=""}',
            ]),
        },
        {
            record: "tre:workspaces:count",
            expr: [
                "count by (cluster, tenant, status) (",
                `  group by (${object}, status) (tre_workspace_status == 1)`,
                "  or",
                "  label_replace(",
                `    group by (${object}) (tre_workspace_info)`,
                `    unless on (${object}) (tre_workspace_status == 1), "status", "none", "", ""`,
                "  )",
                ")",
            ].join("\n"),
        },
        {
            record: "tre:workspaces_running:count",
            expr: "count by (cluster, tenant) (group by (cluster, tenant, workspace) (user:pods_running:count))",
        },
        {
            record: "tre:workspace_bindings:count",
            expr: `count by (cluster, tenant) (group by (${object}) (tre_workspace_binding_info))`,
        },
        {
            record: "tre:datasets:count",
            expr: `count by (cluster, tenant) (group by (${object}) (tre_dataset_info))`,
        },
        {
            record: "tre:dataset_grants:count",
            expr: `count by (cluster, tenant) (group by (${object}) (tre_dataset_binding_info))`,
        },
    ],
};

function distinct(label: string, series: string[]): string {
    return [
        `count by (cluster, tenant) (group by (cluster, tenant, ${label}) (`,
        `  ${series.join("\n  or ")}`,
        "))",
    ].join("\n");
}

/** SATRE's access to data sets: which, in which workspace, by whose leave and since when. */
const grants: RuleGroupDefinition = {
    name: "research-grants",
    layer: "tre",
    interval: `${usageInterval}s`,
    rules: [
        {
            record: "dataset_grant:created_timestamp_seconds:max",
            expr: "max by (cluster, tenant, namespace, dataset, workspace) (tre_dataset_binding_created)",
        },
        {
            record: "dataset_grant:approved_timestamp_seconds:max",
            expr: [
                "max by (cluster, tenant, namespace, dataset, workspace, approver, approval_type) (",
                "  tre_dataset_binding_approved",
                ")",
            ].join("\n"),
        },
        {
            // From the annotation or from the object's own field; where there are both, the earlier holds.
            record: "dataset_grant:expires_timestamp_seconds:min",
            expr: "min by (cluster, tenant, namespace, dataset, workspace) (tre_dataset_binding_expires)",
        },
    ],
};

const week = 7 * 24 * 60 * 60;

function workspaces(tre: ResearchMonitor): RuleGroupDefinition {
    const failed = inEnvironment(
        tre,
        "jupyterhub_server_spawn_duration_seconds_count",
        'status=~"failure|throttled|too-many-users"',
    );
    const tried = inEnvironment(tre, "jupyterhub_server_spawn_duration_seconds_count", 'status!="already-pending"');
    const expires = `min by (${object}) (tre_workspace_expires)`;
    // No alert names a user: alerts go to chats and mailboxes.
    return {
        name: "research-workspaces",
        layer: "tre",
        rules: [
            {
                alert: "WorkspaceExpiringSoon",
                expr: `${expires} - time() > 0 < ${week}`,
                for: "15m",
                severity: "ticket",
                summary: "Workspace {{ $labels.name }} on {{ $labels.cluster }} of {{ $labels.tenant }} expires soon",
                description:
                    "Workspace {{ $labels.namespace }}/{{ $labels.name }} expires in {{ $value | humanizeDuration }}. " +
                    "Whoever works there loses access then.",
            },
            {
                alert: "WorkspaceStuck",
                // A workspace waits until its first user comes: it is stuck when there is a pod that wants it.
                expr: [
                    "(",
                    `  max by (${object}, status) (tre_workspace_status{status=~"Provisioning|Pending|Deleting"} == 1)`,
                    "  or",
                    `  max by (${object}, status) (tre_workspace_status{status="Waiting"} == 1)`,
                    `  and on (${object}) label_replace(pod:tre_user:group, "name", "$1", "workspace", "(.+)")`,
                    ")",
                    `* on (${object}) group_left () (time() - max by (${object}) (tre_workspace_created))`,
                    "> 1800",
                ].join("\n"),
                for: "30m",
                severity: "ticket",
                summary: "Workspace {{ $labels.name }} on {{ $labels.cluster }} of {{ $labels.tenant }} is stuck",
                description:
                    "Workspace {{ $labels.namespace }}/{{ $labels.name }} has been {{ $labels.status }} for half an " +
                    "hour; it was made {{ $value | humanizeDuration }} ago.",
            },
            {
                alert: "BindingForExpiredWorkspace",
                expr: [
                    "count by (cluster, tenant, namespace, workspace) (",
                    `  group by (${object}, workspace) (tre_workspace_binding_info)`,
                    `  unless on (${object}) (tre_workspace_binding_expires < time())`,
                    ")",
                    "and on (cluster, tenant, namespace, workspace)",
                    `label_replace(${expires} < time(), "workspace", "$1", "name", "(.+)")`,
                ].join("\n"),
                for: "30m",
                severity: "ticket",
                summary:
                    "Users are still bound to expired workspace {{ $labels.workspace }} on {{ $labels.cluster }} of " +
                    "{{ $labels.tenant }}",
                description:
                    "Workspace {{ $labels.namespace }}/{{ $labels.workspace }} has expired; bindings that still give access to " +
                    'it: {{ $value | printf "%.0f" }}.',
            },
            {
                alert: "DatasetApprovalExpired",
                expr: `time() - min by (${object}, dataset, workspace) (tre_dataset_binding_expires) > 0`,
                for: "15m",
                severity: "ticket",
                summary:
                    "The approval to use data set {{ $labels.dataset }} on {{ $labels.cluster }} of " +
                    "{{ $labels.tenant }} has expired",
                description:
                    "Binding {{ $labels.namespace }}/{{ $labels.name }} still grants {{ $labels.dataset }} to " +
                    "workspace {{ $labels.workspace }}; it expired {{ $value | humanizeDuration }} ago.",
            },
            {
                alert: "UsageDataMissing",
                // A cluster that sends nothing at all has an alert of its own.
                expr: [
                    `${inEnvironment(tre, "fleet_cluster_info")}`,
                    "and on (cluster, tenant) cluster:up:count",
                    "unless on (cluster, tenant) (tre_workspace_info or tre_project_info or tre_user_info)",
                ].join("\n"),
                for: "30m",
                severity: "ticket",
                summary: "Cluster {{ $labels.cluster }} of {{ $labels.tenant }} records no usage of its environment",
                description:
                    "Cluster {{ $labels.cluster }} sends metrics, but none of workspaces, projects or users, so the " +
                    "usage record has a gap.",
            },
            {
                alert: "WorkspaceSpawnsFailing",
                expr: [
                    `sum by (cluster, tenant, namespace) (increase(${failed}[30m]))`,
                    `/ sum by (cluster, tenant, namespace) (increase(${tried}[30m]))`,
                    "> 0.2",
                    "and on (cluster, tenant, namespace)",
                    `sum by (cluster, tenant, namespace) (increase(${failed}[30m])) > 2`,
                ].join("\n"),
                for: "5m",
                severity: "ticket",
                summary: "Workspaces do not start on {{ $labels.cluster }} of {{ $labels.tenant }}",
                description:
                    "{{ $value | humanizePercentage }} of the servers that users asked the JupyterHub of namespace " +
                    "{{ $labels.namespace }} for in half an hour did not start.",
            },
        ],
    };
}
