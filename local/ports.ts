import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** The only address that anything of the local fleet listens on. */
export const loopback = "127.0.0.1";

/** Gives out ports that are nobody else's. */
export interface PortSource {
    /** A port that was not given out before. */
    take(): number;
}

/**
 * Free ports, all held until their processes start: they lie in the range that the system also takes client ports from,
 * and what is let go early is soon somebody's.
 */
export class HeldPorts implements PortSource {
    private readonly free: number[];

    private constructor(private readonly servers: Map<number, Server>) {
        this.free = [...servers.keys()];
    }

    /** Holds `count` free ports. */
    static async hold(count: number): Promise<HeldPorts> {
        const servers = await Promise.all(Array.from({ length: count }, listen));
        return new HeldPorts(new Map(servers.map((server) => [portOf(server), server])));
    }

    take(): number {
        const port = this.free.pop();
        if (port === undefined) {
            throw new Error(`all ${this.servers.size} ports are given out; hold more of them in local/fleet.ts`);
        }
        return port;
    }

    /** Lets go of `ports`, for a process that binds them now. */
    async release(ports: Iterable<number>): Promise<void> {
        await Promise.all([...ports].map((port) => this.close(port)));
    }

    /** Lets go of all ports that nobody took. */
    async releaseRest(): Promise<void> {
        await this.release(this.free.splice(0));
    }

    private async close(port: number): Promise<void> {
        const server = this.servers.get(port);
        this.servers.delete(port);
        if (server !== undefined) {
            server.close();
            await once(server, "close");
        }
    }
}

async function listen(): Promise<Server> {
    // Whoever calls a port before its process is there is refused.
    const server = createServer((socket) => socket.destroy());
    server.listen(0, loopback);
    await once(server, "listening");
    return server.unref();
}

function portOf(server: Server): number {
    const address = server.address();
    if (address === null || typeof address === "string") {
        throw new Error("a server that listens on a port has no port; this is a defect of local/ports.ts");
    }
    return address.port;
}
