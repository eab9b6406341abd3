import { MappingType, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { namespace } from "../../platform/names";
import type { ValidationMonitor } from "../../platform/monitors";
import { validationName } from "../../platform/validations";
import { badAbove, table } from "../panels";
import { board, headline } from "./board";

/** What the scripts that check something now and then have found. */
export function validationResults(observer: string, validations: ValidationMonitor[]): DashboardBuilder {
    const names = validations.map(({ name }) => validationName(name)).join("|");
    const own = `cluster="${observer}",namespace="${namespace}",cronjob=~"${names}"`;
    const of = (metric: string) => `max by (cluster, cronjob) (${metric}{${own}})`;
    const failed = `validation:last_failed_timestamp_seconds:max{cluster="${observer}"}`;
    const succeeded = of("kube_cronjob_status_last_successful_time");
    const finding = `(${failed} unless on (cluster, cronjob) (${succeeded} >= on (cluster, cronjob) ${failed}))`;

    return board({
        title: "Validations",
        uid: "validations",
        description: "What the scripts that check something now and then have found, and whether they run.",
    })
        .withPanel(
            headline("Validations", "Scripts of config that the observer runs.", `count(${of("kube_cronjob_info")})`, {
                unit: Short,
                span: 12,
            }),
        )
        .withPanel(
            headline(
                "With findings",
                "Validations whose last run has found something, or did not end in time.",
                `count(${finding}) or vector(0)`,
                { unit: Short, span: 12, thresholds: badAbove([1, "orange"]) },
            ),
        )
        .withPanel(
            table({
                title: "Last runs",
                description:
                    "When each validation ran last, when it last found nothing, and whether it has found something.",
                unit: Seconds,
                span: 24,
                height: 10,
                columns: [
                    { title: "Observer", from: { label: "cluster" } },
                    { title: "Validation", from: { label: "cronjob" } },
                    {
                        title: "Has findings",
                        from: {
                            expr: `group by (cluster, cronjob) (${finding}) or 0 * group by (cluster, cronjob) (kube_cronjob_info{${own}})`,
                        },
                        unit: Short,
                        thresholds: badAbove([1, "orange"]),
                        mappings: [
                            {
                                type: MappingType.ValueToText,
                                options: { "0": { text: "No", index: 0 }, "1": { text: "Yes", index: 1 } },
                            },
                        ],
                    },
                    {
                        title: "Since last run",
                        from: {
                            expr: `time() - ${of("kube_cronjob_status_last_schedule_time")}`,
                        },
                    },
                    {
                        title: "Since last without findings",
                        from: {
                            expr: `time() - ${succeeded}`,
                        },
                    },
                    {
                        title: "Until next run",
                        from: { expr: `${of("kube_cronjob_next_schedule_time")} - time()` },
                    },
                ],
            }),
        );
}
