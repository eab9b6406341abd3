import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { BytesPerSecondIEC, CountsPerSecond, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { recentEvents } from "../../alerts/events";
import { countedEvents } from "../../platform/interestingEvents";
import type { DashboardContext } from "../audience";
import { badAbove, stat, table, text, timeseries } from "../panels";
import { chosen, clusterVariable, tenantVariable } from "../variables";
import { board, rates } from "./board";

const noLogs = "No cluster sends logs";
const cluster = ["cluster", "tenant"];
const toObserver = [...cluster, "host"];

/** Logs of customers' clusters: what is sent, what is lost, and what of interest was in them. */
export function logs({ monitors }: DashboardContext): DashboardBuilder {
    const dashboard = board({
        title: "Logs",
        uid: "logs",
        description: "The collectors of customers' clusters: what they send, what is lost, and what happened.",
    })
        .withVariable(tenantVariable())
        .withVariable(clusterVariable())
        .withRow(new RowBuilder("Logs"))
        .withPanel(
            stat({
                title: "Sent",
                description: "Bytes of lines a second that all collectors send.",
                unit: BytesPerSecondIEC,
                span: 6,
                height: 4,
                noValue: noLogs,
                expr: `sum(rate(loki_write_sent_bytes_total{${chosen}}[$__rate_interval]))`,
            }),
        )
        .withPanel(
            stat({
                title: "Lost",
                description: "Lines a second that collectors gave up.",
                unit: CountsPerSecond,
                span: 6,
                height: 4,
                noValue: noLogs,
                expr: `sum(rate(loki_write_dropped_entries_total{${chosen}}[$__rate_interval]))`,
                thresholds: badAbove([0.001, "red"]),
            }),
        )
        .withPanel(
            text({
                title: "Where the lines are",
                content:
                    'In Explore, with the datasource Loki: `{cluster="…", namespace="…"}`. ' +
                    "Labels are `job` (pods, control-plane, nodes, events), `namespace`, `app`, `container`, `node` and " +
                    '`component`; the pod is structured metadata: `{namespace="…"} | pod="…"`.',
                span: 12,
                height: 4,
            }),
        )
        .withPanel(
            timeseries({
                title: "Bytes by cluster",
                description: "What each cluster's collectors send.",
                unit: BytesPerSecondIEC,
                span: 12,
                height: 8,
                min: 0,
                noValue: noLogs,
                lines: [
                    {
                        expr: rates(`loki_write_sent_bytes_total{${chosen}}`, cluster),
                        legend: "{{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Lines by cluster",
                description: "What each cluster's collectors send.",
                unit: CountsPerSecond,
                span: 12,
                height: 8,
                min: 0,
                noValue: noLogs,
                lines: [
                    {
                        expr: rates(`loki_write_sent_entries_total{${chosen}}`, cluster),
                        legend: "{{cluster}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Lost lines",
                description: "Lines that were refused for good, or given up after an hour.",
                unit: CountsPerSecond,
                span: 12,
                height: 8,
                min: 0,
                noValue: noLogs,
                lines: [
                    {
                        expr: rates(`loki_write_dropped_entries_total{${chosen}}`, [...toObserver, "reason"]),
                        legend: "{{cluster}} to {{host}}: {{reason}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "Batches sent again",
                description: "The observer did not answer, failed, or the tenant is over its limit.",
                unit: CountsPerSecond,
                span: 12,
                height: 8,
                min: 0,
                noValue: noLogs,
                lines: [
                    {
                        expr: rates(`loki_write_batch_retries_total{${chosen}}`, toObserver),
                        legend: "{{cluster}} to {{host}}",
                    },
                ],
            }),
        )
        .withPanel(
            timeseries({
                title: "On the way",
                description: "From when a line was written until it was taken: 99 of 100 were faster.",
                unit: Seconds,
                span: 12,
                height: 8,
                min: 0,
                noValue: noLogs,
                lines: [
                    {
                        expr: `histogram_quantile(0.99, ${rates(`loki_write_entry_propagation_latency_seconds_bucket{${chosen}}`, [...toObserver, "le"])})`,
                        legend: "{{cluster}} to {{host}}",
                    },
                ],
            }),
        );
    return countedEvents(monitors.events).length === 0
        ? dashboard
        : dashboard.withPanel(
              table({
                  title: "Interesting events",
                  description: "What happened within the last ten minutes.",
                  unit: Short,
                  span: 12,
                  height: 8,
                  decimals: 0,
                  noValue: "Nothing happened",
                  columns: [
                      { title: "Event", from: { label: "event" } },
                      { title: "Customer", from: { label: "tenant" } },
                      { title: "Cluster", from: { label: "cluster" } },
                      { title: "Namespace", from: { label: "namespace" } },
                      {
                          title: "Times",
                          from: {
                              expr: `sum by (event, tenant, cluster, namespace) (${recentEvents}{${chosen}}) > 0`,
                          },
                      },
                  ],
              }),
          );
}
