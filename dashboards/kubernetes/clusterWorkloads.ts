import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { Percent, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import type { DashboardContext } from "../audience";
import { badAbove, stat, table, timeseries, type Column } from "../panels";
import { chosen } from "../variables";
import { colorsBelow } from "./health";
import { inNamespace, levelDashboard, namespaceVariable, to } from "./levels";

/** L2: the workloads of a cluster, and whether each is what it should be. */
export function clusterWorkloads({ monitors }: DashboardContext): DashboardBuilder {
    const { thresholds } = monitors.kaas;
    const share = (title: string, series: string, threshold: keyof typeof thresholds, none: string) =>
        stat({
            title,
            description: `Percent of ${title} that are well, in all namespaces.`,
            unit: Percent,
            span: 6,
            height: 4,
            decimals: 0,
            expr: `max by (cluster, tenant) (${series}{${chosen}})`,
            legend: "{{cluster}}",
            thresholds: colorsBelow(thresholds[threshold]),
            noValue: none,
            link: to("cluster"),
        });

    return levelDashboard({
        level: "cluster-workloads",
        title: "Cluster workloads",
        description: "Deployments, StatefulSets, DaemonSets and Jobs of a cluster: how many pods they want and have.",
        tags: ["kaas"],
    })
        .withVariable(namespaceVariable())
        .withPanel(share("Deployments", "cluster:deployments_healthy:percent", "deploymentsHealthy", "No Deployment"))
        .withPanel(
            share("StatefulSets", "cluster:statefulsets_healthy:percent", "statefulSetsHealthy", "No StatefulSet"),
        )
        .withPanel(share("DaemonSets", "cluster:daemonsets_healthy:percent", "daemonSetsHealthy", "No DaemonSet"))
        .withPanel(share("Jobs", "cluster:jobs_succeeded:percent", "jobsSucceeded", "No Job"))
        .withRow(new RowBuilder("Workloads"))
        .withPanel(
            replicas("Deployment", {
                label: "deployment",
                wanted: "kube_deployment_spec_replicas",
                has: {
                    Ready: "kube_deployment_status_replicas_ready",
                    Available: "kube_deployment_status_replicas_available",
                    Updated: "kube_deployment_status_replicas_updated",
                },
            }),
        )
        .withPanel(
            replicas("StatefulSet", {
                label: "statefulset",
                wanted: "kube_statefulset_replicas",
                has: {
                    Ready: "kube_statefulset_status_replicas_ready",
                    Running: "kube_statefulset_status_replicas",
                    Updated: "kube_statefulset_status_replicas_updated",
                },
            }),
        )
        .withPanel(
            replicas("DaemonSet", {
                label: "daemonset",
                wanted: "kube_daemonset_status_desired_number_scheduled",
                has: {
                    Ready: "kube_daemonset_status_number_ready",
                    Available: "kube_daemonset_status_number_available",
                    Updated: "kube_daemonset_status_updated_number_scheduled",
                },
            }),
        )
        .withPanel(
            table({
                title: "Jobs of the namespaces",
                description: "Jobs, those that failed first, with the pods of each.",
                unit: Short,
                span: 12,
                height: 10,
                noValue: "No Job",
                columns: [
                    { title: "Namespace", from: { label: "namespace" } },
                    {
                        title: "Job",
                        from: { label: "job_name" },
                        link: to("workload", { namespace: "namespace", workload: "job_name" }),
                    },
                    { title: "Active", from: { expr: of("kube_job_status_active", "job_name") } },
                    { title: "Succeeded", from: { expr: of("kube_job_status_succeeded", "job_name") } },
                    {
                        title: "Failed",
                        from: { expr: of("kube_job_status_failed", "job_name") },
                        thresholds: badAbove([1, "red"]),
                    },
                    {
                        title: "Age",
                        from: { expr: `time() - ${of("kube_job_status_start_time", "job_name")}` },
                        unit: Seconds,
                    },
                    { title: "Cluster", from: { label: "cluster" }, link: to("cluster") },
                    { title: "Customer", from: { label: "tenant" } },
                ],
            }).sortBy([new TableSortByFieldStateBuilder().displayName("Failed").desc(true)]),
        )
        .withRow(new RowBuilder("Over time"))
        .withPanel(
            missing("Deployments", [
                `${of("kube_deployment_status_replicas_unavailable", "deployment")} > 0`,
                "{{namespace}}/{{deployment}} on {{cluster}}",
            ]),
        )
        .withPanel(
            missing("StatefulSets", [
                [
                    of("kube_statefulset_replicas", "statefulset"),
                    `- ${of("kube_statefulset_status_replicas_ready", "statefulset")}`,
                    "> 0",
                ].join("\n"),
                "{{namespace}}/{{statefulset}} on {{cluster}}",
            ]),
        )
        .withPanel(
            missing("DaemonSets", [
                `${of("kube_daemonset_status_number_unavailable", "daemonset")} > 0`,
                "{{namespace}}/{{daemonset}} on {{cluster}}",
            ]),
        );
}

/** A value of each workload of a kind, once. */
function of(series: string, label: string): string {
    return `max by (cluster, tenant, namespace, ${label}) (${series}{${inNamespace}})`;
}

/** The workloads of a kind, those that miss pods first. */
function replicas(kind: string, args: { label: string; wanted: string; has: Record<string, string> }) {
    const ready = args.has["Ready"] ?? "";
    const columns: Column[] = [
        { title: "Namespace", from: { label: "namespace" } },
        {
            title: kind,
            from: { label: args.label },
            link: to("workload", { namespace: "namespace", workload: args.label }),
        },
        { title: "Wanted", from: { expr: of(args.wanted, args.label) } },
        ...Object.entries(args.has).map(([title, series]) => ({ title, from: { expr: of(series, args.label) } })),
        {
            title: "Missing",
            from: { expr: `clamp_min(${of(args.wanted, args.label)} - ${of(ready, args.label)}, 0)` },
            thresholds: badAbove([1, "red"]),
        },
        { title: "Cluster", from: { label: "cluster" }, link: to("cluster") },
        { title: "Customer", from: { label: "tenant" } },
    ];
    return table({
        title: `${kind}s of the namespaces`,
        description: `${kind}s with the pods that each wants and has, those that miss some first.`,
        unit: Short,
        span: 12,
        height: 10,
        noValue: `No ${kind}`,
        columns,
    }).sortBy([new TableSortByFieldStateBuilder().displayName("Missing").desc(true)]);
}

function missing(kinds: string, [expr, legend]: [string, string]) {
    return timeseries({
        title: `Missing pods of ${kinds}`,
        description: `Pods that ${kinds} want and that are not available.`,
        unit: Short,
        span: 8,
        height: 8,
        min: 0,
        noValue: "No pod is missing",
        lines: [{ expr, legend }],
    });
}
