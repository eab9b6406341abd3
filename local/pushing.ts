import { stringify } from "yaml";
import { agentLabels } from "../platform/agent";
import {
    applicationInstance,
    applicationLabel,
    applicationObjects,
    applicationRelabelings,
} from "../platform/application";
import { statsdExporter, statsdMapping } from "../platform/gunicorn";
import { fileCollectorConfig } from "../platform/logCollector";
import { otlpArguments, otlpGatewayConfig } from "../platform/otlp";
import { remoteWriteConfig } from "../platform/remoteWrite";
import { customerCertificate, type LocalCustomer } from "./customers";
import type { Ground } from "./ground";
import { observerCertificates, remoteWriteTo, scrapeInterval, type LocalObserver } from "./observer";
import type { PlannedFile, ProcessPlan } from "./plan";
import { loopback } from "./ports";
import { baseMonitors } from "./simulation";
import { tenantsUrl } from "./tenants";

/** The application of every customer that has a Prometheus of its own: it runs under Gunicorn, or would. */
export const application = "portal";

/** Where a customer's own programs push to. */
export interface PushPlaces {
    /** host:port of OTLP over gRPC. */
    otlpGrpc: string;
    /** The URL of OTLP over HTTP, without a path. */
    otlpHttp: string;
    /** host:port of statsd, over UDP. */
    statsd: string;
}

/** Where the programs of a customer push to. */
export function pushPlaces(ground: Ground, { name }: LocalCustomer): PushPlaces {
    const { gateway, statsd } = processes(name);
    return {
        otlpGrpc: ground.address(gateway, "otlp-grpc"),
        otlpHttp: `http://${ground.address(gateway, "otlp-http")}`,
        statsd: ground.address(statsd, "statsd"),
    };
}

function processes(cluster: string) {
    return {
        gateway: `otlp-gateway-${cluster}`,
        statsd: `statsd-exporter-${cluster}`,
        prometheus: `application-${cluster}`,
    };
}

/** The processes of a customer that send by themselves, and not through its agents. */
export function pushSenders({ name }: LocalCustomer): string[] {
    const { gateway, prometheus } = processes(name);
    return [gateway, prometheus];
}

/** A collector of the log that an application of a customer's writes to a file. */
export function planLogCollector(
    ground: Ground,
    customer: LocalCustomer,
    observers: LocalObserver[],
): { files: PlannedFile[]; processes: ProcessPlan[] } {
    const name = `alloy-${customer.name}`;
    const file = ground.configuration(`${name}.alloy`);
    return {
        files: [
            { path: ground.applicationLog(customer.name), content: "" },
            {
                path: file,
                content: fileCollectorConfig(
                    {
                        cluster: customer.name,
                        externalLabels: {},
                        collection: { sources: ["pods"], excludeNamespaces: [], personalData: ["emails"], redact: [] },
                        events: baseMonitors.events,
                        destinations: observers.map((observer) => ({
                            name: observer.name,
                            tenantsUrl: tenantsUrl(observer),
                            caFile: observerCertificates(observer).authority,
                        })),
                        files: customerCertificate(ground, customer),
                    },
                    {
                        glob: ground.applicationLog(customer.name),
                        labels: { namespace: application, app: application },
                    },
                ),
            },
        ],
        processes: [
            {
                name,
                program: "alloy",
                args: [
                    "run",
                    `--storage.path=${ground.data(name)}`,
                    `--server.http.listen-addr=${ground.address(name)}`,
                    "--disable-reporting",
                    file,
                ],
                ready: `${ground.url(name)}/-/ready`,
            },
        ],
    };
}

/** What takes a customer's pushed metrics: an OTLP gateway, and an application's statsd_exporter with its own Prometheus. */
export function planPushing(
    ground: Ground,
    customer: LocalCustomer,
    observers: LocalObserver[],
): { files: PlannedFile[]; processes: ProcessPlan[] } {
    const { gateway, statsd, prometheus } = processes(customer.name);
    const ownJob = applicationObjects(application).prometheusService;
    const files = {
        gateway: ground.configuration(`${gateway}.yml`),
        mapping: ground.configuration(`${statsd}.yml`),
        prometheus: ground.configuration(`${prometheus}.yml`),
    };
    const cluster = { name: customer.name, externalLabels: {} };
    const destinations = observers.map((observer) => ({
        name: observer.name,
        url: remoteWriteTo(observer, observer.routers[0] ?? ""),
        ca: observerCertificates(observer).authority,
    }));
    const certificate = customerCertificate(ground, customer);
    return {
        files: [
            {
                path: files.gateway,
                content: stringify(
                    otlpGatewayConfig(
                        { replicas: 1, memory: "512Mi", attributes: {}, resourceAttributes: ["device.id"], drop: [] },
                        {
                            cluster,
                            host: loopback,
                            ports: {
                                grpc: ground.port(gateway, "otlp-grpc"),
                                http: ground.port(gateway, "otlp-http"),
                                health: ground.port(gateway, "health"),
                                metrics: ground.port(gateway, "http"),
                            },
                            files: certificate,
                            destinations,
                            kubernetes: false,
                        },
                    ),
                ),
            },
            { path: files.mapping, content: stringify(statsdMapping) },
            {
                path: files.prometheus,
                content: stringify({
                    global: {
                        scrape_interval: scrapeInterval,
                        external_labels: {
                            ...agentLabels(cluster),
                            [applicationLabel]: applicationInstance(customer.name, application),
                            prometheus_replica: `${prometheus}-0`,
                        },
                    },
                    scrape_configs: [
                        {
                            job_name: application,
                            static_configs: [
                                {
                                    targets: [ground.address(statsd)],
                                    labels: { namespace: application, service: "api" },
                                },
                            ],
                        },
                        {
                            job_name: ownJob,
                            static_configs: [
                                { targets: [ground.address(prometheus)], labels: { namespace: application } },
                            ],
                        },
                    ],
                    remote_write: destinations.map((destination) =>
                        remoteWriteConfig({ ...destination, relabelings: applicationRelabelings(ownJob) }, certificate),
                    ),
                }),
            },
        ],
        processes: [
            {
                name: gateway,
                program: "otelcol",
                args: [`--config=${files.gateway}`, ...otlpArguments],
                ready: `http://${ground.address(gateway, "health")}/`,
            },
            {
                name: statsd,
                program: "statsd_exporter",
                args: statsdExporter({
                    statsd: ground.address(statsd, "statsd"),
                    http: ground.address(statsd),
                    mappingFile: files.mapping,
                }),
                ready: `${ground.url(statsd)}/-/ready`,
            },
            {
                name: prometheus,
                program: "prometheus",
                args: [
                    `--config.file=${files.prometheus}`,
                    `--storage.tsdb.path=${ground.data(prometheus)}`,
                    `--web.listen-address=${ground.address(prometheus)}`,
                ],
                ready: `${ground.url(prometheus)}/-/ready`,
            },
        ],
    };
}
