import { once } from "node:events";
import { appendFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { loopback } from "./ports";
import type { Supervisor } from "./supervisor";

/** What Alertmanager sent to one of the fleet's receivers. */
export interface Notification {
    /** When it came, RFC 3339. */
    at: string;
    receiver: string;
    /** Alertmanager's webhook body. */
    body: { status?: string; alerts?: { labels: Record<string, string> }[] };
}

/** A fleet, as far as it can be controlled while it runs. */
export interface Controlled {
    supervisor: Supervisor;
    offboard: (customer: string) => Promise<void>;
}

/**
 * The fleet's own HTTP server: takes Alertmanager's notifications, and kills and starts processes for whoever wants to
 * see what the platform does about it.
 *
 *     POST   /notify/<receiver>    a notification, from Alertmanager
 *     GET    /notifications        all that came
 *     GET    /processes            what runs
 *     DELETE /processes/<name>     kills one (SIGKILL)
 *     PUT    /processes/<name>     starts it again, returns when it is ready
 *     DELETE /customers/<name>     offboards a customer
 */
export class Switchboard {
    private readonly received: Notification[] = [];
    private readonly server: Server;
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
    controls(controlled: Controlled): void {
        this.controlled = controlled;
    }

    /** The server's URL. */
    get url(): string {
        const address = this.server.address();
        return typeof address === "object" && address !== null ? `http://${loopback}:${address.port}` : "";
    }

    /** Where Alertmanager sends what is for `receiver`. */
    notifyUrl(receiver: string): string {
        return `${this.url}/notify/${receiver}`;
    }

    private async answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
        const [, collection, name] = new URL(request.url ?? "/", this.url).pathname.split("/");
        switch (`${request.method} ${collection}`) {
            case "POST notify":
                await this.notified(name ?? "", await text(request));
                return { status: 200, body: {} };
            case "GET notifications":
                return { status: 200, body: this.received };
            case "GET processes":
                return { status: 200, body: this.controlled?.supervisor.processes() ?? [] };
            case "DELETE processes":
                await this.controlled?.supervisor.kill(name ?? "");
                return { status: 200, body: {} };
            case "PUT processes":
                await this.controlled?.supervisor.startAgain(name ?? "");
                return { status: 200, body: {} };
            case "DELETE customers":
                await this.controlled?.offboard(name ?? "");
                return { status: 200, body: {} };
            default:
                return {
                    status: 404,
                    body: { error: `no ${request.method} ${request.url}; see local/switchboard.ts` },
                };
        }
    }

    private async notified(receiver: string, text: string): Promise<void> {
        const notification = { at: new Date().toISOString(), receiver, body: JSON.parse(text) as Notification["body"] };
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
