/** A line of statsd_exporter's mapping configuration. */
export interface StatsdMapping {
    /** A regular expression for the statsd name, anchored here, because statsd_exporter does not. */
    match: string;
    match_type: "regex";
    name: string;
    help: string;
    /** Histograms can be added up over pods, which quantiles cannot. */
    observer_type?: "histogram";
    histogram_options?: { buckets: number[] };
    labels?: Record<string, string>;
}

/**
 * What Gunicorn tells statsd, under one set of names for all applications, whatever their `--statsd-prefix`: which
 * application and which of its services it is, say the labels `namespace` and `service` that the scrape adds.
 */
export const gunicornMappings: StatsdMapping[] = [
    {
        ...gunicorn("request\\.duration"),
        name: "gunicorn_request_duration_seconds",
        help: "How long requests took.",
        observer_type: "histogram",
        // statsd_exporter turns milliseconds into seconds. 30 is Gunicorn's own timeout.
        histogram_options: { buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] },
    },
    { ...gunicorn("requests"), name: "gunicorn_requests_total", help: "Requests." },
    {
        ...gunicorn("request\\.status\\.(\\d+)"),
        name: "gunicorn_responses_total",
        help: "Answers, by HTTP status.",
        labels: { status: "$1" },
    },
    { ...gunicorn("workers"), name: "gunicorn_workers", help: "Worker processes; sent when their number changes." },
    {
        ...gunicorn("log\\.(critical|error|exception|warning)"),
        name: "gunicorn_log_messages_total",
        help: "Messages in Gunicorn's log, by level.",
        labels: { level: "$1" },
    },
];

function gunicorn(rest: string): { match: string; match_type: "regex" } {
    return { match: `^(?:.+\\.)?gunicorn\\.${rest}$`, match_type: "regex" };
}

/** The file of statsd_exporter's `--statsd.mapping-config`. What else an application sends keeps its own name. */
export const statsdMapping = { mappings: gunicornMappings };

/** The places of a statsd_exporter. */
export interface StatsdExporterPlaces {
    /** host:port where statsd metrics come in, over UDP. */
    statsd: string;
    /** host:port of HTTP: metrics and readiness. */
    http: string;
    /** The file with `statsdMapping`. */
    mappingFile: string;
}

/** A statsd_exporter: keeps what it is told until it is scraped. Gunicorn sends UDP alone, so nothing else is open. */
export function statsdExporter(places: StatsdExporterPlaces): string[] {
    return [
        `--statsd.mapping-config=${places.mappingFile}`,
        `--statsd.listen-udp=${places.statsd}`,
        "--statsd.listen-tcp=",
        `--web.listen-address=${places.http}`,
    ];
}

/** What Gunicorn is told, whatever its own command line says: where its statsd is, and what to put before its names. */
export function gunicornArguments(statsd: string, prefix: string): string {
    return `--statsd-host=${statsd} --statsd-prefix=${prefix}`;
}
