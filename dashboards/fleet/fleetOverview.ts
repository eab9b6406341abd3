import {
    BigValueColorMode,
    BigValueGraphMode,
    ReduceDataOptionsBuilder,
    TableCellDisplayMode,
    TableSortByFieldStateBuilder,
} from "@grafana/grafana-foundation-sdk/common";
import {
    DashboardBuilder,
    DashboardCursorSync,
    DashboardLinkBuilder,
    DashboardLinkType,
    ThresholdsConfigBuilder,
    ThresholdsMode,
    type Threshold,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TableBuilder } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeseriesBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { CountsPerSecond, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { chosen, clusterVariable, datasource, datasourceVariable, tenantVariable } from "../variables";

const expected = `fleet_cluster_info{${chosen}}`;
const targets = `cluster:up:count{${chosen}}`;
const targetsUp = `cluster:up:sum{${chosen}}`;
const lastSample = `max_over_time(cluster:up_timestamp_seconds:max{${chosen}}[1d])`;

/** The whole fleet at a glance: who should be there, who is, and what they send. */
export function fleetOverview(): DashboardBuilder {
    return new DashboardBuilder("Fleet overview")
        .uid("fleet-overview")
        .description("Which clusters are expected, which of them are heard of, and what they send.")
        .tags(["platform", "kaas"])
        .time({ from: "now-6h", to: "now" })
        .refresh("1m")
        .tooltip(DashboardCursorSync.Crosshair)
        .readonly()
        .withVariable(datasourceVariable())
        .withVariable(tenantVariable())
        .withVariable(clusterVariable())
        .link(
            new DashboardLinkBuilder("Clusters")
                .type(DashboardLinkType.Link)
                .url("/d/clusters")
                .includeVars(true)
                .keepTime(true),
        )
        .withPanel(
            clusterCount("Expected clusters", expected).description("Clusters of the inventory, which is the config."),
        )
        .withPanel(
            clusterCount("Reporting clusters", `${expected} and on (cluster, tenant) ${targets}`).description(
                "Expected clusters with a sample in the last five minutes.",
            ),
        )
        .withPanel(
            clusterCount("Silent clusters", `${expected} unless on (cluster, tenant) ${targets}`)
                .description("Expected clusters without one. After another five minutes, ClusterSilent fires.")
                .colorMode(BigValueColorMode.Background)
                .thresholds(above({ value: null, color: "green" }, { value: 1, color: "red" })),
        )
        .withPanel(clusterTable())
        .withPanel(
            lines("Targets up", `max by (cluster, tenant) (${targetsUp})`, "{{cluster}}")
                .description("Targets that the agents of each cluster scrape with success.")
                .unit(Short),
        )
        .withPanel(
            lines(
                "Samples received",
                [
                    "sum by (cluster, tenant) (",
                    '  rate(thanos_receive_write_samples_sum{code="200",tenant=~"$tenant"}[$__rate_interval])',
                    ")",
                ].join("\n"),
                "{{tenant}}",
            )
                .description(
                    "Samples that the receive routers took, each counted once. All clusters of a customer together.",
                )
                .unit(CountsPerSecond),
        )
        .withPanel(
            lines(
                "Active series",
                // Only who replicates is asked: a customer's own Prometheus has such series as well. A receiver always
                // has a default tenant, and nobody writes to it.
                [
                    'sum by (cluster, tenant) (prometheus_tsdb_head_series{tenant=~"$tenant"})',
                    "/ on (cluster) group_left",
                    "max by (cluster) (thanos_receive_replication_factor)",
                    "> 0",
                ].join("\n"),
                "{{tenant}}",
            )
                .description("Series in the ingestors' memory, each counted once. All clusters of a customer together.")
                .unit(Short),
        );
}

/** Counts clusters once, whoever has recorded them. */
function clusterCount(title: string, clusters: string) {
    return new StatBuilder()
        .title(title)
        .datasource(datasource)
        .span(8)
        .height(4)
        .unit(Short)
        .graphMode(BigValueGraphMode.None)
        .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
        .withTarget(
            new DataqueryBuilder()
                .refId("A")
                .expr(`count(group by (cluster, tenant) (${clusters})) or vector(0)`)
                .instant(),
        );
}

/** A row for each expected cluster. A silent one has no target that is up, and so is on top. */
function clusterTable() {
    const ofExpected = `and on (cluster, tenant) ${expected}`;
    const column = (refId: string, expr: string) =>
        new DataqueryBuilder().refId(refId).expr(expr).instant().format(PromQueryFormat.Table);
    return new TableBuilder()
        .title("Clusters")
        .description(
            "Expected clusters, and how old the newest sample of each is. A sample older than a day is forgotten.",
        )
        .datasource(datasource)
        .span(24)
        .height(10)
        .unit(Short)
        .withTarget(column("A", `group by (cluster, tenant, profile, platform) (${expected})`))
        .withTarget(column("B", `time() - max by (cluster, tenant) (${lastSample}) ${ofExpected}`))
        .withTarget(
            column(
                "C",
                `max by (cluster, tenant) (${targetsUp}) ${ofExpected} or 0 * group by (cluster, tenant) (${expected})`,
            ),
        )
        .withTarget(column("D", `max by (cluster, tenant) (${targets}) ${ofExpected}`))
        .withTransformation({ id: "merge", options: {} })
        .withTransformation({
            id: "organize",
            options: {
                excludeByName: { Time: true, "Value #A": true },
                indexByName: Object.fromEntries(Object.keys(columns).map((field, index) => [field, index])),
                renameByName: columns,
            },
        })
        .sortBy([new TableSortByFieldStateBuilder().displayName("Targets up").desc(false)])
        .overrideByName("Cluster", [{ id: "links", value: [{ title: "Cluster", url: toCluster }] }])
        .overrideByName("Last sample", [
            { id: "unit", value: Seconds },
            { id: "noValue", value: "none" },
            { id: "thresholds", value: lateness },
            { id: "custom.cellOptions", value: { type: TableCellDisplayMode.ColorBackground } },
        ]);
}

const columns = {
    cluster: "Cluster",
    tenant: "Customer",
    profile: "Profile",
    platform: "Platform",
    "Value #B": "Last sample",
    "Value #C": "Targets up",
    "Value #D": "Targets",
};

/** The dashboard of a row's cluster. */
const toCluster = [
    "/d/cluster?${__url_time_range}",
    "var-datasource=${datasource}",
    'var-tenant=${__data.fields["Customer"]}',
    'var-cluster=${__data.fields["Cluster"]}',
].join("&");

/** Two scrapes of the slowest profile, and the time after which a cluster is silent. */
const lateness = above(
    { value: null, color: "green" },
    { value: 120, color: "orange" },
    { value: 300, color: "red" },
).build();

function lines(title: string, expr: string, legend: string) {
    return new TimeseriesBuilder()
        .title(title)
        .datasource(datasource)
        .span(8)
        .height(9)
        .min(0)
        .fillOpacity(10)
        .withTarget(new DataqueryBuilder().refId("A").expr(expr).range().legendFormat(legend));
}

function above(...steps: Threshold[]): ThresholdsConfigBuilder {
    return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}
