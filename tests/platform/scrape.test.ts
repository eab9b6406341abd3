import {
    annotatedPodsJob,
    scrapeConfig,
    scrapeConfigSpec,
    scrapeJobs,
    textfileJob,
    textfileRelabelings,
    type ExtraScrapes,
    type ScrapeJob,
} from "../../platform/scrape";
import { namespace } from "../../platform/names";
import { relabel } from "./relabel";

const target = { name: "gateway", addresses: ["10.0.0.7:9100"], scheme: "https" as const, path: "/federate" };
const scrapes = (changes: Partial<ExtraScrapes>): ExtraScrapes => ({
    annotations: false,
    targets: [],
    textfiles: false,
    ...changes,
});
const [pods] = scrapeJobs(scrapes({ annotations: true })) as [ScrapeJob];

/** A pod as Prometheus discovers it, with its annotations and whatever else is different. */
function pod(annotations: Record<string, string>, changes: Record<string, string> = {}): Record<string, string> {
    return {
        __address__: "10.1.2.3:8080",
        __scheme__: pods.scheme,
        __metrics_path__: pods.path,
        __meta_kubernetes_namespace: "shop",
        __meta_kubernetes_pod_name: "cart-0",
        __meta_kubernetes_pod_node_name: "node-1",
        __meta_kubernetes_pod_phase: "Running",
        ...Object.fromEntries(
            Object.entries(annotations).map(([name, value]) => [
                `__meta_kubernetes_pod_annotation_prometheus_io_${name}`,
                value,
            ]),
        ),
        ...changes,
    };
}

const scraped = (of: Record<string, string>) => relabel(pods.relabelings, of);

describe("annotated pods", () => {
    it("are scraped where they say, and told apart by their names", () => {
        expect(scraped(pod({ scrape: "true", scheme: "https", path: "/m", port: "9102" }))).toMatchObject({
            __address__: "10.1.2.3:9102",
            __scheme__: "https",
            __metrics_path__: "/m",
            namespace: "shop",
            pod: "cart-0",
            node: "node-1",
        });
    });

    it("have defaults: http, /metrics, and every port that is declared", () => {
        expect(scraped(pod({ scrape: "true" }))).toMatchObject({
            __address__: "10.1.2.3:8080",
            __scheme__: "http",
            __metrics_path__: "/metrics",
        });
    });

    it.each([
        ["10.1.2.3", "10.1.2.3:9102"],
        ["[fd00::7]:8080", "[fd00::7]:9102"],
        ["[fd00::7]", "[fd00::7]:9102"],
    ])("at %s with a port are scraped at %s", (address, at) => {
        expect(scraped(pod({ scrape: "true", port: "9102" }, { __address__: address }))?.["__address__"]).toBe(at);
    });

    it("are one target, however many ports their containers declare", () => {
        const ports = ["8080", "8443"].map((port) => {
            const { __address__, __scheme__, __metrics_path__, ...labels } =
                scraped(
                    pod(
                        { scrape: "true", port: "9102" },
                        {
                            __address__: `10.1.2.3:${port}`,
                            __meta_kubernetes_pod_container_name: `c-${port}`,
                            __meta_kubernetes_pod_container_port_number: port,
                        },
                    ),
                ) ?? {};
            const kept = Object.entries(labels).filter(([name]) => !name.startsWith("__"));
            return { __address__, __scheme__, __metrics_path__, kept };
        });
        expect(ports[0]).toEqual(ports[1]);
    });

    it.each([
        ["do not ask for it", pod({})],
        ["ask not to be", pod({ scrape: "false" })],
        ["have ended", pod({ scrape: "true" }, { __meta_kubernetes_pod_phase: "Succeeded" })],
        ["have failed", pod({ scrape: "true" }, { __meta_kubernetes_pod_phase: "Failed" })],
        [
            "are the platform's, which monitors watch",
            pod({ scrape: "true" }, { __meta_kubernetes_namespace: namespace }),
        ],
        ["only prepare", pod({ scrape: "true" }, { __meta_kubernetes_pod_container_init: "true" })],
    ])("are not scraped when they %s", (_, of) => {
        expect(scraped(of)).toBeUndefined();
    });
});

describe("what is scraped besides monitors", () => {
    it("is nothing unless config says so", () => {
        expect(scrapeJobs(scrapes({}))).toEqual([]);
        expect(scrapeJobs(scrapes({ textfiles: true }))).toEqual([]);
    });

    it("is the same job for the operator and for Prometheus itself", () => {
        const jobs = scrapeJobs(scrapes({ annotations: true, targets: [target] }));
        expect(jobs.map(scrapeConfigSpec)).toEqual([
            {
                jobName: annotatedPodsJob,
                scheme: "http",
                metricsPath: "/metrics",
                kubernetesSDConfigs: [{ role: "Pod" }],
                relabelings: pods.relabelings,
            },
            {
                jobName: "gateway",
                scheme: "https",
                metricsPath: "/federate",
                staticConfigs: [{ targets: ["10.0.0.7:9100"] }],
            },
        ]);
        expect(jobs.map(scrapeConfig)).toMatchObject([
            { job_name: annotatedPodsJob, scheme: "http", kubernetes_sd_configs: [{ role: "pod" }] },
            {
                job_name: "gateway",
                scheme: "https",
                metrics_path: "/federate",
                static_configs: [{ targets: ["10.0.0.7:9100"] }],
            },
        ]);
    });
});

describe("a metric that node-exporter exposes", () => {
    const job = (metric: string) =>
        relabel(textfileRelabelings, { __name__: metric, job: "node-exporter", instance: "10.0.0.1:9100" });

    it.each(["battery_percentage", "my_node_load", "nodes", "smartctl_device_temperature", "processes"])(
        "and that is a file's has the job of files: %s",
        (metric) => {
            expect(job(metric)).toEqual({ __name__: metric, job: textfileJob, instance: "10.0.0.1:9100" });
        },
    );

    it.each(["node_load1", "node_textfile_scrape_error", "go_threads", "process_open_fds", "promhttp_metric_handler"])(
        "and that is its own stays as it is: %s",
        (metric) => {
            expect(job(metric)).toEqual({ __name__: metric, job: "node-exporter", instance: "10.0.0.1:9100" });
        },
    );
});
