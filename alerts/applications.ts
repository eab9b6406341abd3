import { onClusters, type ApplicationCheck, type ApplicationMonitor } from "../platform/monitors";
import { argocdAlerts, argocdApplication, wellForArgocd } from "./argocd";
import { minutes, type Alert, type RecordingRule, type RuleContext, type RuleGroupDefinition } from "./ruleGroup";

/** Web applications, from one list: for each a group, whose alerts have its name as the label `application`. */
export function applicationRules({ monitors }: RuleContext): RuleGroupDefinition[] {
    return monitors.applications.map((application) => ({
        name: `application-${application.name}`,
        layer: "applications",
        rules: [
            ...recorded(application, monitors.argocd !== undefined),
            ...alerts(application, monitors.argocd !== undefined),
        ],
    }));
}

const ofContainer = "cluster, tenant, pod, container";

/** What dashboards and alerts both ask for; recorded for every check, because dashboards have no switches. */
function recorded(application: ApplicationMonitor, argocd: boolean): RecordingRule[] {
    const { name, namespace } = application;
    const labels = { application: name, namespace };
    const clusters = onClusters(application);
    const own = `namespace="${namespace}"${clusters}`;
    const restarts = `increase(kube_pod_container_status_restarts_total{${own}}[1h])`;
    const limits = (resource: string) =>
        `max by (${ofContainer}) (kube_pod_container_resource_limits{${own},resource="${resource}"})`;
    const errors = `application:requests:rate5m{application="${name}",code=~"5.."}`;
    const requests = `application:requests:rate5m{application="${name}"}`;

    // An Ingress' namespace is exported_namespace, unless the ServiceMonitor of ingress-nginx honours labels.
    const ingressNginx = (metric: string) => [
        `rate(${metric}{exported_namespace="${namespace}"${clusters}}[5m])`,
        `rate(${metric}{exported_namespace="",${own}}[5m])`,
    ];
    // Envoy Gateway names an upstream httproute/<namespace>/<route>/rule/<number>.
    const envoyGateway = (metric: string) =>
        `rate(${metric}{envoy_cluster_name=~"(http|grpc)route/${namespace}/.+"${clusters}}[5m])`;

    return [
        {
            record: "application:pods:count",
            expr: [
                "sum by (cluster, tenant, phase) (",
                `  max by (cluster, tenant, pod, phase) (kube_pod_status_phase{${own}})`,
                ")",
            ].join("\n"),
            labels,
        },
        {
            record: "application:pod_not_running:max",
            // A container that crashes again and again runs in between, hence the five minutes. ContainerCreating is a
            // pod that is Pending, and that is bad when it lasts. prepull-* wait for images, and nobody for them.
            expr: [
                "max by (cluster, tenant, pod) (",
                `  kube_pod_status_phase{${own},phase=~"Pending|Failed|Unknown",pod!~"prepull-.*"} == 1`,
                "  or max_over_time(",
                "    kube_pod_container_status_waiting_reason{",
                `      ${own},reason!~"ContainerCreating|PodInitializing",pod!~"prepull-.*"`,
                "    }[5m]",
                "  ) == 1",
                `  or kube_pod_container_status_terminated_reason{${own},reason!="Completed",pod!~"prepull-.*"} == 1`,
                ")",
            ].join("\n"),
            labels,
        },
        {
            record: "application:container_restarts:increase1h",
            expr: `max by (${ofContainer}) (${restarts})`,
            labels,
        },
        {
            record: "application:container_oom_kills:increase1h",
            expr: [
                `max by (${ofContainer}) (${restarts})`,
                `* on (${ofContainer})`,
                `max by (${ofContainer}) (`,
                `  kube_pod_container_status_last_terminated_reason{${own},reason="OOMKilled"}`,
                ")",
            ].join("\n"),
            labels,
        },
        {
            record: "application:container_cpu_of_limit:ratio",
            expr: [
                `sum by (${ofContainer}) (rate(container_cpu_usage_seconds_total{${own},container!=""}[5m]))`,
                `/ on (${ofContainer})`,
                limits("cpu"),
            ].join("\n"),
            labels,
        },
        {
            record: "application:container_memory_of_limit:ratio",
            expr: [
                `max by (${ofContainer}) (container_memory_working_set_bytes{${own},container!=""})`,
                `/ on (${ofContainer})`,
                limits("memory"),
            ].join("\n"),
            labels,
        },
        {
            record: "application:volume_used:ratio",
            // From what is available, because what a filesystem reserves for root is not.
            expr: [
                "1",
                `- max by (cluster, tenant, persistentvolumeclaim) (kubelet_volume_stats_available_bytes{${own}})`,
                `/ max by (cluster, tenant, persistentvolumeclaim) (kubelet_volume_stats_capacity_bytes{${own}} > 0)`,
            ].join("\n"),
            labels,
        },
        {
            record: "application:requests:rate5m",
            expr: [
                "sum by (cluster, tenant, code) (",
                ...ingressNginx("nginx_ingress_controller_requests").flatMap((rate) => [
                    `  label_replace(${rate}, "code", "$1", "status", "(.+)")`,
                    "  or",
                ]),
                `  label_replace(${envoyGateway("envoy_cluster_upstream_rq")}, "code", "$1", "envoy_response_code", "(.+)")`,
                ")",
            ].join("\n"),
            labels,
        },
        {
            record: "application:request_errors:ratio_rate5m",
            expr: [
                `(sum by (cluster, tenant) (${errors}) or 0 * sum by (cluster, tenant) (${requests}))`,
                `/ (sum by (cluster, tenant) (${requests}) > 0)`,
            ].join("\n"),
            labels,
        },
        {
            record: "application:request_duration_seconds:p95",
            // Compared, because a quantile of nothing is not a number. Envoy counts in milliseconds.
            expr: [
                "histogram_quantile(0.95, sum by (cluster, tenant, le) (",
                `  ${ingressNginx("nginx_ingress_controller_request_duration_seconds_bucket").join("\n  or\n  ")}`,
                ")) >= 0",
                "or",
                "histogram_quantile(0.95, sum by (cluster, tenant, le) (",
                `  ${envoyGateway("envoy_cluster_upstream_rq_time_bucket")}`,
                ")) / 1000 >= 0",
            ].join("\n"),
            labels,
        },
        ...(argocd
            ? [
                  {
                      record: "application:argocd_failing:count",
                      expr: [
                          "count by (cluster, tenant) (",
                          `  argocd_app_info{${argocdApplication(application)},sync_status!="Synced"}`,
                          `  or argocd_app_info{${argocdApplication(application)},health_status!~"${wellForArgocd}"}`,
                          ")",
                          `or 0 * count by (cluster, tenant) (argocd_app_info{${argocdApplication(application)}})`,
                      ].join("\n"),
                      labels,
                  },
              ]
            : []),
    ];
}

/** Percent of requests from which on an application is down for its users. */
const downForUsers = 50;

/** Requests a second below which nobody is woken up: half of next to nothing is a handful of requests. */
const someTraffic = 0.1;

function alerts(application: ApplicationMonitor, argocd: boolean): Alert[] {
    const { name, namespace, checks } = application;
    const labels = { application: name, namespace };
    const ticket = { labels, severity: "ticket" as const };
    const of = `application="${name}"`;
    const atLeast = (series: string, percent: number) => `100 * ${series}{${of}} >= ${percent}`;
    const where = `${name} on {{ $labels.cluster }}`;
    const container = "Container {{ $labels.container }} of pod {{ $labels.pod }}";
    const whole = '{{ $value | printf "%.0f" }}';

    const all: Record<ApplicationCheck, Alert[]> = {
        restarts: [
            {
                ...ticket,
                alert: "ApplicationRestarting",
                expr: `application:container_restarts:increase1h{${of}} >= ${checks.restarts.threshold}`,
                for: "5m",
                summary: `Containers of ${where} restart again and again`,
                description: `${container} has restarted ${whole} times in an hour.`,
            },
        ],
        state: [
            {
                ...ticket,
                alert: "ApplicationPodNotRunning",
                expr: `application:pod_not_running:max{${of}} == 1`,
                for: minutes(checks.state.threshold),
                summary: `Pods of ${where} do not run`,
                description:
                    "Pod {{ $labels.pod }} has been neither running nor completed for " +
                    `${checks.state.threshold} minutes: it waits, has failed, or has a container that does not start.`,
            },
        ],
        oomKills: [
            {
                ...ticket,
                alert: "ApplicationOutOfMemory",
                expr: [
                    `sum by (cluster, tenant) (application:container_oom_kills:increase1h{${of}})`,
                    `>= ${checks.oomKills.threshold}`,
                ].join("\n"),
                for: "1m",
                summary: `Containers of ${where} run out of memory`,
                description: `Containers were killed ${whole} times in an hour for reaching their memory limit.`,
            },
        ],
        cpu: [
            {
                ...ticket,
                alert: "ApplicationCpuNearLimit",
                expr: atLeast("application:container_cpu_of_limit:ratio", checks.cpu.threshold),
                for: "15m",
                summary: `Containers of ${where} are near their CPU limit`,
                description: `${container} uses ${whole}% of its CPU limit, and is slowed down at 100%.`,
            },
        ],
        memory: [
            {
                ...ticket,
                alert: "ApplicationMemoryNearLimit",
                expr: atLeast("application:container_memory_of_limit:ratio", checks.memory.threshold),
                for: "15m",
                summary: `Containers of ${where} are near their memory limit`,
                description: `${container} uses ${whole}% of its memory limit, and is killed at 100%.`,
            },
        ],
        volume: [
            {
                ...ticket,
                alert: "ApplicationVolumeFull",
                expr: atLeast("application:volume_used:ratio", checks.volume.threshold),
                for: "15m",
                summary: `Volumes of ${where} fill up`,
                description: `Volume {{ $labels.persistentvolumeclaim }} is ${whole}% full.`,
            },
        ],
        errors: [
            {
                ...ticket,
                alert: "ApplicationErrors",
                expr: atLeast("application:request_errors:ratio_rate5m", checks.errors.threshold),
                for: "10m",
                summary: `Requests to ${where} fail`,
                description: `${whole}% of its requests are answered with a 5xx.`,
            },
            {
                labels,
                severity: "page",
                alert: "ApplicationErrors",
                expr: [
                    atLeast("application:request_errors:ratio_rate5m", Math.max(downForUsers, checks.errors.threshold)),
                    "and on (cluster, tenant)",
                    `sum by (cluster, tenant) (application:requests:rate5m{${of}}) >= ${someTraffic}`,
                ].join("\n"),
                for: "10m",
                summary: `Requests to ${where} fail`,
                description: `${whole}% of its requests are answered with a 5xx: it is down for its users.`,
                action:
                    "See whether its pods run and what they log; if it was just deployed, roll back. If they are " +
                    "well, look at what they depend on, then at the ingress.",
            },
        ],
        latency: [
            {
                ...ticket,
                alert: "ApplicationSlow",
                expr: `application:request_duration_seconds:p95{${of}} >= ${checks.latency.threshold}`,
                for: "15m",
                summary: `Requests to ${where} are slow`,
                description: "One request in twenty takes longer than {{ $value | humanizeDuration }}.",
            },
        ],
        argocd: argocd
            ? argocdAlerts({
                  outOfSync: "ApplicationOutOfSync",
                  unhealthy: "ApplicationUnhealthy",
                  labels,
                  minutes: checks.argocd.threshold,
                  select: (matcher) => `argocd_app_info{${argocdApplication(application)},${matcher}}`,
                  where,
              })
            : [],
    };
    return Object.entries(all).flatMap(([check, rules]) => (checks[check as ApplicationCheck].enabled ? rules : []));
}
