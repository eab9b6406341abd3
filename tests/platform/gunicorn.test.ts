import { applicationServersMetrics } from "../../metrics/catalogue/applicationServers";
import { gunicornMappings } from "../../platform/gunicorn";

/** As statsd_exporter maps a name: the first mapping that matches wins. */
function mapped(statsd: string): { name: string; labels: Record<string, string> } | undefined {
    for (const { match, name, labels = {} } of gunicornMappings) {
        const found = new RegExp(match).exec(statsd);
        if (found !== null) {
            return {
                name,
                labels: Object.fromEntries(
                    Object.entries(labels).map(([label, value]) => [
                        label,
                        value.replaceAll(/\$(\d)/g, (_, group: string) => found[Number(group)] ?? ""),
                    ]),
                ),
            };
        }
    }
    return undefined;
}

test.each([
    ["gunicorn.requests", "gunicorn_requests_total", {}],
    ["portal.gunicorn.requests", "gunicorn_requests_total", {}],
    ["portal.api.gunicorn.request.duration", "gunicorn_request_duration_seconds", {}],
    ["portal.api.gunicorn.request.status.503", "gunicorn_responses_total", { status: "503" }],
    ["gunicorn.workers", "gunicorn_workers", {}],
    ["portal.gunicorn.log.exception", "gunicorn_log_messages_total", { level: "exception" }],
])("%s becomes %s", (statsd, name, labels) => {
    expect(mapped(statsd)).toEqual({ name, labels });
});

test.each(["portal.logins", "portal.gunicorn.requests.slow", "portalgunicorn.requests"])(
    "%s, which is the application's own, keeps its name",
    (statsd) => {
        expect(mapped(statsd)).toBeUndefined();
    },
);

test("the catalogue knows exactly what the mapping makes", () => {
    const made = gunicornMappings.flatMap(({ name, observer_type }) =>
        observer_type === "histogram" ? ["bucket", "count", "sum"].map((part) => `${name}_${part}`) : [name],
    );
    const known = Object.keys(applicationServersMetrics).filter((metric) => metric.startsWith("gunicorn_"));
    expect(known.sort()).toEqual(made.sort());
});

test("durations become histograms, which can be added up over pods", () => {
    const [durations] = gunicornMappings.filter(({ name }) => name.endsWith("_seconds"));
    expect(durations?.observer_type).toBe("histogram");
    const buckets = durations?.histogram_options?.buckets ?? [];
    expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
});
