import { metricsOf, type Catalogue } from "./metric";

/** What a trusted research environment says about workspaces, users and data sets. */
export const researchMetrics: Catalogue = {
    ...metricsOf("kube-state-metrics 2.20: pkg/customresourcestate, as platform/customResourceState.ts tells it", [
        "tre_dataset_binding_approved",
        "tre_dataset_binding_created",
        "tre_dataset_binding_expires",
        "tre_dataset_binding_info",
        "tre_dataset_info",
        "tre_project_info",
        "tre_user_info",
        "tre_workspace_binding_created",
        "tre_workspace_binding_expires",
        "tre_workspace_binding_info",
        "tre_workspace_created",
        "tre_workspace_expires",
        "tre_workspace_info",
        "tre_workspace_status",
        "capi_cluster_deleting",
        "capi_cluster_info",
    ]),
    ...metricsOf("dcgm-exporter: etc/default-counters.csv", ["DCGM_FI_DEV_GPU_UTIL"]),
    ...metricsOf("JupyterHub 5: jupyterhub/metrics.py", ["jupyterhub_server_spawn_duration_seconds_count"]),
};
