import { applicationChecks, kubernetesThresholds, type Monitors } from "../../platform/monitors";

/** What is watched where config says nothing. */
export const baseMonitors: Monitors = {
    metrics: { send: "needed", also: [] },
    kaas: { thresholds: kubernetesThresholds },
    endpoints: { targets: [], slowSeconds: 5 },
    applications: [],
    certificates: { ticketDays: 30, pageDays: 3 },
    events: { vault: true, adminActions: true, rollouts: true, custom: [] },
    validations: [],
    pushed: [],
};

/** Everything that can be watched, watched: what a simulation shows and what tests hold against the rules. */
export const everyMonitor: Monitors = {
    ...baseMonitors,
    iaas: {
        infrastructures: ["testbed"],
        openstack: true,
        ceph: true,
        libvirt: true,
        exporters: [],
        storeEndpoints: [],
    },
    harbor: { namespace: "harbor" },
    tre: { clusters: [], preset: "lscsde", satreVersion: "1.1", pseudonymiseUsers: false, resources: [] },
    endpoints: {
        targets: [
            { name: "registry", url: "https://registry.example.org/account/sign-in", module: "http" },
            { name: "website", url: "https://www.example.org/", module: "http" },
        ],
        slowSeconds: 5,
    },
    applications: [
        {
            name: "portal",
            namespace: "portal",
            clusters: [],
            url: "https://portal.example.org/",
            checks: applicationChecks,
            gunicorn: true,
            database: "portal",
            jupyterhub: false,
        },
        {
            name: "notebooks",
            namespace: "jupyterhub",
            clusters: [],
            checks: { ...applicationChecks, cpu: { enabled: false, threshold: 90 } },
            gunicorn: false,
            jupyterhub: true,
        },
    ],
    argocd: { namespace: "argocd" },
    vault: { tokenDays: 14 },
    validations: [
        { name: "dns", schedule: "17 6 * * *", image: "docker.io/library/alpine:3.22", script: "nslookup example.org" },
    ],
    pushed: [
        { metric: "cluster_temperature_C", title: "Temperature", unit: "celsius", by: ["rack_id"] },
        { metric: "battery_percentage", title: "Battery", unit: "percent", by: ["device"] },
    ],
    clusterApi: { cluster: "cluster-1", tenantLabel: "fleet-observability/tenant" },
};
