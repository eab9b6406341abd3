import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import { RowBuilder, type DashboardBuilder, type Threshold } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, BytesPerSecondIEC, Percent, Short } from "@grafana/grafana-foundation-sdk/units";
import { badAbove, gauge, stat, table, timeseries, type Column } from "../panels";
import { labelVariable } from "../variables";
import { inNamespace, levelDashboard, namespaceVariable, to } from "./levels";

const perPod = "cluster, tenant, namespace, pod";
const perWorkload = "cluster, tenant, namespace, workload";
const legend = "{{namespace}}/{{workload}} on {{cluster}}";

/** Pods that nobody owns, as each version of kube-state-metrics says it, and static ones: each is its own workload. */
const alone = "Node|<none>|";

/** Each pod that runs, with its workload: the Deployment behind its ReplicaSet, else whoever owns it. */
const podsOfWorkloads = [
    `group by (${perPod}, workload) (`,
    "  (",
    `    label_join(kube_pod_owner{${inNamespace},owner_kind=~"${alone}",pod=~"$workload"}, "workload", "", "pod")`,
    "    or",
    `    label_join(kube_pod_owner{${inNamespace},owner_kind!~"ReplicaSet|${alone}",owner_name=~"$workload"},`,
    '      "workload", "", "owner_name")',
    "    or",
    `    label_join(kube_pod_owner{${inNamespace},owner_kind="ReplicaSet"}, "replicaset", "", "owner_name")`,
    "    * on (cluster, tenant, namespace, replicaset) group_left (workload)",
    "    group by (cluster, tenant, namespace, replicaset, workload) (",
    `      label_join(kube_replicaset_owner{${inNamespace},owner_name=~"$workload"}, "workload", "", "owner_name")`,
    "    )",
    "  )",
    // A pod that has ended still has its requests, and holds nothing.
    `  and on (${perPod}) kube_pod_status_phase{${inNamespace},phase="Running"} == 1`,
    ")",
].join("\n");

/** What the letters of a ReplicaSet's hash can be; a Deployment's name without it. */
const withoutHash = "/^(.+?)(?:-[4-9bcdf]{3,10})?$/";

const cpu = {
    used: byWorkload(rate("container_cpu_usage_seconds_total", 'container!=""')),
    requests: promised("requests", "cpu"),
    limits: promised("limits", "cpu"),
};
const memory = {
    used: byWorkload(`container_memory_working_set_bytes{${inNamespace},container!=""}`),
    requests: promised("requests", "memory"),
    limits: promised("limits", "memory"),
};
const throttled = [
    "100 *",
    byWorkload(rate("container_cpu_cfs_throttled_periods_total", 'container!=""')),
    "/",
    `(${byWorkload(rate("container_cpu_cfs_periods_total", 'container!=""'))} > 0)`,
].join("\n");

const unavailable = [
    `max by (${perWorkload}) (`,
    `  label_join(kube_deployment_status_replicas_unavailable{${inNamespace},deployment=~"$workload"},`,
    '    "workload", "", "deployment")',
    ")",
    "or",
    `max by (${perWorkload}) (`,
    `  label_join(kube_daemonset_status_number_unavailable{${inNamespace},daemonset=~"$workload"},`,
    '    "workload", "", "daemonset")',
    ")",
    "or",
    `max by (${perWorkload}) (`,
    `  label_join(kube_statefulset_replicas{${inNamespace},statefulset=~"$workload"},`,
    '    "workload", "", "statefulset")',
    ")",
    `- max by (${perWorkload}) (`,
    `  label_join(kube_statefulset_status_replicas_ready{${inNamespace},statefulset=~"$workload"},`,
    '    "workload", "", "statefulset")',
    ")",
].join("\n");

const noLimit = "No workload has a limit";
const noRequest = "No workload requests any";

/** What applications use of what they asked for, by namespace and workload. */
export function workload(): DashboardBuilder {
    return levelDashboard({
        level: "workload",
        title: "Workload resources",
        description: "CPU, memory, network and disk of workloads, against what they request and are limited to.",
        tags: ["kaas", "applications"],
    })
        .withVariable(namespaceVariable())
        .withVariable(
            labelVariable("workload", {
                label: "Workload",
                from: `kube_pod_owner{${inNamespace},owner_kind!~"${alone}"}`,
                of: "owner_name",
            }).regex(withoutHash),
        )
        .withPanel(share("CPU of request", cpu.used, cpu.requests, ofRequest("CPU")))
        .withPanel(share("CPU of limit", cpu.used, cpu.limits, ofLimit("CPU")))
        .withPanel(share("Memory of request", memory.used, memory.requests, ofRequest("memory")))
        .withPanel(share("Memory of limit", memory.used, memory.limits, ofLimit("memory")))
        .withPanel(total("CPU used", cpu.used, { unit: Short, what: "CPU cores that the workloads use" }))
        .withPanel(total("CPU requested", cpu.requests, { unit: Short, what: "CPU cores that they request" }))
        .withPanel(total("Memory used", memory.used, { unit: BytesIEC, what: "Memory that the workloads use" }))
        .withPanel(total("Memory requested", memory.requests, { unit: BytesIEC, what: "Memory that they request" }))
        .withPanel(
            stat({
                title: "Unavailable replicas",
                description: "Pods that the workloads want and that are not available.",
                unit: Short,
                span: 4,
                height: 4,
                expr: `sum by (cluster, tenant) (${unavailable})`,
                legend: "{{cluster}}",
                thresholds: badAbove([1, "red"]),
                noValue: "No workload with replicas",
                link: to("cluster-workloads"),
            }),
        )
        .withPanel(
            stat({
                title: "Most throttled",
                description: "Share of its CPU periods in which the workload that is throttled most had to wait.",
                unit: Percent,
                span: 4,
                height: 4,
                decimals: 0,
                expr: `max by (cluster, tenant) (${throttled})`,
                legend: "{{cluster}}",
                thresholds: badAbove([25, "orange"], [80, "red"]),
                noValue: noLimit,
                link: to("cluster-pods"),
            }),
        )
        .withRow(new RowBuilder("Workloads"))
        .withPanel(
            table({
                title: "Workloads",
                description: "What each workload uses, requests and is limited to, all its pods together.",
                unit: Short,
                span: 24,
                height: 11,
                columns: [
                    { title: "Namespace", from: { label: "namespace" } },
                    {
                        title: "Workload",
                        from: { label: "workload" },
                        link: to("workload", { namespace: "namespace", workload: "workload" }),
                    },
                    { title: "Pods", from: { expr: `count by (${perWorkload}) (${podsOfWorkloads})` } },
                    { title: "Unavailable", from: { expr: unavailable }, thresholds: badAbove([1, "red"]) },
                    { title: "CPU", from: { expr: cpu.used }, decimals: 2 },
                    { title: "CPU requested", from: { expr: cpu.requests }, decimals: 2 },
                    { title: "CPU limit", from: { expr: cpu.limits }, decimals: 2 },
                    {
                        title: "Throttled",
                        from: { expr: throttled },
                        unit: Percent,
                        decimals: 0,
                        thresholds: badAbove([25, "orange"], [80, "red"]),
                    },
                    ...bytes({
                        Memory: memory.used,
                        "Memory requested": memory.requests,
                        "Memory limit": memory.limits,
                    }),
                    {
                        title: "Of memory limit",
                        from: { expr: `100 * ${memory.used}\n/\n${memory.limits}` },
                        unit: Percent,
                        decimals: 0,
                        thresholds: badAbove([80, "orange"], [95, "red"]),
                    },
                    { title: "Cluster", from: { label: "cluster" }, link: to("cluster") },
                    { title: "Customer", from: { label: "tenant" } },
                ],
            }).sortBy([new TableSortByFieldStateBuilder().displayName("CPU").desc(true)]),
        )
        .withRow(new RowBuilder("CPU and memory"))
        .withPanel(lines("CPU", { description: "CPU cores that each workload uses.", unit: Short, expr: cpu.used }))
        .withPanel(
            lines("Memory", { description: "Memory that each workload uses.", unit: BytesIEC, expr: memory.used }),
        )
        .withPanel(
            lines("Throttling", {
                description: "Share of its CPU periods in which each workload had to wait, because of its limit.",
                unit: Percent,
                expr: throttled,
                noValue: noLimit,
            }),
        )
        .withPanel(
            lines("Unavailable", {
                description: "Pods that each workload wants and that are not available.",
                unit: Short,
                expr: unavailable,
                noValue: "No workload with replicas",
            }),
        )
        .withRow(new RowBuilder("Network and disk"))
        .withPanel(
            traffic("Network", {
                description: "Bytes a second that each workload's pods receive, and below that send.",
                in: ["container_network_receive_bytes_total", "received"],
                out: ["container_network_transmit_bytes_total", "sent"],
            }),
        )
        .withPanel(
            traffic("Disk", {
                description: "Bytes a second that each workload's containers read, and below that write.",
                in: ["container_fs_reads_bytes_total", "read"],
                out: ["container_fs_writes_bytes_total", "written"],
                of: 'container!=""',
            }),
        );
}

/** A value of pods or containers, by the workload that they belong to. */
function byWorkload(series: string): string {
    return [
        `sum by (${perWorkload}) (`,
        `  sum by (${perPod}) (${series})`,
        `  * on (${perPod}) group_left (workload)`,
        podsOfWorkloads,
        ")",
    ].join("\n");
}

function promised(what: "requests" | "limits", resource: string): string {
    return byWorkload(
        [
            "max by (cluster, tenant, namespace, pod, container) (",
            `  kube_pod_container_resource_${what}{${inNamespace},resource="${resource}"}`,
            ")",
        ].join("\n"),
    );
}

function rate(counter: string, matcher?: string): string {
    const matchers = [inNamespace, ...(matcher === undefined ? [] : [matcher])].join(",");
    return `rate(${counter}{${matchers}}[$__rate_interval])`;
}

/** More than what was requested is there only as long as nobody else wants it. */
function ofRequest(resource: string) {
    return {
        what: `the ${resource} that they request`,
        thresholds: badAbove([100, "orange"]),
        noValue: noRequest,
    };
}

function ofLimit(resource: string) {
    return {
        what: `the ${resource} that they are limited to`,
        thresholds: badAbove([80, "orange"], [95, "red"]),
        noValue: noLimit,
    };
}

function share(
    title: string,
    used: string,
    of: string,
    { what, thresholds, noValue }: { what: string; thresholds: Threshold[]; noValue: string },
) {
    return gauge({
        title,
        description: `How much the workloads use of ${what}. Only those that say so are counted.`,
        unit: Percent,
        span: 6,
        height: 6,
        min: 0,
        max: 100,
        decimals: 0,
        expr: [
            "100 *",
            `sum by (cluster, tenant) (${used}`,
            `and on (${perWorkload}) ${of})`,
            "/",
            `sum by (cluster, tenant) (${of})`,
        ].join("\n"),
        legend: "{{cluster}}",
        thresholds,
        noValue,
    });
}

function total(title: string, expr: string, { unit, what }: { unit: string; what: string }) {
    return stat({
        title,
        description: `${what}, all together.`,
        unit,
        span: 4,
        height: 4,
        decimals: 1,
        expr: `sum by (cluster, tenant) (${expr})`,
        legend: "{{cluster}}",
        link: to("cluster-pods"),
        ...(title.endsWith("requested") ? { noValue: noRequest } : {}),
    });
}

function bytes(columns: Record<string, string>): Column[] {
    return Object.entries(columns).map(([title, expr]) => ({ title, from: { expr }, unit: BytesIEC }));
}

function lines(title: string, args: { description: string; unit: string; expr: string; noValue?: string }) {
    const { expr, ...panel } = args;
    return timeseries({ title, span: 12, height: 9, min: 0, lines: [{ expr, legend }], ...panel });
}

function traffic(
    title: string,
    args: { description: string; in: [string, string]; out: [string, string]; of?: string },
) {
    const line = ([counter, word]: [string, string], sign: string) => ({
        expr: `${sign}${byWorkload(rate(counter, args.of))}`,
        legend: `${legend}, ${word}`,
    });
    return timeseries({
        title,
        description: args.description,
        unit: BytesPerSecondIEC,
        span: 12,
        height: 9,
        lines: [line(args.in, ""), line(args.out, "-1 * ")],
    });
}
