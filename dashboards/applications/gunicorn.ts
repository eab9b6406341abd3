import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { PercentUnit, RequestsPerSecond, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import type { ApplicationMonitor } from "../../platform/monitors";
import { badAbove } from "../panels";
import { chart, headline, type ServerScope } from "./board";

/** What Gunicorn's panels ask for. */
export interface GunicornPanels extends ServerScope {
    checks: Pick<ApplicationMonitor["checks"], "errors" | "latency">;
    /** Share of requests answered with a 5xx, by service. */
    errors: string;
    /** Seconds that 95% of requests were answered within, by service. */
    latency: string;
    /** Restarts of containers, where somebody counts them. */
    restarts?: { expr: string; legend: string };
}

/** A row about an application's Gunicorn. */
export function addGunicorn(dashboard: DashboardBuilder, panels: GunicornPanels): void {
    const { own, by, service, pod, checks, errors, latency, restarts } = panels;
    const responses = (matchers: string) =>
        `sum by (${by}) (rate(gunicorn_responses_total{${own}${matchers}}[$__rate_interval]))`;
    const quantile = (share: number) =>
        [
            `histogram_quantile(${share}, sum by (${by}, le) (`,
            `  rate(gunicorn_request_duration_seconds_bucket{${own}}[$__rate_interval])`,
            "))",
        ].join("\n");

    dashboard
        .withRow(new RowBuilder("Gunicorn"))
        .withPanel(
            headline(
                "Requests now",
                "Requests a second, of all services.",
                `sum(rate(gunicorn_requests_total{${own}}[$__rate_interval]))`,
                { unit: RequestsPerSecond, decimals: 1, span: 6 },
            ),
        )
        .withPanel(
            headline(
                "Error ratio now",
                "Share of requests that were answered with a 5xx, of the service where it is highest.",
                `max(${errors})`,
                {
                    unit: PercentUnit,
                    decimals: 2,
                    span: 6,
                    noValue: "No requests",
                    thresholds: badAbove([checks.errors.threshold / 100, "orange"]),
                },
            ),
        )
        .withPanel(
            headline(
                "Response time now",
                "What 95% of requests were answered within, of the service where that is longest.",
                `max(${latency})`,
                {
                    unit: Seconds,
                    span: 6,
                    noValue: "No requests",
                    thresholds: badAbove([checks.latency.threshold, "orange"]),
                },
            ),
        )
        .withPanel(
            headline(
                "Workers now",
                "Worker processes, of all services.",
                `sum(max by (${by}, pod) (gunicorn_workers{${own}}))`,
                { unit: Short, decimals: 0, span: 6 },
            ),
        )
        .withPanel(
            chart(
                "Response time",
                "What half, 90% and 99% of the requests to each service were answered within, of all its pods together.",
                [0.5, 0.9, 0.99].map((share) => ({ expr: quantile(share), legend: `${share * 100}%, ${service}` })),
                { unit: Seconds },
            ),
        )
        .withPanel(
            chart(
                "Requests by status class",
                "Requests a second to each service, by the class of the answer's HTTP status.",
                ["2", "3", "4", "5"].map((digit) => ({
                    expr: responses(`,status=~"${digit}.."`),
                    legend: `${digit}xx, ${service}`,
                })),
                { unit: RequestsPerSecond },
            ),
        )
        .withPanel(
            chart(
                "Error ratio",
                "Share of the requests to each service that were answered with a 5xx.",
                [
                    {
                        expr: `max by (${by}) (${errors})`,
                        legend: service,
                    },
                ],
                { unit: PercentUnit },
            ),
        )
        .withPanel(
            chart(
                "Workers",
                "Worker processes of each pod. Gunicorn says how many when their number changes.",
                [
                    {
                        expr: `max by (${by}, pod) (gunicorn_workers{${own}})`,
                        legend: pod,
                    },
                ],
                { unit: Short, decimals: 0 },
            ),
        )
        .withPanel(
            chart(
                "Log messages",
                "What Gunicorn logs each minute besides requests, by level: an exception in a worker, a worker that timed out.",
                [
                    {
                        expr: `60 * sum by (${by}, level) (rate(gunicorn_log_messages_total{${own}}[$__rate_interval]))`,
                        legend: `{{level}}, ${service}`,
                    },
                ],
                { unit: Short, noValue: "Gunicorn has logged no warning and no error" },
            ),
        );
    if (restarts !== undefined) {
        dashboard.withPanel(
            chart("Restarts", "Restarts of the application's containers in the hour before.", [restarts], {
                unit: Short,
                decimals: 0,
            }),
        );
    }
}
