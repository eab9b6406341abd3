const gauge = "a gauge, whatever its name says";
const life = "counts over the life of a container or a program, and is shown as that";

/** Metrics that end in _total and are asked for without a rate, and why that is right. */
export const countersAsTheyStand: Record<string, string> = {
    argocd_repo_pending_request_total: gauge,
    ceph_pg_total: gauge,
    harbor_project_member_total: gauge,
    harbor_project_repo_total: gauge,
    harbor_project_total: gauge,
    harbor_task_scheduled_total: gauge,
    openstack_neutron_network_ip_availabilities_total: gauge,
    etcd_server_leader_changes_seen_total: life,
    kube_pod_container_status_restarts_total: life,
    interesting_events_total:
        "a series that is there, and was not, is an event by itself; else it is asked how it rises",
    thanos_compact_blocks_cleaned_total: life,
    thanos_compact_blocks_marked_total: life,
    thanos_compact_iterations_total: life,
    thanos_shipper_uploads_total: life,
};
