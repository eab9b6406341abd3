import { onClusters, type ApplicationMonitor } from "../platform/monitors";
import type { Alert, RecordingRule, RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** What applications run on: for each that has Gunicorn or PostgreSQL a group, with its name as the label `application`. */
export function applicationServerRules({ monitors }: RuleContext): RuleGroupDefinition[] {
    return monitors.applications
        .filter(({ gunicorn, database }) => gunicorn || database !== undefined)
        .map((application) => ({
            name: `servers-${application.name}`,
            layer: "applications",
            rules: [
                ...(application.gunicorn ? gunicornRules(application) : []),
                ...(application.database === undefined ? [] : postgresRules(application, application.database)),
            ],
        }));
}

const ofService = "cluster, tenant, service";

function gunicornRules(application: ApplicationMonitor): (RecordingRule | Alert)[] {
    const { name, namespace, checks } = application;
    const labels = { application: name, namespace };
    const own = `namespace="${namespace}"${onClusters(application)}`;
    const of = `application="${name}"`;
    const where = `${name} on {{ $labels.cluster }}`;
    const responses = (matchers: string) =>
        `sum by (${ofService}) (rate(gunicorn_responses_total{${own}${matchers}}[5m]))`;

    return [
        {
            record: "application:gunicorn_errors:ratio_rate5m",
            expr: [`(${responses(',status=~"5.."')} or 0 * ${responses("")})`, `/ (${responses("")} > 0)`].join("\n"),
            labels,
        },
        {
            record: "application:gunicorn_request_duration_seconds:p95",
            // Compared, because a quantile of nothing is not a number.
            expr: [
                `histogram_quantile(0.95, sum by (${ofService}, le) (`,
                `  rate(gunicorn_request_duration_seconds_bucket{${own}}[5m])`,
                ")) >= 0",
            ].join("\n"),
            labels,
        },
        ...(checks.errors.enabled
            ? [
                  {
                      alert: "GunicornErrors",
                      expr: `100 * application:gunicorn_errors:ratio_rate5m{${of}} >= ${checks.errors.threshold}`,
                      for: "10m" as const,
                      labels,
                      severity: "ticket" as const,
                      summary: `Gunicorn of ${where} answers with errors`,
                      description:
                          '{{ $value | printf "%.0f" }}% of the requests to service {{ $labels.service }} are answered ' +
                          "with a 5xx by the application itself, not by what is in front of it.",
                  },
              ]
            : []),
        ...(checks.latency.enabled
            ? [
                  {
                      alert: "GunicornSlow",
                      expr: `application:gunicorn_request_duration_seconds:p95{${of}} >= ${checks.latency.threshold}`,
                      for: "15m" as const,
                      labels,
                      severity: "ticket" as const,
                      summary: `Gunicorn of ${where} is slow`,
                      description:
                          "One request in twenty to service {{ $labels.service }} keeps a worker busy for longer than " +
                          "{{ $value | humanizeDuration }}.",
                  },
              ]
            : []),
        {
            alert: "GunicornWorkersMissing",
            // Nobody says how many there should be, so those that there were are asked for. Each pod for itself: pods
            // that come and go are no news.
            expr: [
                `max by (${ofService}, pod) (gunicorn_workers{${own}})`,
                `< max by (${ofService}, pod) (max_over_time(gunicorn_workers{${own}}[1h]))`,
            ].join("\n"),
            for: "10m",
            labels,
            severity: "ticket",
            summary: `Gunicorn of ${where} has fewer workers than before`,
            description:
                'Pod {{ $labels.pod }} has {{ $value | printf "%.0f" }} workers, and had more within the last hour.',
        },
        exporterDown({
            alert: "StatsdExporterDown",
            buildInfo: "statsd_exporter_build_info",
            own,
            labels,
            summary: `The statsd_exporter of ${where} cannot be scraped`,
            description:
                "It answered within the last day and has not for ten minutes. Nothing is known about Gunicorn in pod " +
                "{{ $labels.pod }}, and no other alert about it can fire.",
        }),
    ];
}

/** Share of the connections that PostgreSQL allows from which on it is time to do something. */
const manyConnections = 0.8;

/** Deadlocks in an hour that are more than an accident. */
const manyDeadlocks = 5;

function postgresRules(application: ApplicationMonitor, database: string): (RecordingRule | Alert)[] {
    const { name, namespace } = application;
    const labels = { application: name, namespace };
    const own = `namespace="${namespace}"${onClusters(application)}`;
    const where = `${name} on {{ $labels.cluster }}`;

    return [
        {
            record: "application:postgres_connections:ratio",
            // All databases of the server share its connections.
            expr: [
                `sum by (${ofService}) (`,
                `  max by (${ofService}, datname) (pg_stat_database_numbackends{${own}})`,
                ")",
                `/ max by (${ofService}) (pg_settings_max_connections{${own}})`,
            ].join("\n"),
            labels,
        },
        {
            alert: "PostgresDown",
            expr: `max by (${ofService}) (pg_up{${own}}) == 0`,
            for: "5m",
            labels,
            severity: "page",
            summary: `PostgreSQL of ${where} does not answer`,
            description:
                "postgres_exporter ({{ $labels.service }}) runs and has not been able to connect to the database of " +
                `${name} for five minutes.`,
            action:
                "See whether the database's pod runs and what it logs: a full volume, too many connections, or a " +
                "changed password are the usual reasons. Do not delete its volume.",
        },
        {
            alert: "PostgresConnectionsNearLimit",
            expr: `application:postgres_connections:ratio{application="${name}"} >= ${manyConnections}`,
            for: "10m",
            labels,
            severity: "ticket",
            summary: `PostgreSQL of ${where} runs out of connections`,
            description:
                "{{ $value | humanizePercentage }} of the connections that the server ({{ $labels.service }}) allows " +
                "are in use. At 100% it refuses new ones.",
        },
        {
            alert: "PostgresDeadlocks",
            expr: [
                `sum by (${ofService}) (`,
                `  increase(pg_stat_database_deadlocks{${own},datname=${JSON.stringify(database)}}[1h])`,
                ")",
                `>= ${manyDeadlocks}`,
            ].join("\n"),
            for: "5m",
            labels,
            severity: "ticket",
            summary: `Transactions of ${where} lock each other out`,
            description:
                '{{ $value | printf "%.0f" }} deadlocks in an hour. In each, PostgreSQL gave up one of the ' +
                "transactions: a request failed, or was tried again.",
        },
        exporterDown({
            alert: "PostgresExporterDown",
            buildInfo: "postgres_exporter_build_info",
            own,
            labels,
            summary: `The postgres_exporter of ${where} cannot be scraped`,
            description:
                "It answered within the last day and has not for ten minutes. Nothing is known about the database, and " +
                "PostgresDown cannot fire.",
        }),
    ];
}

/** A target that is down, and that was an exporter of this kind when it last answered: jobs are called as they like. */
function exporterDown({
    own,
    buildInfo,
    ...alert
}: {
    alert: string;
    buildInfo: string;
    own: string;
    labels: Record<string, string>;
    summary: string;
    description: string;
}): Alert {
    return {
        ...alert,
        expr: [
            `max by (${ofService}, pod) (`,
            `  up{${own}} and on (cluster, tenant, job, instance) last_over_time(${buildInfo}{${own}}[1d])`,
            ") == 0",
        ].join("\n"),
        for: "10m",
        severity: "ticket",
    };
}
