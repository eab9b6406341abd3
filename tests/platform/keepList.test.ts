import fc from "fast-check";
import { baseMonitors, everyMonitor } from "../../local/simulation";
import { neededMetrics } from "../../metrics/needed";
import { agentRelabelings } from "../../platform/agent";
import { keepOnly, platformJobs } from "../../platform/keepList";
import { interestingEvents } from "../../platform/interestingEvents";
import { eventsCollectorRelease, logsCollectorRelease, otlpRelease, services } from "../../platform/names";
import { relabel } from "./relabel";

const needed = [...neededMetrics({ observer: "observer", monitors: everyMonitor }).keys()];
const everything = { send: "all" as const, also: [] };
const neededOnly = { send: "needed" as const, also: [] };
const steps = keepOnly(needed, neededOnly);
const ofPlatform = platformJobs.map((job) => [job]);

/** Names near to those that are needed, for which an expression that is not anchored would be wrong. */
const nearNames = fc
    .tuple(fc.constantFrom(...needed), fc.constantFrom("", "my_"), fc.constantFrom("", "_", "_bucket", "s"))
    .map(([metric, before, after]) => `${before}${metric}${after}`);
const names = fc.oneof(nearNames, fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/));

/** Other jobs: some look like the platform's. */
const otherJobs = fc
    .oneof(
        fc.constantFrom(...platformJobs).chain((job) => fc.constantFrom(`my-${job}`, `${job}-2`, job.slice(1), "")),
        fc.stringMatching(/^[a-z][a-z/.-]{0,20}$/),
    )
    .filter((job) => !platformJobs.includes(job));

const otherLabels = fc.dictionary(
    fc.stringMatching(/^[a-z]{1,8}$/).filter((label) => label !== "job"),
    fc.string({ minLength: 1 }),
    { maxKeys: 4 },
);

describe("the platform's own jobs", () => {
    it("are the agents' and the operator's too", () => {
        expect(platformJobs).toContain(services.prometheus.name);
    });

    it.each([logsCollectorRelease, eventsCollectorRelease])("are the collector %s too", (job) => {
        expect(platformJobs).toContain(job);
        const asked = keepOnly([...neededMetrics({ observer: "observer", monitors: baseMonitors }).keys()], neededOnly);
        const sent = (metric: string) => relabel(asked, { __name__: metric, job }) !== undefined;
        const wanted = [
            "up",
            interestingEvents,
            "loki_write_sent_bytes_total",
            "loki_write_sent_entries_total",
            "loki_write_dropped_entries_total",
            "loki_write_batch_retries_total",
            "loki_write_entry_propagation_latency_seconds_bucket",
        ];
        const unwanted = ["alloy_component_evaluation_seconds_bucket", "loki_source_file_read_lines_total"];
        expect([...wanted, ...unwanted].filter(sent)).toEqual(wanted);
    });

    it("are not the gateway for pushed metrics: whoever pushes uses names of their own", () => {
        expect(platformJobs).not.toContain(otlpRelease);
    });

    it.each(ofPlatform)("%s sends all that is needed, as it was", (job) => {
        for (const metric of needed) {
            const series = { __name__: metric, job, instance: "10.0.0.10:9100" };
            expect(relabel(steps, series)).toEqual(series);
        }
    });

    it.each(ofPlatform)("%s sends nothing else", (job) => {
        for (const metric of ["go_memstats_alloc_bytes", "promhttp_metric_handler_requests_total", "upper", "my_up"]) {
            expect(needed).not.toContain(metric);
            expect(relabel(steps, { __name__: metric, job })).toBeUndefined();
        }
    });

    it("send a series exactly if its metric is needed, whatever its labels", () => {
        fc.assert(
            fc.property(fc.constantFrom(...platformJobs), names, otherLabels, (job, metric, labels) => {
                const series = { ...labels, __name__: metric, job };
                expect(relabel(steps, series)).toEqual(needed.includes(metric) ? series : undefined);
            }),
        );
    });

    it("send what config wants besides, by expressions that are anchored", () => {
        const also = keepOnly(needed, { send: "needed", also: ["node_hwmon_.*", "go_(gc|sched)_.+|go_threads"] });
        const sent = (metric: string) => relabel(also, { __name__: metric, job: "node-exporter" }) !== undefined;
        const wanted = ["node_hwmon_temp_celsius", "node_hwmon_", "go_gc_duration_seconds", "go_threads"];
        const unwanted = ["my_node_hwmon_", "go_gc_", "go_threads_2", "node_arp_entries"];
        expect([...wanted, ...unwanted].filter(sent)).toEqual(wanted);
        expect(needed.filter((metric) => !sent(metric))).toEqual([]);
    });

    it("send everything where config says so", () => {
        expect(keepOnly(needed, everything)).toEqual([]);
        const cluster = { name: "acme-1", tenant: "acme" };
        expect(agentRelabelings({ ...cluster, metrics: everything }, baseMonitors, needed)).toEqual([]);
        expect(agentRelabelings(cluster, { ...baseMonitors, metrics: everything }, needed)).toEqual([]);
    });

    it("send what a customer wants rather than what all do", () => {
        const monitors = { ...baseMonitors, metrics: everything };
        const own = agentRelabelings({ name: "acme-1", tenant: "acme", metrics: neededOnly }, monitors, needed);
        expect(own).toEqual(steps);
    });
});

describe("any other job", () => {
    it("sends every series as it is", () => {
        fc.assert(
            fc.property(otherJobs, names, otherLabels, (job, metric, labels) => {
                const series = { ...labels, __name__: metric, ...(job === "" ? {} : { job }) };
                expect(relabel(steps, series)).toEqual(series);
            }),
        );
    });
});

describe.each(["lscsde", "karectl"] as const)("with pseudonyms for %s after it", (preset) => {
    const monitors = { ...everyMonitor, tre: { ...everyMonitor.tre!, preset, pseudonymiseUsers: true } };
    const asked = [...neededMetrics({ observer: "observer", monitors }).keys()];
    const both = agentRelabelings({ name: "acme-1", tenant: "acme" }, monitors, asked);
    const personal = {
        username: "ada",
        pod: "jupyter-ada",
        name: "ada-desktop",
        workspace: "ada-desktop",
        persistentvolumeclaim: "claim-ada",
        namespace: "jupyterhub",
    };

    it.each([...ofPlatform, ["my-app"]])("%s still sends all that is needed, with the same labels", (job) => {
        for (const metric of asked) {
            const series = { ...personal, __name__: metric, job };
            const sent = relabel(both, series);
            expect(Object.keys(sent ?? {}).sort()).toEqual(Object.keys(series).sort());
            expect(sent).toMatchObject({ __name__: metric, job, namespace: "jupyterhub" });
            expect(sent?.["username"]).toMatch(/^user-\d+$/);
        }
    });

    it("nothing else comes back", () => {
        const series = { ...personal, __name__: "kube_pod_tolerations", job: "kube-state-metrics" };
        expect(relabel(both, series)).toBeUndefined();
        expect(relabel(both, { ...series, job: "my-app" })?.["username"]).toMatch(/^user-\d+$/);
    });
});

describe("the steps", () => {
    it("leave no trace of a series' mark, even on a series that brings one", () => {
        const label = steps[0]?.targetLabel ?? "";
        expect(relabel(steps, { __name__: "up", job: "my-app", [label]: "x" })).toEqual({
            __name__: "up",
            job: "my-app",
        });
    });

    it("are few, however much is needed: each series goes through all of them", () => {
        expect(steps).toHaveLength(4);
    });
});
