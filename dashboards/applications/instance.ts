import { RowBuilder, type Dashboard, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { PercentUnit, Seconds, Short } from "@grafana/grafana-foundation-sdk/units";
import { applicationFolder, applicationUid, type Application } from "../../platform/application";
import { applicationChecks } from "../../platform/monitors";
import { linkTo } from "../board";
import { badAbove, badBelow } from "../panels";
import { provisioned, type ProvisionedDashboard } from "../provisioned";
import { board, chart, headline, type ServerScope } from "./board";
import { addGunicorn } from "./gunicorn";
import { addPostgres } from "./postgres";

/** An application on one cluster. */
export interface ApplicationOnCluster {
    cluster: string;
    application: Application;
}

/**
 * The dashboards of an application with a Prometheus of its own: those of others beside it have other uids and another
 * folder, and all of its own ask its own datasource, which answers with its series and no others.
 */
export function applicationDashboards({ cluster, application }: ApplicationOnCluster): ProvisionedDashboard[] {
    const uid = applicationUid(cluster, application.name);
    const where = `${application.name} on ${cluster}`;
    const scope: ServerScope = {
        own: `namespace="${application.namespace}"`,
        by: "service",
        service: "{{service}}",
        pod: "{{pod}}",
        server: "{{service}}",
    };
    const rate = "[$__rate_interval]";
    const servers = [
        ...(application.gunicorn
            ? [
                  servedBy("Gunicorn", `${uid}-gunicorn`, where, (dashboard) => {
                      const responses = (matchers: string) =>
                          `sum by (service) (rate(gunicorn_responses_total{${scope.own}${matchers}}${rate}))`;
                      const buckets = `gunicorn_request_duration_seconds_bucket{${scope.own}}${rate}`;
                      addGunicorn(dashboard, {
                          ...scope,
                          checks: applicationChecks,
                          errors: `(${responses(',status=~"5.."')} or 0 * ${responses("")}) / (${responses("")} > 0)`,
                          // Compared, because a quantile of nothing is not a number.
                          latency: `histogram_quantile(0.95, sum by (service, le) (rate(${buckets}))) >= 0`,
                      });
                  }),
              ]
            : []),
        ...(application.postgres === undefined
            ? []
            : [
                  servedBy("PostgreSQL", `${uid}-postgres`, where, (dashboard) =>
                      addPostgres(dashboard, {
                          ...scope,
                          database: application.postgres?.database ?? "",
                          connections: [
                              `sum by (service) (max by (service, datname) (pg_stat_database_numbackends{${scope.own}}))`,
                              `/ max by (service) (pg_settings_max_connections{${scope.own}})`,
                          ].join("\n"),
                      }),
                  ),
              ]),
    ];
    const overview = overviewOf(`${uid}-overview`, where, scope.own);
    for (const { title, uid: server } of servers) {
        overview.link(linkTo(title, server, { variables: false }));
    }
    return [overview, ...servers.map(({ dashboard }) => dashboard)]
        .map((dashboard) => provisioned(dashboard, applicationFolder(cluster, application.name)))
        .map((dashboard) => onDatasource(dashboard, uid));
}

function servedBy(title: string, uid: string, where: string, add: (dashboard: DashboardBuilder) => void) {
    const dashboard = board({ title: `${where}: ${title}`, uid, description: `${title} of ${where}.` });
    add(dashboard);
    return { title, uid, dashboard };
}

/** What every application has that is scraped, whatever it is made of. */
function overviewOf(uid: string, where: string, own: string): DashboardBuilder {
    return board({
        title: where,
        uid,
        description: `What the Prometheus of ${where} scrapes, and the alerts of its team.`,
    })
        .withRow(new RowBuilder("Now"))
        .withPanel(
            headline("Targets that answer", "Share of its targets that could be scraped.", `avg(up{${own}})`, {
                unit: PercentUnit,
                decimals: 0,
                span: 8,
                noValue: "Nothing is scraped yet",
                thresholds: badBelow(0.5, 1),
            }),
        )
        .withPanel(
            headline("Targets", "What is scraped: pods, and exporters.", `count(up{${own}})`, {
                unit: Short,
                decimals: 0,
                span: 8,
                noValue: "Nothing is scraped yet",
            }),
        )
        .withPanel(
            headline(
                "Alerts",
                "Alerts of the team's own rules that fire. Nobody is told of them but who looks here.",
                `count(ALERTS{${own},alertstate="firing"})`,
                {
                    unit: Short,
                    decimals: 0,
                    span: 8,
                    noValue: "No alert fires",
                    thresholds: badAbove([1, "orange"]),
                },
            ),
        )
        .withRow(new RowBuilder("Scrapes"))
        .withPanel(
            chart(
                "Targets by job",
                "Share of each job's targets that could be scraped.",
                [{ expr: `avg by (job) (up{${own}})`, legend: "{{job}}" }],
                { unit: PercentUnit, max: 1, noValue: "Nothing is scraped yet" },
            ),
        )
        .withPanel(
            chart(
                "Scrape duration",
                "How long the slowest target of each job takes to answer.",
                [{ expr: `max by (job) (scrape_duration_seconds{${own}})`, legend: "{{job}}" }],
                { unit: Seconds, noValue: "Nothing is scraped yet" },
            ),
        )
        .withPanel(
            chart(
                "Series",
                "Samples that each job exposes at one scrape: each is a series that the observer keeps as well.",
                [{ expr: `sum by (job) (scrape_samples_post_metric_relabeling{${own}})`, legend: "{{job}}" }],
                { unit: Short, decimals: 0, noValue: "Nothing is scraped yet" },
            ),
        )
        .withPanel(
            chart(
                "New series",
                "Series that were not there at the scrape before. What keeps adding them is a label without bounds.",
                [{ expr: `sum by (job) (scrape_series_added{${own}})`, legend: "{{job}}" }],
                { unit: Short, decimals: 0, noValue: "Nothing is scraped yet" },
            ),
        );
}

/** The dashboard with one datasource for good, in place of a choice. */
function onDatasource(dashboard: ProvisionedDashboard, uid: string): ProvisionedDashboard {
    const model = JSON.parse(dashboard.json) as Dashboard;
    const list = (model.templating?.list ?? []).filter(({ name }) => name !== "datasource");
    const json = JSON.stringify({ ...model, templating: { ...model.templating, list } });
    return { ...dashboard, json: json.replaceAll("${datasource}", uid) };
}
