import { namespace } from "../../platform/names";
import { validationName } from "../../platform/validations";
import { everyMonitor } from "./monitors";
import {
    counter,
    histogram,
    series,
    wave,
    type SimulatedSeries,
    type SimulatedTarget,
    type Simulation,
} from "./series";

/**
 * What stands in front of the applications and what deploys them. The healthy cluster has ingress-nginx and
 * external-secrets, the other one Envoy Gateway and the vault-secrets-operator. On the observer, validations run.
 */
export const applications: Simulation = ({ tenant, sick }) =>
    tenant === undefined
        ? [validationRuns()]
        : [
              sick ? envoyGateway() : ingressNginx(),
              argocdController(sick),
              argocdRepositories(),
              hub(sick),
              sick ? vaultSecretsOperator() : externalSecrets(),
              vaultTokens(sick),
          ];

/** Requests a second by answer. */
const traffic: Record<string, Record<string, number>> = {
    portal: { "200": 12, "302": 1.5, "404": 0.4, "500": 0.02 },
    jupyterhub: { "200": 5, "302": 0.8, "403": 0.1, "503": 0.01 },
};

/** One that is not well fails one request in ten. */
const failing = { "200": 9, "302": 1, "503": 1.2 };

const seconds = {
    bounds: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    shares: [0.4, 0.65, 0.85, 0.93, 0.97, 0.99, 1],
    mean: 0.18,
};

function ingressNginx(): SimulatedTarget {
    return {
        job: "ingress-nginx-controller-metrics",
        instance: "10.244.1.50:10254",
        labels: { namespace: "ingress-nginx", pod: "ingress-nginx-controller-a", container: "controller" },
        series: Object.entries(traffic).flatMap(([application, answers]) =>
            Object.entries(answers).flatMap(([status, perSecond]) => {
                const labels = {
                    exported_namespace: application,
                    ingress: application,
                    status,
                    method: "GET",
                    path: "/",
                };
                return [
                    counter("nginx_ingress_controller_requests", labels, perSecond),
                    ...histogram("nginx_ingress_controller_request_duration_seconds", labels, {
                        ...seconds,
                        perSecond,
                    }),
                ];
            }),
        ),
    };
}

function envoyGateway(): SimulatedTarget {
    const milliseconds = {
        bounds: [50, 100, 250, 500, 1000, 2500, 5000],
        shares: [0.1, 0.3, 0.5, 0.7, 0.85, 0.93, 0.99],
        mean: 900,
    };
    return {
        job: "envoy-gateway",
        instance: "10.244.1.51:19001",
        labels: { namespace: "envoy-gateway-system", pod: "envoy-a", container: "envoy" },
        series: Object.keys(traffic).flatMap((application) => {
            const answers = application === "portal" ? failing : (traffic[application] ?? {});
            const labels = { envoy_cluster_name: `httproute/${application}/${application}/rule/0` };
            return [
                ...Object.entries(answers).map(([code, perSecond]) =>
                    counter("envoy_cluster_upstream_rq", { ...labels, envoy_response_code: code }, perSecond),
                ),
                ...histogram("envoy_cluster_upstream_rq_time", labels, { ...milliseconds, perSecond: 10 }),
            ];
        }),
    };
}

function argocdController(sick: boolean): SimulatedTarget {
    const deployed = [
        { name: "portal", into: "portal", sync: sick ? "OutOfSync" : "Synced", health: sick ? "Degraded" : "Healthy" },
        { name: "jupyterhub", into: "jupyterhub", sync: "Synced", health: "Healthy" },
        {
            name: "harbor",
            into: "harbor",
            sync: sick ? "OutOfSync" : "Synced",
            health: sick ? "Progressing" : "Healthy",
        },
    ];
    const server = { dest_server: "https://kubernetes.default.svc" };
    return {
        job: "argocd-metrics",
        instance: "10.244.1.60:8082",
        labels: { namespace: "argocd", pod: "argocd-application-controller-0", container: "application-controller" },
        series: [
            ...deployed.flatMap(({ name, into, sync, health }) => {
                const labels = { exported_namespace: "argocd", name, project: "default", ...server };
                const syncs = (phase: string, perSecond: number) =>
                    counter("argocd_app_sync_total", { ...labels, phase }, perSecond);
                return [
                    series(
                        "argocd_app_info",
                        {
                            ...labels,
                            dest_namespace: into,
                            repo: "https://git.example.org/deployments",
                            autosync_enabled: "true",
                            sync_status: sync,
                            health_status: health,
                            operation: "",
                        },
                        1,
                    ),
                    syncs("Succeeded", 1 / 900),
                    ...(health === "Degraded" ? [syncs("Failed", 1 / 300)] : []),
                ];
            }),
            ...histogram(
                "argocd_app_reconcile",
                { exported_namespace: "argocd", ...server },
                { perSecond: 0.2, bounds: [0.25, 0.5, 1, 2, 4, 8, 16], shares: [0.2, 0.5, 0.8, 0.95, 0.99], mean: 0.7 },
            ),
        ],
    };
}

function argocdRepositories(): SimulatedTarget {
    const repo = "https://git.example.org/deployments";
    return {
        job: "argocd-repo-server-metrics",
        instance: "10.244.1.61:8084",
        labels: { namespace: "argocd", pod: "argocd-repo-server-a", container: "repo-server" },
        series: [
            counter("argocd_git_request_total", { repo, request_type: "ls-remote" }, 0.05),
            counter("argocd_git_request_total", { repo, request_type: "fetch" }, 0.01),
            wave("argocd_repo_pending_request_total", { repo }, 2, 1),
        ],
    };
}

function hub(sick: boolean): SimulatedTarget {
    // How many there are is in the simulation of research environments, of the same hub.
    const spawns = (status: string, perSecond: number) =>
        histogram(
            "jupyterhub_server_spawn_duration_seconds",
            { status },
            { perSecond, bounds: [1, 5, 10, 30, 60, 120], shares: [0.05, 0.3, 0.6, 0.9, 0.97, 1], mean: 12 },
        ).filter(({ name }) => !name.endsWith("_count"));
    const answers: [handler: string, code: string, perSecond: number][] = [
        ["jupyterhub.apihandlers.users.ActivityAPIHandler", "200", 0.5],
        ["jupyterhub.handlers.pages.HomeHandler", "200", 0.2],
        ["jupyterhub.handlers.pages.SpawnHandler", sick ? "500" : "302", 0.05],
    ];
    return {
        job: "jupyterhub",
        instance: "10.244.1.70:8081",
        labels: { namespace: "jupyterhub", pod: "hub-6c5-a", service: "hub" },
        series: [
            series("jupyterhub_running_servers", {}, 2),
            series("jupyterhub_total_users", {}, 31),
            ...Object.entries({ "24h": 7, "7d": 14, "30d": 22 }).map(([period, users]) =>
                series("jupyterhub_active_users", { period }, users),
            ),
            ...spawns("success", 0.02),
            ...spawns("failure", sick ? 0.01 : 0),
            ...histogram(
                "jupyterhub_server_stop_seconds",
                { status: "success" },
                { perSecond: 0.02, bounds: [1, 5, 10], shares: [0.3, 0.8, 0.95], mean: 3 },
            ),
            ...answers.flatMap(([handler, code, perSecond]) =>
                histogram(
                    "jupyterhub_request_duration_seconds",
                    { method: "GET", handler, code },
                    { ...seconds, perSecond },
                ),
            ),
        ],
    };
}

const secrets = [
    { name: "portal-database", exported_namespace: "portal" },
    { name: "hub-oidc", exported_namespace: "jupyterhub" },
];

function externalSecrets(): SimulatedTarget {
    return {
        job: "external-secrets-metrics",
        instance: "10.244.1.80:8080",
        labels: { namespace: "external-secrets", pod: "external-secrets-a", container: "external-secrets" },
        series: secrets.flatMap((secret) => [
            ...["True", "False"].map((status) =>
                series(
                    "externalsecret_status_condition",
                    { ...secret, condition: "Ready", status },
                    Number(status === "True"),
                ),
            ),
            series("externalsecret_sync_calls_error", secret, 0),
        ]),
    };
}

/** It cannot read one of its secrets. */
function vaultSecretsOperator(): SimulatedTarget {
    return {
        job: "vault-secrets-operator",
        instance: "10.244.1.81:8080",
        labels: { namespace: "vault-secrets-operator", pod: "vault-secrets-operator-a", container: "operator" },
        series: secrets.map((secret, index) => series("vaultsecrets_reconciliation_status", secret, index)),
    };
}

function vaultTokens(sick: boolean): SimulatedTarget {
    return {
        job: "cert-exporter",
        instance: "10.0.0.10:9005",
        labels: { namespace: "kube-system", pod: "cert-exporter-a", container: "cert-exporter" },
        series: [
            series("cert_exporter_token_not_after", { path: "/tokens/node-vault-token" }, daysAhead(sick ? 5 : 60)),
        ],
    };
}

/** Against the clock where a simulation is scraped now, and constant enough to tell days. */
function daysAhead(days: number): number {
    return Math.round(Date.now() / 1000) + days * 86_400;
}

/** Validations as kube-state-metrics sees them: the last run of each has found something. */
function validationRuns(): SimulatedTarget {
    const started = daysAhead(0) - 7200;
    return {
        job: "kube-state-metrics",
        instance: "10.244.0.9:8080",
        series: everyMonitor.validations.flatMap(({ name, schedule }): SimulatedSeries[] => {
            const cronjob = validationName(name);
            const job = { namespace, job_name: `${cronjob}-${Math.floor(started / 60)}` };
            const ofCronJob = { namespace, cronjob };
            return [
                series("kube_cronjob_info", { ...ofCronJob, schedule, concurrency_policy: "Forbid" }, 1),
                series("kube_cronjob_created", ofCronJob, started - 30 * 86_400),
                series("kube_cronjob_status_last_schedule_time", ofCronJob, started),
                series("kube_cronjob_status_last_successful_time", ofCronJob, started - 86_400),
                series("kube_cronjob_next_schedule_time", ofCronJob, started + 86_400),
                series("kube_job_status_start_time", job, started),
                ...["true", "false", "unknown"].map((condition) =>
                    series("kube_job_failed", { ...job, condition }, Number(condition === "true")),
                ),
            ];
        }),
    };
}
