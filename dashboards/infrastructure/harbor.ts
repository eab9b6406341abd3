import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import {
    BytesIEC,
    CountsPerSecond,
    PercentUnit,
    RequestsPerSecond,
    Seconds,
    Short,
} from "@grafana/grafana-foundation-sdk/units";
import type { HarborMonitor } from "../../platform/monitors";
import { badAbove, badBelow, stat, table, timeseries, type Line } from "../panels";
import { chosen, clusterVariable, tenantVariable } from "../variables";
import { board } from "../board";
import { apiMappings } from "./openstack";

/** A Harbor registry, part by part. */
export function harbor({ namespace }: HarborMonitor): DashboardBuilder {
    // Other registries than Harbor's are built from the same program.
    const registry = `${chosen},namespace="${namespace}"`;

    return board({
        title: "Harbor",
        uid: "harbor",
        description: "Health, projects, requests and jobs of every Harbor registry.",
        tags: ["applications"],
    })
        .withVariable(tenantVariable())
        .withVariable(clusterVariable())
        .withRow(new RowBuilder("Info"))
        .withPanel(
            stat({
                title: "Components",
                description: "Whether Harbor calls each of its components healthy.",
                unit: Short,
                span: 14,
                height: 6,
                expr: `min by (cluster, tenant, component) (harbor_up{${chosen}})`,
                legend: "{{cluster}} {{component}}",
                tiles: true,
                ...apiMappings,
            }),
        )
        .withPanel(
            table({
                title: "Installations",
                description: "Every Harbor, its version and how people log in.",
                unit: Short,
                span: 10,
                height: 6,
                columns: [
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Version", from: { label: "harbor_version" } },
                    { title: "Login", from: { label: "auth_mode" } },
                    {
                        title: "Healthy",
                        from: {
                            expr: [
                                `max by (cluster, tenant) (harbor_health{${chosen}})`,
                                "* on (cluster, tenant) group_right",
                                "group by (cluster, tenant, harbor_version, auth_mode) " +
                                    `(harbor_system_info{${chosen}})`,
                            ].join("\n"),
                        },
                        ...apiMappings,
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("General"))
        .withPanel(
            stat({
                title: "Projects",
                description: "Projects, public ones and private ones.",
                unit: Short,
                span: 6,
                height: 8,
                expr: [
                    ["public", "true"],
                    ["private", "false"],
                ]
                    .map(
                        ([kind, is]) =>
                            `label_replace(sum(max by (cluster, tenant) (harbor_project_total{${chosen},public="${is}"})), ` +
                            `"kind", "${kind}", "", "")`,
                    )
                    .join("\nor\n"),
                legend: "{{kind}}",
                tiles: true,
            }),
        )
        .withPanel(
            table({
                title: "Quotas and contents",
                description: "What each project holds, and how much of its quota that is, where it has one.",
                unit: Short,
                span: 18,
                height: 8,
                columns: [
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Project", from: { label: "project_name" } },
                    { title: "Repositories", from: { expr: project("harbor_project_repo_total") } },
                    { title: "Members", from: { expr: project("harbor_project_member_total") } },
                    { title: "Stored", from: { expr: project("harbor_project_quota_usage_byte") }, unit: BytesIEC },
                    {
                        title: "Of its quota",
                        from: {
                            expr: [
                                project("harbor_project_quota_usage_byte"),
                                "/ on (cluster, tenant, project_name)",
                                `(${project("harbor_project_quota_byte")} > 0)`,
                            ].join("\n"),
                        },
                        unit: PercentUnit,
                        thresholds: badAbove([0.9, "orange"], [1, "red"]),
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Pulls by project",
                description: "Artifacts that are pulled.",
                unit: CountsPerSecond,
                span: 24,
                height: 8,
                min: 0,
                lines: [by("harbor_artifact_pulled", "project_name")],
            }),
        )
        .withRow(new RowBuilder("Core"))
        .withPanel(
            stat({
                title: "Requests answered well",
                description: "Share of the requests to core that were not answered 5xx.",
                unit: PercentUnit,
                span: 6,
                height: 8,
                decimals: 2,
                expr: [
                    `1 - sum(rate(harbor_core_http_request_total{${chosen},code=~"5.."}[$__rate_interval]))`,
                    `/ sum(rate(harbor_core_http_request_total{${chosen}}[$__rate_interval]))`,
                ].join("\n"),
                noValue: "No request was answered 5xx",
                thresholds: badBelow(0.95, 0.99),
            }),
        )
        .withPanel(
            timeseries({
                title: "Requests to core by code",
                description: "Requests to Harbor's API by the status they are answered with.",
                unit: RequestsPerSecond,
                span: 9,
                height: 8,
                min: 0,
                lines: [by("harbor_core_http_request_total", "code")],
            }),
        )
        .withPanel(
            timeseries({
                title: "Requests to core by operation",
                description: "Requests to Harbor's API by what they ask for.",
                unit: RequestsPerSecond,
                span: 9,
                height: 8,
                min: 0,
                lines: [by("harbor_core_http_request_total", "operation")],
            }),
        )
        .withPanel(
            timeseries({
                title: "Duration of requests to core",
                description:
                    "The slowest pod's 99th percentile of each operation. Percentiles of several pods cannot be added.",
                unit: Seconds,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: [
                            "max by (cluster, tenant, operation) (",
                            `  harbor_core_http_request_duration_seconds{${chosen},quantile="0.99"}`,
                            ")",
                        ].join("\n"),
                        legend: "{{operation}} on {{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Requests in core",
                description: "Requests that core is at work on.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `sum by (cluster, tenant) (harbor_core_http_inflight_requests{${chosen}})`,
                        legend: "{{cluster}}",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("JobService"))
        .withPanel(
            stat({
                title: "Jobservices",
                description: "Jobservices, each with the number of its workers.",
                unit: Short,
                span: 6,
                height: 8,
                expr: `count by (cluster, tenant, workers) (harbor_jobservice_info{${chosen}})`,
                legend: "{{cluster}}, {{workers}} workers each",
                tiles: true,
            }),
        )
        .withPanel(
            stat({
                title: "Scheduled jobs",
                description: "Jobs that wait for their time.",
                unit: Short,
                span: 6,
                height: 8,
                expr: `sum(max by (cluster, tenant) (harbor_task_scheduled_total{${chosen}}))`,
            }),
        )
        .withPanel(
            timeseries({
                title: "Jobs by status",
                description: "Jobs that end, by how they end.",
                unit: CountsPerSecond,
                span: 12,
                height: 8,
                min: 0,
                lines: [by("harbor_jobservice_task_total", "status")],
            }),
        )
        .withPanel(
            timeseries({
                title: "Waiting jobs",
                description: "Jobs of each type that wait for a worker.",
                unit: Short,
                span: 6,
                height: 8,
                min: 0,
                lines: [now("harbor_task_queue_size", "type")],
            }),
        )
        .withPanel(
            timeseries({
                title: "Time in the queue",
                description: "How long the next job of each type has waited.",
                unit: Seconds,
                span: 6,
                height: 8,
                min: 0,
                lines: [now("harbor_task_queue_latency", "type")],
            }),
        )
        .withPanel(
            timeseries({
                title: "Jobs at work",
                description: "Jobs of each type that workers are at.",
                unit: Short,
                span: 6,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `sum by (cluster, tenant, type) (harbor_task_concurrency{${chosen}})`,
                        legend: "{{type}} on {{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Duration of jobs",
                description: "The slowest pod's 99th percentile of each type.",
                unit: Seconds,
                span: 6,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: [
                            "max by (cluster, tenant, type) (",
                            `  harbor_jobservice_task_process_time_seconds{${chosen},quantile="0.99"}`,
                            ")",
                        ].join("\n"),
                        legend: "{{type}} on {{cluster}}",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Registry"))
        .withPanel(
            timeseries({
                title: "Requests to the registry",
                description: "Pulls and pushes by what they are for and how they are answered.",
                unit: RequestsPerSecond,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: [
                            "sum by (cluster, tenant, handler, code) (",
                            `  rate(registry_http_requests_total{${registry}}[$__rate_interval])`,
                            ")",
                        ].join("\n"),
                        legend: "{{handler}} {{code}} on {{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Duration of requests to the registry",
                description: "The 95th percentile by what the request is for.",
                unit: Seconds,
                span: 12,
                height: 8,
                min: 0,
                lines: [quantile("registry_http_request_duration_seconds_bucket", "handler", registry)],
            }),
        )
        .withPanel(
            timeseries({
                title: "Size of answers of the registry",
                description: "The 95th percentile by what the request is for.",
                unit: BytesIEC,
                span: 12,
                height: 8,
                min: 0,
                lines: [quantile("registry_http_response_size_bytes_bucket", "handler", registry)],
            }),
        )
        .withPanel(
            timeseries({
                title: "Duration of storage actions",
                description: "The 95th percentile of what the registry asks its storage for.",
                unit: Seconds,
                span: 12,
                height: 8,
                min: 0,
                lines: [quantile("registry_storage_action_seconds_bucket", "action", registry)],
            }),
        )
        .withPanel(
            timeseries({
                title: "Requests in the registry",
                description: "Requests that the registry is at work on.",
                unit: Short,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `sum by (cluster, tenant, handler) (registry_http_in_flight_requests{${registry}})`,
                        legend: "{{handler}} on {{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Storage cache",
                description: "Look-ups of the registry's cache of what its storage holds, and how they end.",
                unit: RequestsPerSecond,
                span: 12,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: [
                            "sum by (cluster, tenant, type) (",
                            `  rate(registry_storage_cache_total{${registry}}[$__rate_interval])`,
                            ")",
                        ].join("\n"),
                        legend: "{{type}} on {{cluster}}",
                    },
                ],
            }),
        );
}

function project(metric: string): string {
    return `max by (cluster, tenant, project_name) (${metric}{${chosen}})`;
}

/** A counter's rate by a label. */
function by(metric: string, label: string): Line {
    return {
        expr: `sum by (cluster, tenant, ${label}) (rate(${metric}{${chosen}}[$__rate_interval]))`,
        legend: `{{${label}}} on {{cluster}}`,
    };
}

/** What every replica of the exporter says the same of, by a label. */
function now(metric: string, label: string): Line {
    return { expr: `max by (cluster, tenant, ${label}) (${metric}{${chosen}})`, legend: `{{${label}}} on {{cluster}}` };
}

function quantile(metric: string, label: string, selector: string): Line {
    return {
        expr: [
            "histogram_quantile(",
            "  0.95,",
            `  sum by (cluster, tenant, ${label}, le) (rate(${metric}{${selector}}[$__rate_interval]))`,
            ")",
        ].join("\n"),
        legend: `{{${label}}} on {{cluster}}`,
    };
}
