import { Seconds } from "@grafana/grafana-foundation-sdk/units";
import { badAbove, stat } from "../panels";

/** How long ago each component put something into the bucket; `own` restricts selectors to the observer. */
export function lastUpload(own: string, { height }: { height: number }) {
    return stat({
        title: "Last upload",
        description: "How long ago each of them put something into the bucket.",
        unit: Seconds,
        span: 12,
        height,
        tiles: true,
        decimals: 0,
        expr: ["time() - max by (job) (", `  thanos_objstore_bucket_last_successful_upload_time{${own}} > 0`, ")"].join(
            "\n",
        ),
        legend: "{{job}}",
        noValue: "Nothing has been uploaded yet: the first block is cut after three hours",
    });
}

/** Whether the heartbeat still beats, as far as the ruler goes. */
export function watchdog(own: string, { description }: { description: string }) {
    return stat({
        title: "Watchdog",
        description,
        unit: Seconds,
        span: 4,
        height: 4,
        decimals: 0,
        expr: `time() - max(timestamp(ALERTS{${own},alertname="Watchdog",alertstate="firing"}))`,
        noValue: "The watchdog has stopped",
        thresholds: badAbove([90, "orange"], [180, "red"]),
    });
}
