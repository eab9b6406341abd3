import { RowBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { RequestsPerSecond } from "@grafana/grafana-foundation-sdk/units";
import { linkTo } from "../board";
import { chosen, labelVariable } from "../variables";
import { chart, clustersBoard, headline } from "./board";

const kinds = [
    {
        name: "All",
        codes: ".+",
        description: "Requests a second, whatever they were answered.",
    },
    {
        name: "Good",
        codes: "[12]..",
        description: "Requests a second that were answered 1xx or 2xx.",
    },
    {
        name: "Redirected",
        codes: "3..",
        description: "Requests a second that were answered 3xx: sent elsewhere, or told that nothing is new.",
    },
    {
        name: "Bad",
        codes: "[45]..",
        description: "Requests a second that were answered 4xx or 5xx: wrong, or gone wrong.",
    },
];

/** Requests to applications by how they were answered, as the ingress counts them. */
export function requests(): DashboardBuilder {
    const rate = (codes: string) =>
        `application:requests:rate5m{${chosen},application=~"$application",code=~"${codes}"}`;
    const dashboard = clustersBoard({
        title: "HTTP requests",
        uid: "ingress-requests",
        description:
            "Requests to each application: all, good, redirected and bad, as ingress-nginx or Envoy count them.",
    })
        .withVariable(labelVariable("application", { label: "Application", from: `application:pods:count{${chosen}}` }))
        .link(linkTo("Applications", "applications", { variables: false }));
    for (const { name, codes, description } of kinds) {
        dashboard.withPanel(
            headline(`${name} now`, description, `sum(${rate(codes)}) or vector(0)`, {
                unit: RequestsPerSecond,
                span: 6,
                decimals: 2,
            }),
        );
    }
    dashboard.withRow(new RowBuilder("By application"));
    for (const { name, codes, description } of kinds) {
        dashboard.withPanel(
            chart(
                `${name} requests`,
                description,
                [
                    {
                        expr: `sum by (tenant, cluster, application) (${rate(codes)})`,
                        legend: "{{application}} on {{cluster}}",
                    },
                ],
                { unit: RequestsPerSecond, noValue: "No such requests" },
            ),
        );
    }
    return dashboard
        .withRow(new RowBuilder("By status"))
        .withPanel(
            chart(
                "Requests by HTTP status",
                "Requests a second, by the HTTP status of the answer.",
                [{ expr: `sum by (tenant, cluster, code) (${rate(".+")})`, legend: "{{code}} on {{cluster}}" }],
                { unit: RequestsPerSecond, span: 24, stacked: true },
            ),
        );
}
