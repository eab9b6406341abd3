import { join } from "node:path";
import { loopback, type PortSource } from "./ports";

/** What a process listens for on a port of its own. */
export type Purpose = "http" | "grpc" | "capnproto" | "remote-write";

/** Where the processes of a fleet stand: a directory for their files, and an address for each of their listeners. */
export class Ground {
    private readonly ports = new Map<string, Map<Purpose, number>>();

    constructor(
        /** Everything that the fleet writes lies below it. */
        readonly directory: string,
        private readonly source: PortSource,
    ) {}

    /** host:port of a listener; the first to ask, be it the process or one of its clients, settles the port. */
    address(process: string, purpose: Purpose = "http"): string {
        const ports = this.ports.get(process) ?? new Map<Purpose, number>();
        this.ports.set(process, ports);
        const port = ports.get(purpose) ?? this.source.take();
        ports.set(purpose, port);
        return `${loopback}:${port}`;
    }

    /** The URL of a process' HTTP listener. */
    url(process: string): string {
        return `http://${this.address(process)}`;
    }

    /** The ports of a process. */
    portsOf(process: string): number[] {
        return [...(this.ports.get(process)?.values() ?? [])];
    }

    /** Where a process keeps its data. */
    data(process: string): string {
        return join(this.directory, "data", process);
    }

    /** What a process wrote to its standard output and error. */
    log(process: string): string {
        return join(this.directory, "logs", `${process}.log`);
    }

    /** A configuration file. */
    configuration(file: string): string {
        return join(this.directory, "configuration", file);
    }

    /** A certificate or its key. */
    certificate(file: string): string {
        return join(this.directory, "certificates", file);
    }

    /** The directory of alert receivers' secrets. */
    get receiverSecrets(): string {
        return join(this.directory, "alert-receivers");
    }

    /** The bucket. */
    get bucket(): string {
        return join(this.directory, "bucket");
    }

    /** What Alertmanager sent, a line each. */
    get notifications(): string {
        return join(this.directory, "notifications.jsonl");
    }
}
