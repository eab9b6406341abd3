import type { RuleGroupDefinition } from "../ruleGroup";
import { thresholdAlerts } from "../threshold";

/** Blocks are cut, uploaded, compacted and read. */
export function blocks(observer: string): RuleGroupDefinition {
    const own = `cluster="${observer}"`;
    // Who has something to upload, now or `hours` ago: an ingestor a tenant that writes, a ruler that records, a sidecar.
    const hasData = (offset: string) =>
        [
            "(",
            "  sum by (cluster, instance, tenant) (",
            `    increase(prometheus_tsdb_head_samples_appended_total{${own}}[5m]${offset})`,
            "  ) > 0",
            `  or thanos_sidecar_prometheus_up{${own}}${offset} == 1`,
            ")",
        ].join("\n");

    return {
        name: "platform-blocks",
        layer: "platform",
        rules: [
            {
                alert: "TsdbFailing",
                expr: [
                    "sum by (cluster, job, instance, tenant) (",
                    `  increase(prometheus_tsdb_compactions_failed_total{${own}}[1h])`,
                    `  + increase(prometheus_tsdb_wal_writes_failed_total{${own}}[1h])`,
                    ")",
                    "> 0",
                ].join("\n"),
                for: "10m",
                severity: "ticket",
                summary: "A TSDB of {{ $labels.job }} on {{ $labels.cluster }} fails to write",
                description:
                    "On {{ $labels.instance }}, cutting a block or writing ahead failed " +
                    '{{ $value | printf "%.0f" }} times in an hour. Its memory grows, and a crash loses what was not ' +
                    "written.",
            },
            ...thresholdAlerts({
                alert: "ThanosNoUpload",
                // Blocks are cut every two hours, the first one three hours after the first sample.
                threshold: { ticket: 4, page: 24 },
                expr: (hours) =>
                    [
                        "sum by (cluster, job, instance, tenant) (",
                        `  increase(thanos_shipper_uploads_total{${own}}[${hours}h])`,
                        ")",
                        "== 0",
                        `and on (cluster, instance, tenant) ${hasData("")}`,
                        `and on (cluster, instance, tenant) ${hasData(` offset ${hours}h`)}`,
                    ].join("\n"),
                for: "30m",
                summary: "No blocks of {{ $labels.instance }} of {{ $labels.cluster }} are uploaded",
                description:
                    "This {{ $labels.job }} has data and has uploaded none of it for hours{{ with $labels.tenant }}, " +
                    "of tenant {{ . }}{{ end }}. An ingestor keeps what it cannot upload until its volume is full; the " +
                    "observer's Prometheus deletes it after three days, a ruler after one.",
                action:
                    "Read what it logs about uploads; mostly the object store's credentials, its quota or the way to " +
                    "it is the reason. Do not restart ingestors or delete volumes: they hold the only copy.",
            }),
            {
                alert: "ThanosBucketOperationsFailing",
                expr: [
                    `sum by (cluster, job) (rate(thanos_objstore_bucket_operation_failures_total{${own}}[5m]))`,
                    "/",
                    `sum by (cluster, job) (rate(thanos_objstore_bucket_operations_total{${own}}[5m]))`,
                    "> 0.05",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "The object store fails {{ $labels.job }} of {{ $labels.cluster }}",
                description:
                    "{{ $value | humanizePercentage }} of its operations on the bucket fail. Queries over more than a " +
                    "few hours lack data, and nothing is uploaded or compacted.",
            },
            {
                alert: "ThanosBucketSlow",
                expr: [
                    "histogram_quantile(0.99,",
                    "  sum by (cluster, job, le) (",
                    "    rate(",
                    "      thanos_objstore_bucket_operation_duration_seconds_bucket{",
                    `        ${own},operation=~"get|get_range"`,
                    "      }[5m]",
                    "    )",
                    "  )",
                    ")",
                    "> 7",
                ].join("\n"),
                for: "15m",
                severity: "ticket",
                summary: "The object store answers {{ $labels.job }} of {{ $labels.cluster }} slowly",
                description:
                    "One of a hundred reads takes longer than {{ $value | humanizeDuration }}; queries over more than " +
                    "a few hours need many of them.",
            },
            {
                alert: "ThanosCompactHalted",
                expr: `max by (cluster, job) (thanos_compact_halted{${own}}) == 1`,
                for: "5m",
                severity: "page",
                summary: "The compactor of {{ $labels.cluster }} has halted",
                description:
                    "{{ $labels.job }} has found blocks that it cannot compact, and does nothing more: no " +
                    "compaction, no downsampling and no retention, so the bucket grows.",
                action:
                    "Read the compactor's log for the blocks it names, mark them for no compaction, and restart it. " +
                    "Never start a second one.",
            },
            {
                alert: "ThanosCompactNotRunning",
                // Not in its first day; and a halted one has its own alert.
                expr: [
                    `sum by (cluster, job) (increase(thanos_compact_iterations_total{${own}}[1d])) == 0`,
                    `and on (cluster, job) thanos_compact_halted{${own}} offset 1d`,
                    `unless on (cluster, job) thanos_compact_halted{${own}} == 1`,
                ].join("\n"),
                for: "30m",
                severity: "ticket",
                summary: "The compactor of {{ $labels.cluster }} has finished nothing for a day",
                description:
                    "{{ $labels.job }} runs, and no round of compaction, downsampling and retention has ended well " +
                    "for 24 hours. The bucket grows, and queries over weeks get slow.",
            },
        ],
    };
}
