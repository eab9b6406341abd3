import { join } from "node:path";
import { loopback, type PortSource } from "./ports";

/** What a process listens for on a port of its own. */
export type Purpose = "http" | "grpc" | "capnproto" | "remote-write" | "health" | "statsd" | "otlp-grpc" | "otlp-http";

/** Where the processes of a fleet stand: a directory for their files, and an address for each of their listeners. */
export class Ground {
    constructor(
        /** Everything that the fleet writes lies below it. */
        readonly directory: string,
        private readonly source: PortSource,
        private readonly prefix = "",
        private readonly ports = new Map<string, Map<Purpose, number>>(),
    ) {}

    /** The part of the ground where one of several observers stands: names of its processes and files begin with its own. */
    of(observer: string): Ground {
        return new Ground(this.directory, this.source, `${this.prefix}${observer}-`, this.ports);
    }

    /** What a process is called in the whole fleet. */
    name(process: string): string {
        return `${this.prefix}${process}`;
    }

    /** The port of a listener; the first to ask, be it the process or one of its clients, settles it. */
    port(process: string, purpose: Purpose = "http"): number {
        const name = this.name(process);
        const ports = this.ports.get(name) ?? new Map<Purpose, number>();
        this.ports.set(name, ports);
        const port = ports.get(purpose) ?? this.source.take();
        ports.set(purpose, port);
        return port;
    }

    /** host:port of a listener. */
    address(process: string, purpose: Purpose = "http"): string {
        return `${loopback}:${this.port(process, purpose)}`;
    }

    /** The URL of a process' HTTP listener. */
    url(process: string): string {
        return `http://${this.address(process)}`;
    }

    /** The ports of a process. */
    portsOf(process: string): number[] {
        return [...(this.ports.get(this.name(process))?.values() ?? [])];
    }

    /** Where a process keeps its data. */
    data(process: string): string {
        return join(this.directory, "data", this.name(process));
    }

    /** What a process wrote to its standard output and error. */
    log(process: string): string {
        return join(this.directory, "logs", `${this.name(process)}.log`);
    }

    /** The directory of all configuration files. */
    get configurations(): string {
        return join(this.directory, "configuration");
    }

    /** A configuration file. */
    configuration(file: string): string {
        return join(this.configurations, this.name(file));
    }

    /** A certificate or its key. */
    certificate(file: string): string {
        return join(this.directory, "certificates", this.name(file));
    }

    /** The directory of alert receivers' secrets. */
    get receiverSecrets(): string {
        return join(this.directory, this.name("alert-receivers"));
    }

    /** The bucket. */
    get bucket(): string {
        return join(this.directory, this.name("bucket"));
    }

    /** What an application of a customer's logs. */
    applicationLog(cluster: string): string {
        return join(this.directory, "application-logs", `${cluster}.log`);
    }

    /** Where node-exporter finds metrics in files. */
    get textfiles(): string {
        return join(this.directory, "textfiles");
    }

    /** What Alertmanager sent, a line each. */
    get notifications(): string {
        return join(this.directory, "notifications.jsonl");
    }
}
