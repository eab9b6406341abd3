import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import {
    BytesIEC,
    BytesPerSecondIEC,
    CountsPerSecond,
    PercentUnit,
    Seconds,
    Short,
} from "@grafana/grafana-foundation-sdk/units";
import { badAbove, stat, table, timeseries } from "../panels";
import { chosen, clusterVariable, tenantVariable } from "../variables";
import { board, rates } from "./board";

const agent = ["cluster", "tenant", "instance"];
const queue = [...agent, "remote_name"];
const toObserver = "{{cluster}} {{instance}} to {{remote_name}}";

/** Which of a program's series are an agent's: a customer's own Prometheus has the same. */
const onAgent = `and on (cluster, tenant, instance) prometheus_agent_active_series{${chosen}}`;

const lag = [
    `max by (cluster, tenant, instance) (prometheus_remote_storage_highest_timestamp_in_seconds{${chosen}})`,
    "- on (cluster, tenant, instance)",
    "min by (cluster, tenant, instance) (",
    `  prometheus_remote_storage_queue_highest_sent_timestamp_seconds{${chosen}} > 0`,
    ")",
].join("\n");

/** The agents of the fleet: what they scrape, and whether it gets to the observer. */
export function agents(): DashboardBuilder {
    const perAgent = (series: string) => `max by (${agent.join(", ")}) (${series}\n${onAgent})`;

    return board({
        title: "Agents",
        uid: "agents",
        description: "The agents of customers' clusters: what they scrape, and whether it gets to the observer.",
    })
        .withVariable(tenantVariable())
        .withVariable(clusterVariable())
        .withRow(new RowBuilder("Agents"))
        .withPanel(
            stat({
                title: "Agents that are seen",
                description: "Agents whose own metrics arrive.",
                unit: Short,
                span: 6,
                height: 4,
                expr: `count(group by (cluster, tenant, instance) (prometheus_agent_active_series{${chosen}}))`,
            }),
        )
        .withPanel(
            stat({
                title: "Most behind",
                description: "How much older what an agent has sent is than what it has scraped, at worst.",
                unit: Seconds,
                span: 6,
                height: 4,
                decimals: 0,
                expr: `max(${lag})`,
                thresholds: badAbove([60, "orange"], [120, "red"]),
            }),
        )
        .withPanel(
            stat({
                title: "Scraped series",
                description: "Series that agents keep in memory, those of both agents of a pair counted.",
                unit: Short,
                span: 6,
                height: 4,
                expr: `sum(prometheus_agent_active_series{${chosen}})`,
            }),
        )
        .withPanel(
            stat({
                title: "Sent",
                description: "Bytes a second that agents send, compressed.",
                unit: BytesPerSecondIEC,
                span: 6,
                height: 4,
                expr: rates(`prometheus_remote_storage_bytes_total{${chosen}}`),
            }),
        )
        .withPanel(
            table({
                title: "Every agent",
                description: "What each agent scrapes and keeps, and how far behind it is.",
                unit: Short,
                span: 24,
                height: 9,
                columns: [
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Agent", from: { label: "instance" } },
                    {
                        title: "Behind",
                        from: { expr: lag },
                        unit: Seconds,
                        decimals: 0,
                        thresholds: badAbove([60, "orange"], [120, "red"]),
                    },
                    {
                        title: "Series",
                        from: { expr: `max by (${agent.join(", ")}) (prometheus_agent_active_series{${chosen}})` },
                    },
                    {
                        title: "Targets",
                        from: {
                            expr: `sum by (${agent.join(", ")}) (prometheus_target_scrape_pool_targets{${chosen}}\n${onAgent})`,
                        },
                    },
                    {
                        title: "Memory",
                        from: { expr: perAgent(`process_resident_memory_bytes{${chosen}}`) },
                        unit: BytesIEC,
                    },
                    {
                        title: "Write-ahead log",
                        from: { expr: perAgent(`prometheus_tsdb_wal_storage_size_bytes{${chosen}}`) },
                        unit: BytesIEC,
                    },
                ],
            }).sortBy([new TableSortByFieldStateBuilder().displayName("Behind").desc(true)]),
        )
        .withRow(new RowBuilder("Remote write"))
        .withPanel(
            timeseries({
                title: "Behind",
                description: "How much older what was sent is than what was scraped. What is four hours late is lost.",
                unit: Seconds,
                span: 8,
                height: 8,
                min: 0,
                lines: [{ expr: lag, legend: "{{cluster}} {{instance}}" }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Pending samples",
                description: "Samples that wait in an agent's queue.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `max by (${queue.join(", ")}) (prometheus_remote_storage_samples_pending{${chosen}})`,
                        legend: toObserver,
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Lost samples",
                description: "Samples that were refused for good, or dropped because they were too old.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                noValue: "No sample is lost",
                lines: [
                    {
                        expr: rates(`prometheus_remote_storage_samples_failed_total{${chosen}}`, queue),
                        legend: `${toObserver}: refused`,
                    },
                    {
                        expr: rates(
                            `prometheus_remote_storage_samples_dropped_total{${chosen},reason!="dropped_series"}`,
                            [...queue, "reason"],
                        ),
                        legend: `${toObserver}: {{reason}}`,
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Sent samples",
                description: "Samples that agents send, what they send again included.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: rates(`prometheus_remote_storage_samples_total{${chosen}}`, ["cluster", "tenant"]),
                        legend: "{{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Samples sent again",
                description: "The observer did not answer, failed, or was over a limit.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: rates(`prometheus_remote_storage_samples_retried_total{${chosen}}`, [
                            "cluster",
                            "tenant",
                        ]),
                        legend: "{{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Shards in use",
                description: "Share of the connections that an agent may open. At 100% it cannot send any faster.",
                unit: PercentUnit,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: [
                            `max by (${queue.join(", ")}) (`,
                            `  prometheus_remote_storage_shards{${chosen}} / prometheus_remote_storage_shards_max{${chosen}}`,
                            ")",
                        ].join("\n"),
                        legend: `${toObserver}: open`,
                    },
                    {
                        expr: [
                            `max by (${queue.join(", ")}) (`,
                            `  prometheus_remote_storage_shards_desired{${chosen}} / prometheus_remote_storage_shards_max{${chosen}}`,
                            ")",
                        ].join("\n"),
                        legend: `${toObserver}: wanted`,
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Scraping"))
        .withPanel(
            timeseries({
                title: "Series by cluster",
                description: "Series in the memory of a cluster's largest agent.",
                unit: Short,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `max by (cluster, tenant) (prometheus_agent_active_series{${chosen}})`,
                        legend: "{{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Samples by cluster",
                description: "Samples that a cluster's agents scrape, both of a pair counted.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: rates(`prometheus_agent_samples_appended_total{${chosen}}`, ["cluster", "tenant"]),
                        legend: "{{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Left out",
                description: "Targets and scrapes that an agent left out: a limit was hit, or a target has no address.",
                unit: CountsPerSecond,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: `${rates(`prometheus_target_sync_failed_total{${chosen}}`, agent)}\n${onAgent}`,
                        legend: "{{cluster}} {{instance}}: targets",
                    },
                    {
                        expr: `${rates(`prometheus_target_scrapes_exceeded_sample_limit_total{${chosen}}`, agent)}\n${onAgent}`,
                        legend: "{{cluster}} {{instance}}: sample limit",
                    },
                    {
                        expr: `${rates(`prometheus_target_scrape_pool_exceeded_target_limit_total{${chosen}}`, agent)}\n${onAgent}`,
                        legend: "{{cluster}} {{instance}}: target limit",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Resources"))
        .withPanel(
            timeseries({
                title: "Memory",
                description: "Memory of each agent.",
                unit: BytesIEC,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: perAgent(`process_resident_memory_bytes{${chosen}}`),
                        legend: "{{cluster}} {{instance}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Memory of the limit",
                description: "Share of its limit that each agent uses. One that is killed loses what it has not sent.",
                unit: PercentUnit,
                span: 8,
                height: 8,
                min: 0,
                noValue: "No agent has a limit",
                lines: [
                    {
                        expr: [
                            "max by (cluster, tenant, pod) (",
                            `  container_memory_working_set_bytes{${chosen},${inAgent}}`,
                            ")",
                            "/ on (cluster, tenant, pod)",
                            "max by (cluster, tenant, pod) (",
                            `  kube_pod_container_resource_limits{${chosen},${inAgent},resource="memory"}`,
                            ")",
                        ].join("\n"),
                        legend: "{{cluster}} {{pod}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Write-ahead log",
                description: "What an agent can still send after the observer was away.",
                unit: BytesIEC,
                span: 8,
                height: 8,
                min: 0,
                lines: [
                    {
                        expr: perAgent(`prometheus_tsdb_wal_storage_size_bytes{${chosen}}`),
                        legend: "{{cluster}} {{instance}}",
                    },
                ],
            }),
        )
        .withRow(new RowBuilder("Beside the agents"))
        .withPanel(
            table({
                title: "Objects that the operator leaves out",
                description: "ServiceMonitors and the like that are not valid: what they ask for is not scraped.",
                unit: Short,
                span: 12,
                height: 7,
                noValue: "The operator takes everything",
                columns: [
                    { title: "Cluster", from: { label: "cluster" } },
                    { title: "Customer", from: { label: "tenant" } },
                    { title: "Kind", from: { label: "resource" } },
                    {
                        title: "Objects",
                        from: {
                            expr: [
                                "max by (cluster, tenant, resource) (",
                                `  prometheus_operator_managed_resources{${chosen},state="rejected"}`,
                                ")",
                                "> 0",
                            ].join("\n"),
                        },
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Failed requests of kube-state-metrics",
                description: "Share of its requests to the API server that fail. What it says may be old then.",
                unit: PercentUnit,
                span: 12,
                height: 7,
                min: 0,
                noValue: "No kube-state-metrics says how it is",
                lines: ["list", "watch"].map((verb) => ({
                    expr: [
                        rates(`kube_state_metrics_${verb}_total{${chosen},result="error"}`, ["cluster", "tenant"]),
                        "/",
                        rates(`kube_state_metrics_${verb}_total{${chosen}}`, ["cluster", "tenant"]),
                    ].join("\n"),
                    legend: `{{cluster}} ${verb}`,
                })),
            }),
        );
}

const inAgent = 'namespace="observability",pod=~"prom-agent-.+",container="prometheus"';
