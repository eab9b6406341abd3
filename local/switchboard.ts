import { once } from "node:events";
import { appendFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { loopback } from "./ports";
import type { Supervisor } from "./supervisor";

/** What an Alertmanager sent to one of the fleet's receivers. */
export interface Notification {
    /** When it came, RFC 3339. */
    at: string;
    /** Whose Alertmanager sent it. */
    observer: string;
    receiver: string;
    /** Alertmanager's webhook body. */
    body: { status?: string; alerts?: { labels: Record<string, string> }[] };
}

/** A fleet, as far as it can be controlled while it runs. */
export interface Controlled {
    offboard: (customer: string) => Promise<void>;
    killObserver: (name: string) => Promise<void>;
    startObserver: (name: string) => Promise<void>;
}

/**
 * The fleet's own HTTP server: takes Alertmanager's notifications, and kills and starts processes for whoever wants to
 * see what the platform does about it.
 *
 *     POST   /notify/<observer>/<receiver>    a notification, from the observer's Alertmanager
 *     GET    /notifications                   all that came
 *     GET    /processes                       what runs
 *     DELETE /processes/<name>                kills one (SIGKILL)
 *     PUT    /processes/<name>                starts it again, returns when it is ready
 *     DELETE /observers/<name>                kills every process of an observer at once (SIGKILL)
 *     PUT    /observers/<name>                starts them again, returns when all are ready
 *     DELETE /customers/<name>                offboards a customer
 */
export class Switchboard {
    private readonly received: Notification[] = [];
    private readonly server: Server;
    private supervisor: Supervisor | undefined;
    private controlled: Controlled | undefined;

    constructor(
        private readonly notificationsFile: string,
        private readonly arrived: (notification: Notification) => void,
    ) {
        this.server = createServer((request, response) => {
            this.answer(request)
                .then(({ status, body }) => respond(response, status, body))
                .catch((error: unknown) => respond(response, 500, { error: String(error) }));
        });
    }

    /** Starts to listen. */
    async listen(): Promise<void> {
        this.server.listen(0, loopback);
        await once(this.server, "listening");
        this.server.unref();
    }

    /** What is controlled from here. */
    controls(supervisor: Supervisor, controlled: Controlled): void {
        this.supervisor = supervisor;
        this.controlled = controlled;
    }

    /** The server's URL. */
    get url(): string {
        const address = this.server.address();
        return typeof address === "object" && address !== null ? `http://${loopback}:${address.port}` : "";
    }

    /** Where the Alertmanager of `observer` sends what is for `receiver`. */
    notifyUrl(observer: string, receiver: string): string {
        return `${this.url}/notify/${observer}/${receiver}`;
    }

    private async answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
        const [, collection, name = "", receiver = ""] = new URL(request.url ?? "/", this.url).pathname.split("/");
        switch (`${request.method} ${collection}`) {
            case "POST notify":
                await this.notified({ observer: name, receiver }, await text(request));
                return { status: 200, body: {} };
            case "GET notifications":
                return { status: 200, body: this.received };
            case "GET processes":
                return { status: 200, body: this.supervisor?.processes() ?? [] };
            case "DELETE processes":
                await this.supervisor?.kill(name);
                return { status: 200, body: {} };
            case "PUT processes":
                await this.supervisor?.startAgain(name);
                return { status: 200, body: {} };
            case "DELETE observers":
                await this.controlled?.killObserver(name);
                return { status: 200, body: {} };
            case "PUT observers":
                await this.controlled?.startObserver(name);
                return { status: 200, body: {} };
            case "DELETE customers":
                await this.controlled?.offboard(name);
                return { status: 200, body: {} };
            default:
                return {
                    status: 404,
                    body: { error: `no ${request.method} ${request.url}; see local/switchboard.ts` },
                };
        }
    }

    private async notified(from: Pick<Notification, "observer" | "receiver">, text: string): Promise<void> {
        const body = JSON.parse(text) as Notification["body"];
        const notification = { at: new Date().toISOString(), ...from, body };
        this.received.push(notification);
        await appendFile(this.notificationsFile, `${JSON.stringify(notification)}\n`);
        this.arrived(notification);
    }
}

async function text(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString("utf8");
}

function respond(response: ServerResponse, status: number, body: unknown): void {
    response.writeHead(status, { "content-type": "application/json" }).end(`${JSON.stringify(body)}\n`);
}
