import { counter, histogram, series, wave, type SimulatedTarget, type Simulation } from "./series";

/** The customer that is well has a Harbor; one of its projects is nearly full. */
export const harbor: Simulation = ({ tenant, sick }) =>
    tenant === undefined || sick ? [] : [exporter, core, jobservice, registry];

/** As Harbor's chart and its ServiceMonitor name them. */
function target(component: string, number: number, pages: SimulatedTarget["series"]): SimulatedTarget {
    return {
        job: `harbor-${component}`,
        instance: `10.244.2.${number}:8001`,
        labels: { namespace: "harbor", pod: `harbor-${component}-6b7c-a`, container: component },
        series: pages,
    };
}

const gibibyte = 2 ** 30;

const projects = [
    { name: "library", public: "true", used: 12, quota: -1, pulls: 0.4 },
    { name: "portal", public: "false", used: 46, quota: 50, pulls: 0.1 },
];

const components = ["core", "database", "jobservice", "portal", "redis", "registry", "registryctl", "trivy"];

const jobs = ["REPLICATION", "GARBAGE_COLLECTION", "IMAGE_SCAN"];

const exporter = target("exporter", 10, [
    series("harbor_health", {}, 1),
    ...components.map((component) => series("harbor_up", { component }, 1)),
    series("harbor_system_info", { auth_mode: "oidc_auth", harbor_version: "v2.14.0", self_registration: "false" }, 1),
    series("harbor_project_total", { public: "true" }, 1),
    series("harbor_project_total", { public: "false" }, 1),
    ...projects.flatMap(({ name: project_name, public: isPublic, used, quota, pulls }) => [
        series("harbor_project_quota_usage_byte", { project_name }, used * gibibyte),
        series("harbor_project_quota_byte", { project_name }, quota < 0 ? quota : quota * gibibyte),
        series("harbor_project_repo_total", { project_name, public: isPublic }, 7),
        series("harbor_project_member_total", { project_name }, 4),
        counter("harbor_artifact_pulled", { project_name }, pulls),
    ]),
    ...jobs.flatMap((type) => [
        wave("harbor_task_queue_size", { type }, 4),
        wave("harbor_task_queue_latency", { type }, 20),
        series("harbor_task_concurrency", { type, pool: "a1" }, 1),
    ]),
    series("harbor_task_scheduled_total", {}, 5),
]);

const core = target("core", 11, [
    wave("harbor_core_http_inflight_requests", {}, 3),
    counter("harbor_core_http_request_total", { method: "GET", code: "200", operation: "ListProjects" }, 4),
    counter("harbor_core_http_request_total", { method: "POST", code: "201", operation: "CreateProject" }, 0.1),
    counter("harbor_core_http_request_total", { method: "GET", code: "500", operation: "ListProjects" }, 0.01),
    ...["0.5", "0.9", "0.99"].map((quantile, index) =>
        series(
            "harbor_core_http_request_duration_seconds",
            { method: "GET", operation: "ListProjects", quantile },
            0.02 * 4 ** index,
        ),
    ),
]);

const jobservice = target("jobservice", 12, [
    series("harbor_jobservice_info", { node: "harbor-jobservice-6b7c-a", pool: "a1", workers: "10" }, 1),
    ...jobs.flatMap((type) => [
        counter("harbor_jobservice_task_total", { type, status: "success" }, 0.05),
        counter("harbor_jobservice_task_total", { type, status: "fail" }, 0.001),
        series(
            "harbor_jobservice_task_process_time_seconds",
            { type, status: "success", quantile: "0.99" },
            type === "IMAGE_SCAN" ? 40 : 8,
        ),
    ]),
]);

const spread = { perSecond: 3, shares: [0.4, 0.8, 0.95, 1], mean: 0.2 };

const registry = target("registry", 13, [
    wave("registry_http_in_flight_requests", { handler: "blob" }, 2),
    ...["blob", "manifest"].flatMap((handler) => [
        counter("registry_http_requests_total", { handler, method: "get", code: "200" }, 3),
        counter("registry_http_requests_total", { handler, method: "get", code: "404" }, 0.05),
        ...histogram(
            "registry_http_request_duration_seconds",
            { handler, method: "get" },
            { ...spread, bounds: [0.05, 0.25, 1, 10] },
        ),
        ...histogram(
            "registry_http_response_size_bytes",
            { handler },
            { ...spread, bounds: [1024, 65_536, 1_048_576, 104_857_600], mean: 400_000 },
        ),
    ]),
    ...["GetContent", "Reader", "Writer"].flatMap((action) =>
        histogram(
            "registry_storage_action_seconds",
            { action, driver: "s3aws" },
            { ...spread, bounds: [0.01, 0.05, 0.25, 1] },
        ),
    ),
    ...["Request", "Hit", "Miss"].map((type, index) =>
        counter("registry_storage_cache_total", { type }, 4 / (index + 1)),
    ),
]);
