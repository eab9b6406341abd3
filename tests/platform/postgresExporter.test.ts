import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresExporter, postgresExporterEnvironment } from "../../platform/postgres";
import { freePort } from "../live/freePort";
import { eventually } from "../live/runningFleet";
import { itWith, upstreamProgram } from "../upstreamProgram";

/** Who came, and with what password, as PostgreSQL's protocol 3.0 says it. */
interface SignIn {
    user?: string;
    database?: string;
    password?: string;
}

const password = "canary-of-the-database";
const directory = mkdtempSync(join(tmpdir(), "postgres-exporter-"));
const passwordFile = join(directory, "password");
writeFileSync(passwordFile, password);

const signIns: SignIn[] = [];
let doorkeeper: Server;
let exporter: ChildProcess | undefined;
let log = "";

beforeAll(async () => {
    doorkeeper = createServer(askForPassword);
    await once(doorkeeper.listen(0, "127.0.0.1"), "listening");
});

afterAll(async () => {
    if (exporter?.kill() === true) {
        await once(exporter, "exit");
    }
    doorkeeper.close();
    rmSync(directory, { recursive: true });
});

/** A PostgreSQL that asks for a password, and lets nobody in. */
function askForPassword(socket: Socket): void {
    const signIn: SignIn = {};
    socket.on("error", () => undefined);
    socket.on("data", (message) => {
        if (signIn.user === undefined) {
            // The length, the version, and pairs that end with a zero each.
            const words = message.subarray(8).toString().split("\0");
            signIn.user = words[words.indexOf("user") + 1];
            signIn.database = words[words.indexOf("database") + 1];
            socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
        } else {
            signIn.password = message.subarray(5, -1).toString();
            signIns.push(signIn);
            const reason = Buffer.from("SFATAL\0C28P01\0Mnot today\0\0");
            const head = Buffer.alloc(5, 0x45);
            head.writeInt32BE(reason.length + 4, 1);
            socket.end(Buffer.concat([head, reason]));
        }
    });
}

itWith("postgres_exporter")("postgres_exporter signs in as config says, and says itself when it cannot", async () => {
    const address = doorkeeper.address();
    const port = typeof address === "object" ? (address?.port ?? 0) : 0;
    const http = `127.0.0.1:${await freePort()}`;
    const database = { host: "127.0.0.1", port, database: "portal", user: "monitor", sslMode: "disable" } as const;
    exporter = spawn(upstreamProgram("postgres_exporter") ?? "", postgresExporter({ http }), {
        env: postgresExporterEnvironment(database, passwordFile),
    });
    exporter.stderr?.on("data", (text: Buffer) => (log += text.toString()));

    // Its probes ask for this, which must not depend on the database.
    await eventually(10, async () => expect((await fetch(`http://${http}/`)).status).toBe(200));
    const metrics = await (await fetch(`http://${http}/metrics`)).text();
    expect(metrics).toMatch(/^pg_up 0$/m);
    expect(metrics).toMatch(/^postgres_exporter_build_info\{/m);
    expect(signIns.length).toBeGreaterThan(0);
    expect(new Set(signIns.map((each) => JSON.stringify(each)))).toEqual(
        new Set([JSON.stringify({ user: "monitor", database: "portal", password })]),
    );
    expect(log).toContain("not today");
    expect(log + metrics).not.toContain(password);
});
