import { once } from "node:events";
import { createServer } from "node:net";
import { HeldPorts, loopback } from "../../local/ports";

const bind = async (port: number) => {
    const server = createServer().listen(port, loopback);
    await once(server, "listening");
    server.close();
    await once(server, "close");
};

describe("HeldPorts", () => {
    it("gives every port once, holds it until it is let go, and then it is free", async () => {
        const ports = await HeldPorts.hold(20);
        const taken = Array.from({ length: 20 }, () => ports.take());
        expect(new Set(taken).size).toBe(20);
        const [first = 0, second = 0] = taken;
        await ports.release([first]);
        await bind(first);
        await expect(bind(second)).rejects.toThrow("EADDRINUSE");
        await ports.release(taken);
        await bind(second);
    });

    it("says so when there are no more", async () => {
        const ports = await HeldPorts.hold(1);
        await ports.release([ports.take()]);
        expect(() => ports.take()).toThrow("hold more of them");
    });

    it("lets go of what nobody took", async () => {
        const ports = await HeldPorts.hold(2);
        const taken = ports.take();
        await ports.releaseRest();
        await expect(bind(taken)).rejects.toThrow("EADDRINUSE");
        await ports.release([taken]);
    });
});
