import { Short } from "@grafana/grafana-foundation-sdk/units";
import { table, type PanelLink } from "../panels";
import { pagesFirst, severity } from "../severity";
import { chosen } from "../variables";

/** A table of the alerts about clusters that fire, pages first: those that their score counts. */
export function firingAlerts(args: {
    title: string;
    span: number;
    height: number;
    /** Where the cluster's name leads. */
    link?: PanelLink;
    /** Labels that tell what of a cluster an alert is about, with their headings. */
    about?: Record<string, string>;
}) {
    const about = Object.entries(args.about ?? {});
    const labels = ["severity", "alertname", "cluster", "tenant", ...about.map(([label]) => label)];
    return table({
        title: args.title,
        description: "Pages and tickets about clusters that fire now. Each alert's runbook says what to do.",
        unit: Short,
        span: args.span,
        height: args.height,
        noValue: "No alert fires",
        columns: [
            severity,
            { title: "Alert", from: { label: "alertname" } },
            ...about.map(([label, title]) => ({ title, from: { label } })),
            {
                title: "Cluster",
                from: { label: "cluster" },
                ...(args.link === undefined ? {} : { link: args.link }),
            },
            { title: "Customer", from: { label: "tenant" } },
            {
                title: "Alerts",
                from: {
                    expr: [
                        `count by (${labels.join(", ")}) (`,
                        `  ALERTS{${chosen},alertstate="firing",layer="kaas",severity=~"page|ticket"}`,
                        ")",
                    ].join("\n"),
                },
            },
        ],
    }).sortBy(pagesFirst());
}
