import { TableSortByFieldStateBuilder } from "@grafana/grafana-foundation-sdk/common";
import { MappingType, RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesIEC, Percent, Short } from "@grafana/grafana-foundation-sdk/units";
import type { DashboardContext } from "../audience";
import { stat, table, timeseries } from "../panels";
import { chosen } from "../variables";
import { colorsAbove, colorsBelow } from "./health";
import { inNamespace, levelDashboard, namespaceVariable, to } from "./levels";

const perVolume = "cluster, tenant, namespace, persistentvolumeclaim";
const legend = "{{namespace}}/{{persistentvolumeclaim}} on {{cluster}}";

/** L2: the volumes of a cluster: which are bound, and how full they are. */
export function clusterVolumes({ monitors }: DashboardContext): DashboardBuilder {
    const { volumesBound, volumeUsage } = monitors.kaas.thresholds;
    const requested = of("kube_persistentvolumeclaim_resource_requests_storage_bytes");
    const inodes = `100 * ${of("kubelet_volume_stats_inodes_used")} / (${of("kubelet_volume_stats_inodes")} > 0)`;
    return levelDashboard({
        level: "cluster-volumes",
        title: "Cluster volumes",
        description: "The volume claims of a cluster: which are bound, and how full they are.",
        tags: ["kaas"],
    })
        .withVariable(namespaceVariable())
        .withPanel(
            stat({
                title: "Bound",
                description: "Percent of volume claims that are bound, in all namespaces.",
                unit: Percent,
                span: 6,
                height: 4,
                decimals: 0,
                expr: `max by (cluster, tenant) (cluster:volumes_bound:percent{${chosen}})`,
                legend: "{{cluster}}",
                thresholds: colorsBelow(volumesBound),
                noValue: "No volume",
                link: to("cluster"),
            }),
        )
        .withPanel(
            stat({
                title: "Most used",
                description: "Percent of the volume that is used most.",
                unit: Percent,
                span: 6,
                height: 4,
                decimals: 0,
                expr: `max by (cluster, tenant) (volume:usage:percent{${inNamespace}})`,
                legend: "{{cluster}}",
                thresholds: colorsAbove(volumeUsage),
                noValue: "No volume",
                link: to("cluster"),
            }),
        )
        .withPanel(
            stat({
                title: "Claims",
                description: "How many volume claims there are.",
                unit: Short,
                span: 6,
                height: 4,
                expr: `count by (cluster, tenant) (${requested})`,
                legend: "{{cluster}}",
                thresholds: [{ value: null, color: "blue" }],
                noValue: "No volume",
                link: to("cluster"),
            }),
        )
        .withPanel(
            stat({
                title: "Requested",
                description: "What all volume claims ask for together.",
                unit: BytesIEC,
                span: 6,
                height: 4,
                expr: `sum by (cluster, tenant) (${requested})`,
                legend: "{{cluster}}",
                thresholds: [{ value: null, color: "blue" }],
                noValue: "No volume",
                link: to("cluster"),
            }),
        )
        .withPanel(
            table({
                title: "Volume claims",
                description: "Each claim with its size and use. Only those that a pod has mounted have a use.",
                unit: BytesIEC,
                span: 24,
                height: 12,
                noValue: "No volume",
                columns: [
                    { title: "Namespace", from: { label: "namespace" } },
                    {
                        title: "Claim",
                        from: { label: "persistentvolumeclaim" },
                        link: to("cluster-pods", { namespace: "namespace" }),
                    },
                    {
                        title: "Phase",
                        from: {
                            expr: [
                                of("kube_persistentvolumeclaim_status_phase", 'phase="Bound"'),
                                `+ 2 * ${of("kube_persistentvolumeclaim_status_phase", 'phase="Lost"')}`,
                            ].join("\n"),
                        },
                        unit: Short,
                        mappings: [
                            {
                                type: MappingType.ValueToText,
                                options: {
                                    "0": { text: "Pending", index: 0 },
                                    "1": { text: "Bound", index: 1 },
                                    "2": { text: "Lost", index: 2 },
                                },
                            },
                        ],
                        thresholds: [
                            { value: null, color: "orange" },
                            { value: 1, color: "green" },
                            { value: 2, color: "red" },
                        ],
                    },
                    { title: "Requested", from: { expr: requested } },
                    { title: "Size", from: { expr: of("kubelet_volume_stats_capacity_bytes") } },
                    { title: "Used", from: { expr: of("kubelet_volume_stats_used_bytes") } },
                    { title: "Free", from: { expr: of("kubelet_volume_stats_available_bytes") } },
                    {
                        title: "Used share",
                        from: { expr: of("volume:usage:percent") },
                        unit: Percent,
                        decimals: 0,
                        thresholds: colorsAbove(volumeUsage),
                    },
                    {
                        title: "Inodes used",
                        from: { expr: inodes },
                        unit: Percent,
                        decimals: 0,
                        thresholds: colorsAbove(volumeUsage),
                    },
                    { title: "Cluster", from: { label: "cluster" }, link: to("cluster") },
                    { title: "Customer", from: { label: "tenant" } },
                ],
            }).sortBy([new TableSortByFieldStateBuilder().displayName("Used share").desc(true)]),
        )
        .withRow(new RowBuilder("Over time"))
        .withPanel(
            timeseries({
                title: "Used share",
                description: "How full each volume is.",
                unit: Percent,
                span: 8,
                height: 9,
                min: 0,
                max: 100,
                noValue: "No volume",
                lines: [{ expr: of("volume:usage:percent"), legend }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Used bytes",
                description: "Bytes that each volume holds.",
                unit: BytesIEC,
                span: 8,
                height: 9,
                min: 0,
                noValue: "No volume",
                lines: [{ expr: of("kubelet_volume_stats_used_bytes"), legend }],
            }),
        )
        .withPanel(
            timeseries({
                title: "Inodes used",
                description:
                    "How many files and directories each volume has, of those that it can have. Not every file system has a limit.",
                unit: Percent,
                span: 8,
                height: 9,
                min: 0,
                max: 100,
                noValue: "No volume has a limit",
                lines: [{ expr: inodes, legend }],
            }),
        );
}

/** A value of each volume, once. */
function of(series: string, matcher?: string): string {
    return `max by (${perVolume}) (${series}{${[inNamespace, ...(matcher === undefined ? [] : [matcher])].join(",")}})`;
}
