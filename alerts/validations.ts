import { namespace } from "../platform/names";
import { validationName } from "../platform/validations";
import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** Scripts that check something now and then: what they find, and whether they run at all. */
export function validationRules({ observer, monitors }: RuleContext): RuleGroupDefinition[] {
    if (monitors.validations.length === 0) {
        return [];
    }
    const own = `cluster="${observer}",namespace="${namespace}"`;
    const names = monitors.validations.map(({ name }) => validationName(name)).join("|");
    const cronJob = `${own},cronjob=~"${names}"`;
    const job = `${own},job_name=~"(${names})-[0-9]+"`;

    return [
        {
            name: "validations",
            layer: "applications",
            rules: [
                {
                    // A CronJob's Jobs are called after it, with the minute of their schedule at the end.
                    record: "validation:last_failed_timestamp_seconds:max",
                    expr: [
                        "max by (cluster, cronjob) (",
                        "  label_replace(",
                        `    kube_job_status_start_time{${job}}`,
                        "    and on (cluster, namespace, job_name)",
                        `    (kube_job_failed{${job},condition="true"} == 1),`,
                        '    "cronjob", "$1", "job_name", "(.+)-[0-9]+"',
                        "  )",
                        ")",
                    ].join("\n"),
                },
                {
                    alert: "ValidationFailed",
                    expr: [
                        `validation:last_failed_timestamp_seconds:max{cluster="${observer}"}`,
                        "unless on (cluster, cronjob) (",
                        `  max by (cluster, cronjob) (kube_cronjob_status_last_successful_time{${cronJob}})`,
                        "  >= on (cluster, cronjob)",
                        `  validation:last_failed_timestamp_seconds:max{cluster="${observer}"}`,
                        ")",
                    ].join("\n"),
                    for: "1m",
                    severity: "ticket",
                    summary: "Validation {{ $labels.cronjob }} on {{ $labels.cluster }} has found something",
                    description:
                        "Its last run, started {{ $value | humanizeTimestamp }}, has ended with a finding, or not in " +
                        "time. What it has printed is in its log.",
                },
                {
                    alert: "ValidationNotRunning",
                    // From one run to the next is the schedule's own measure, so whether it is daily need not be known.
                    expr: [
                        `time() - max by (cluster, cronjob) (kube_cronjob_next_schedule_time{${cronJob}})`,
                        "> on (cluster, cronjob)",
                        `max by (cluster, cronjob) (kube_cronjob_next_schedule_time{${cronJob}})`,
                        "- on (cluster, cronjob)",
                        "max by (cluster, cronjob) (",
                        `  kube_cronjob_status_last_schedule_time{${cronJob}}`,
                        `  or on (cluster, namespace, cronjob) kube_cronjob_created{${cronJob}}`,
                        ")",
                    ].join("\n"),
                    for: "10m",
                    severity: "ticket",
                    summary: "Validation {{ $labels.cronjob }} on {{ $labels.cluster }} does not run",
                    description:
                        "It should have run {{ $value | humanizeDuration }} ago, and has missed the run after that " +
                        "as well.",
                },
            ],
        },
    ];
}
