import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { createAuthority, issue } from "../../local/certificates";
import { authorityTerms, clientTerms, serverTerms } from "../../platform/certificates";
import { servesTenants, tenantGatewayConfig } from "../../platform/tenantGateway";
import { freePort } from "../live/freePort";
import { upstreamProgram } from "../upstreamProgram";

const places = {
    listen: "0.0.0.0:8443",
    health: "0.0.0.0:8080",
    serverCertificate: "/tls.crt",
    serverKey: "/tls.key",
    clientCa: "/ca.crt",
    query: "query:9090",
};

describe("the configuration", () => {
    test("has no admin API, keeps nothing, and asks nobody for a certificate", () => {
        const { admin, apps } = tenantGatewayConfig(places);
        expect(admin).toEqual({ disabled: true, config: { persist: false } });
        expect(apps.tls).not.toHaveProperty("automation");
        for (const server of Object.values(apps.http.servers)) {
            expect(server.automatic_https).toEqual({ disable: true });
        }
    });

    test("lets nobody in whom the authorities do not know", () => {
        expect(tenantGatewayConfig(places).apps.http.servers.tenants.tls_connection_policies).toMatchObject([
            {
                protocol_min: "tls1.2",
                client_authentication: {
                    mode: "require_and_verify",
                    ca: { provider: "file", pem_files: ["/ca.crt"] },
                },
            },
        ]);
    });

    test("knows no Loki where there is none", () => {
        expect(JSON.stringify(tenantGatewayConfig(places))).not.toContain("/loki/");
        expect(JSON.stringify(tenantGatewayConfig({ ...places, loki: "loki:3100" }))).toContain("loki:3100");
    });
});

test.each([
    ["nobody asks for it", {}, false],
    ["it is enabled", { ingress: { tenants: { enabled: true } } }, true],
    ["logs are kept", { logs: { enabled: true } }, true],
    ["people of tenants sign in", { auth: { oidc: { tenants: { acme: {} } } } }, true],
    ["people sign in and none is a tenant's", { auth: { oidc: { tenants: {} } } }, false],
])("whether there is a gateway: %s", (_, asked, served) => {
    const nothing = { ingress: { tenants: { enabled: false } }, logs: { enabled: false }, auth: {} };
    expect(servesTenants({ ...nothing, ...asked })).toBe(served);
});

const caddy = upstreamProgram("caddy");
const missing = ["caddy", "openssl"].filter((name) => upstreamProgram(name) === undefined);
const describeCaddy = missing.length === 0 ? describe : describe.skip;
const title = "Caddy with this configuration";

describeCaddy(missing.length === 0 ? title : `${title} (skipped: ${missing.join(", ")} not found)`, () => {
    const directory = mkdtempSync(join(tmpdir(), "tenant-gateway-"));
    const file = (name: string) => join(directory, name);
    let gateway: ChildProcess;
    let port = 0;
    let health = 0;
    let log = "";
    const upstreams: Record<string, Server> = {};

    /** What came through to an upstream. */
    interface Seen {
        upstream: string;
        method: string;
        url: string;
        headers: IncomingHttpHeaders;
        rawHeaders: string[];
        bytes: number;
    }
    const seen: Seen[] = [];

    beforeAll(async () => {
        const authority = await createAuthority(authorityTerms("test"));
        const stranger = await createAuthority(authorityTerms("test"));
        const write = (name: string, { certificate, key }: { certificate: string; key: string }) => {
            writeFileSync(file(`${name}.crt`), certificate);
            writeFileSync(file(`${name}.key`), key);
        };
        write("authority", authority);
        write("server", await issue(serverTerms(["tenants.example.org", "127.0.0.1"]), authority));
        write("acme", await issue(clientTerms("acme"), authority));
        write("globex", await issue(clientTerms("globex"), authority));
        write("stranger", await issue(clientTerms("acme"), stranger));
        for (const [name, subject] of Object.entries({ ...subjects, reader: "/CN=acme/OU=reader" })) {
            signedByOpenssl(name, subject);
        }
        for (const name of ["query", "loki"]) {
            upstreams[name] = await echo(name);
        }
        [port, health] = [await freePort(), await freePort()];
        const config = tenantGatewayConfig({
            listen: `127.0.0.1:${port}`,
            health: `127.0.0.1:${health}`,
            serverCertificate: file("server.crt"),
            serverKey: file("server.key"),
            clientCa: file("authority.crt"),
            query: address(upstreams["query"]),
            loki: address(upstreams["loki"]),
        });
        writeFileSync(file("caddy.json"), JSON.stringify(config));
        const home = { HOME: directory, XDG_CONFIG_HOME: directory, XDG_DATA_HOME: directory };
        gateway = spawn(caddy ?? "caddy", ["run", "--config", file("caddy.json")], { env: home });
        gateway.stderr?.on("data", (text: Buffer) => (log += text.toString()));
        await ready();
    }, 60_000);

    afterAll(async () => {
        if (gateway.kill("SIGKILL")) {
            await once(gateway, "exit");
        }
        for (const server of Object.values(upstreams)) {
            server.closeAllConnections();
            server.close();
        }
        rmSync(directory, { recursive: true });
    });

    beforeEach(() => void seen.splice(0));

    /** Subjects that the environment's authority would never sign, and a further authority might. */
    const subjects: Record<string, string> = {
        bar: "/CN=acme|globex",
        organization: "/O=acme",
        unit: "/CN=acme/OU=globex",
        units: "/CN=acme/OU=reader/OU=globex",
        beside: "/CN=acme/OU=reader/O=globex",
        unitless: "/CN=acme\\,OU=reader",
        nested: "/O=x,CN=acme",
        escaped: "/CN=globex\\,CN=acme",
        capital: "/CN=Acme",
        dots: "/CN=..",
        placeholder: "/CN={env.HOME}",
        newline: "/CN=acme\nglobex",
    };

    function signedByOpenssl(name: string, subject: string): void {
        const run = (...args: string[]) => execFileSync("openssl", args, { cwd: directory, stdio: "pipe" });
        const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        run("req", "-utf8", ...curve, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", subject);
        writeFileSync(file("client.ext"), "extendedKeyUsage=clientAuth\n");
        const signer = ["-CA", "authority.crt", "-CAkey", "authority.key", "-CAcreateserial"];
        run("x509", "-req", "-in", `${name}.csr`, ...signer, "-out", `${name}.crt`, "-extfile", "client.ext");
    }

    async function echo(upstream: string): Promise<Server> {
        const server = createServer((message: IncomingMessage, response) => {
            let bytes = 0;
            message.on("data", (chunk: Buffer) => (bytes += chunk.length));
            message.on("end", () => {
                const { method = "", url = "", headers, rawHeaders } = message;
                seen.push({ upstream, method, url, headers, rawHeaders, bytes });
                response.end("answered");
            });
        });
        // What agrees to any change of protocol.
        server.on("upgrade", ({ method = "", url = "", headers, rawHeaders }: IncomingMessage, socket) => {
            seen.push({ upstream, method, url, headers, rawHeaders, bytes: 0 });
            socket.end(
                `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${headers.upgrade ?? ""}\r\n\r\n`,
            );
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        return server;
    }

    function address(server: Server | undefined): string {
        return `127.0.0.1:${(server?.address() as AddressInfo).port}`;
    }

    async function ready(): Promise<void> {
        for (let attempt = 0; attempt < 200; attempt++) {
            const { ok } = await fetch(`http://127.0.0.1:${health}/ready`).catch(() => ({ ok: false }));
            if (ok) {
                return;
            }
            await new Promise((done) => setTimeout(done, 50));
        }
        throw new Error(`Caddy does not become ready: ${log}`);
    }

    interface Asked {
        as?: string;
        method?: string;
        headers?: Record<string, string | string[]>;
        body?: Buffer | string;
    }

    /** The status of a request with the certificate `as`, none where it is "". */
    async function ask(path: string, { as = "acme", method = "GET", headers = {}, body }: Asked = {}): Promise<number> {
        const sent = request({
            host: "127.0.0.1",
            port,
            path,
            method,
            headers,
            agent: false,
            ca: readFileSync(file("authority.crt")),
            ...(as === "" ? {} : { cert: readFileSync(file(`${as}.crt`)), key: readFileSync(file(`${as}.key`)) }),
        });
        const status = new Promise<number>((done, fail) => {
            sent.on("response", (response) => {
                response.resume().on("end", () => done(response.statusCode ?? 0));
            });
            sent.on("upgrade", (response: IncomingMessage, socket) => {
                socket.destroy();
                done(response.statusCode ?? 0);
            });
            sent.on("error", fail);
        });
        sent.end(body);
        return await status;
    }

    /** Everything that Caddy answers to bytes that no client library would send. */
    async function raw(text: string): Promise<string> {
        const socket = connect({
            host: "127.0.0.1",
            port,
            ca: readFileSync(file("authority.crt")),
            cert: readFileSync(file("acme.crt")),
            key: readFileSync(file("acme.key")),
        });
        let answer = "";
        socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
        await once(socket, "secureConnect");
        socket.write(text);
        await Promise.race([once(socket, "close"), new Promise((done) => setTimeout(done, 1000))]);
        socket.destroy();
        return answer;
    }

    test.each(["acme", "globex"])("names %s by its certificate", async (tenant) => {
        expect(await ask("/api/v1/query?query=up", { as: tenant })).toBe(200);
        expect(await ask("/loki/api/v1/push", { as: tenant, method: "POST", body: "{}" })).toBe(200);
        expect(
            seen.map(({ upstream, url, headers }) => [
                upstream,
                url,
                headers["thanos-tenant"],
                headers["x-scope-orgid"],
            ]),
        ).toEqual([
            ["query", "/api/v1/query?query=up", tenant, tenant],
            ["loki", "/loki/api/v1/push", tenant, tenant],
        ]);
    });

    test("takes nothing from who may only read, and answers him as his tenant", async () => {
        expect(await ask("/loki/api/v1/push", { as: "reader", method: "POST", body: "{}" })).toBe(404);
        expect(seen).toEqual([]);
        expect(await ask("/api/v1/query?query=up", { as: "reader" })).toBe(200);
        expect(await ask("/loki/api/v1/query_range?query={}", { as: "reader" })).toBe(200);
        expect(seen.map(({ headers }) => [headers["thanos-tenant"], headers["x-scope-orgid"]])).toEqual([
            ["acme", "acme"],
            ["acme", "acme"],
        ]);
    });

    test.each(Object.keys(subjects))("does not guess a tenant from the subject of %s", async (as) => {
        expect(await ask("/api/v1/query?query=up", { as })).toBe(403);
        expect(seen).toEqual([]);
    });

    test.each(["", "stranger"])("shakes no hand with the certificate '%s'", async (as) => {
        await expect(ask("/api/v1/query?query=up", { as })).rejects.toThrow();
        expect(seen).toEqual([]);
    });

    test("shakes no hand below TLS 1.2", async () => {
        // Else OpenSSL would not even ask.
        const ciphers = "DEFAULT@SECLEVEL=0";
        const versions = { minVersion: "TLSv1", maxVersion: "TLSv1.1" } as const;
        const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ciphers, ...versions });
        await expect(once(socket, "secureConnect")).rejects.toThrow(/alert protocol version/);
    });

    test.each<[string, Record<string, string | string[]>]>([
        ["the header itself", { "THANOS-TENANT": "globex", "X-Scope-OrgID": "globex" }],
        ["another case", { "thanos-tenant": "globex", "X-SCOPE-ORGID": "globex" }],
        ["twice", { "THANOS-TENANT": ["globex", "acme"], "X-Scope-OrgID": ["acme", "globex"] }],
        ["several tenants of Loki", { "X-Scope-OrgID": "acme|globex" }],
        ["underscores", { THANOS_TENANT: "globex", X_Scope_OrgID: "globex" }],
        ["headers to be taken out", { Connection: "THANOS-TENANT, X-Scope-OrgID", "THANOS-TENANT": "globex" }],
        ["a proxy's headers", { "X-Forwarded-For": "1.2.3.4", "X-Forwarded-User": "globex", Forwarded: "for=globex" }],
        ["somebody's password", { Authorization: "Basic Z2xvYmV4Ong=", Cookie: "tenant=globex" }],
    ])("overrules %s", async (_, headers) => {
        for (const path of ["/api/v1/query?query=up", "/loki/api/v1/query?query=up"]) {
            expect(await ask(path, { headers })).toBe(200);
        }
        for (const { headers: passed, rawHeaders } of seen) {
            expect(passed).toMatchObject({ "thanos-tenant": "acme", "x-scope-orgid": "acme" });
            expect(rawHeaders.filter((name) => /tenant|orgid/i.test(name))).toHaveLength(2);
            expect(rawHeaders.join("\n")).not.toMatch(/globex|Z2xvYmV4|x-forwarded|^forwarded/im);
        }
        expect(seen).toHaveLength(2);
    });

    test.each([
        ["GET", "/api/v1/query?query=up"],
        ["POST", "/api/v1/query_range"],
        ["GET", "/api/v1/series?match[]=up"],
        ["POST", "/api/v1/labels"],
        ["GET", "/api/v1/label/__name__/values"],
        ["GET", "/api/v1/status/buildinfo"],
        ["GET", "/loki/api/v1/query_range?query={}"],
        ["POST", "/loki/api/v1/push"],
        ["GET", "/loki/api/v1/label/pod/values"],
        ["GET", "/loki/api/v1/index/volume_range"],
    ])("lets %s %s through, as it was", async (method, path) => {
        expect(await ask(path, { method })).toBe(200);
        expect(seen).toMatchObject([
            {
                upstream: path.startsWith("/loki") ? "loki" : "query",
                method,
                url: path,
            },
        ]);
    });

    test.each([
        ["GET", "/"],
        ["GET", "/metrics"],
        ["GET", "/ready"],
        ["GET", "/config/"],
        ["GET", "/api/v1/stores"],
        ["GET", "/api/v1/rules"],
        ["GET", "/api/v1/alerts"],
        ["GET", "/api/v1/targets"],
        ["GET", "/api/v1/metadata"],
        ["GET", "/api/v1/query_exemplars?query=up"],
        ["GET", "/api/v1/query_explain?query=up"],
        ["GET", "/api/v1/status/flags"],
        ["GET", "/api/v1/status/tsdb"],
        ["GET", "/-/ready"],
        ["POST", "/api/v1/receive"],
        ["DELETE", "/api/v1/series"],
        ["PUT", "/api/v1/query"],
        ["GET", "/loki/api/v1/push"],
        ["POST", "/loki/api/v1/delete?query={}"],
        ["GET", "/loki/api/v1/rules"],
        ["GET", "/loki/api/v1/tail?query={}"],
        ["GET", "/config"],
        ["GET", "/services"],
        ["POST", "/flush"],
        ["GET", "/debug/pprof/"],
        ["GET", "/api/v1/query/"],
        ["GET", "//api/v1/query"],
        ["GET", "/api//v1/query"],
        ["GET", "/api/v1/%71uery"],
        ["GET", "/api/v1%2fquery"],
        ["GET", "/api/v1/query%2f..%2fstores"],
        ["GET", "/api/v1/query/../stores"],
        ["GET", "/api/v1/stores/../query"],
        ["GET", "/api/v1/stores/%2e%2e/query"],
        ["GET", "/api/v1/label/../stores/values"],
        ["GET", "/api/v1/label/a%2f..%2f..%2fstores/values"],
        ["GET", "/api/v1/label/a/b/values"],
        ["GET", "/loki/api/v1/push;/../delete"],
        ["GET", "/API/v1/query"],
        ["GET", "/api/v1/query%3f"],
        ["GET", "/api/v1/stores?/api/v1/query"],
        ["GET", "/api/v1/stores%23/api/v1/query"],
    ])("knows no %s %s", async (method, path) => {
        expect(await ask(path, { method })).toBe(404);
        expect(seen).toEqual([]);
    });

    test("knows a path by what stands in the request, whatever host stands before it", async () => {
        const line = (target: string) => `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`;
        expect(await raw(line("https://elsewhere/api/v1/stores"))).toMatch(/^HTTP\/1.1 404/);
        expect(await raw(line("https://elsewhere/api/v1/query"))).toMatch(/^HTTP\/1.1 200/);
        expect(seen).toMatchObject([{ upstream: "query", url: "/api/v1/query" }]);
    });

    test("passes one request where two are hidden in one", async () => {
        const inner = "GET /api/v1/stores HTTP/1.1\r\nHost: x\r\nTHANOS-TENANT: globex\r\n\r\n";
        const head = "POST /api/v1/query HTTP/1.1\r\nHost: x\r\n";
        await raw(`${head}Content-Length: ${inner.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`);
        await raw(`${head}Content-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`);
        expect(seen.filter(({ url }) => url !== "/api/v1/query")).toEqual([]);
        expect(seen.filter(({ headers }) => headers["thanos-tenant"] !== "acme")).toEqual([]);
    });

    test("opens a WebSocket to follow logs, for the certificate's tenant", async () => {
        const headers = {
            Connection: "Upgrade, X-Scope-OrgID",
            Upgrade: "websocket",
            "Sec-WebSocket-Key": "eHh4eHh4eHh4eHh4eHh4eA==",
            "Sec-WebSocket-Version": "13",
            "X-Scope-OrgID": "globex",
        };
        expect(await ask("/loki/api/v1/tail?query=x", { headers })).toBe(101);
        expect(seen).toMatchObject([{ upstream: "loki", headers: { "x-scope-orgid": "acme", upgrade: "websocket" } }]);
    });

    test.each(["h2c", "websocket"])("opens no tunnel of %s anywhere else", async (protocol) => {
        const headers = {
            Connection: "Upgrade, HTTP2-Settings",
            Upgrade: protocol,
            "HTTP2-Settings": "AAMAAABkAAQAAP__",
        };
        expect(await ask("/api/v1/query?query=up", { headers })).toBe(200);
        expect(seen).toHaveLength(1);
        expect(seen[0]?.headers).not.toHaveProperty("upgrade");
        const tail = protocol === "h2c" ? await ask("/loki/api/v1/tail?query=x", { headers }) : 404;
        expect(tail).toBe(404);
    });

    test.each([
        ["/loki/api/v1/push", 16],
        ["/loki/api/v1/query", 1],
        ["/api/v1/query", 1],
    ])("takes no body for %s above %d MiB", async (path, mebibytes) => {
        const headers = { "Transfer-Encoding": "chunked" };
        expect(await ask(path, { method: "POST", headers, body: Buffer.alloc(mebibytes * 1024 * 1024) })).toBe(200);
        expect(seen).toMatchObject([{ bytes: mebibytes * 1024 * 1024 }]);
        expect(await ask(path, { method: "POST", headers, body: Buffer.alloc(mebibytes * 1024 * 1024 + 1) })).toBe(413);
        expect(seen).toHaveLength(1);
    });

    test("is ready, and tells its own metrics, to whoever is inside", async () => {
        const metrics = await (await fetch(`http://127.0.0.1:${health}/metrics`)).text();
        expect(metrics).toMatch(/^caddy_http_requests_total\{/m);
        expect((await fetch(`http://127.0.0.1:${health}/api/v1/query`)).status).toBe(404);
    });

    test("logs who asked for what, and neither headers nor the question", async () => {
        const headers = {
            Authorization: "canary-password",
            "X-Scope-OrgID": "canary-tenant",
            "User-Agent": "canary-agent",
        };
        await ask("/api/v1/query_range?query=canary_metric", { headers });
        await new Promise((done) => setTimeout(done, 200));
        const entries = log
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as { tenant?: string; status?: number; request?: { uri?: string } });
        expect(entries.filter(({ request }) => request?.uri === "/api/v1/query_range").at(-1)).toMatchObject({
            tenant: "acme",
            status: 200,
        });
        expect(log).not.toMatch(/canary|Authorization|User-Agent/);
    });
});
