import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isNpmPulumi, programsOnPath } from "../../automation/programsOnPath";
import { freePort } from "./freePort";
import { eventually } from "./runningFleet";

/** The path of a program; undefined when it is not on PATH. */
export function onPath(program: string): string | undefined {
    return programsOnPath(program).find((file) => !isNpmPulumi(file));
}

/** A Kubernetes API server with its etcd, on loopback: it takes every object, and runs none. */
export class ApiServer {
    private readonly directory = mkdtempSync(join(tmpdir(), "api-server-"));
    private readonly token = randomBytes(16).toString("hex");
    private readonly processes: ChildProcess[] = [];

    private constructor(
        /** Its context in a kubeconfig. */
        readonly name: string,
        private readonly ports: { api: number; etcd: number; peers: number },
    ) {}

    /** A server that is not started yet, and whose address is known. */
    static async reserve(name: string): Promise<ApiServer> {
        const [api, etcd, peers] = [await freePort(), await freePort(), await freePort()];
        return new ApiServer(name, { api, etcd, peers });
    }

    get url(): string {
        return `https://127.0.0.1:${this.ports.api}`;
    }

    /** Starts it and returns when it is ready. */
    async start(): Promise<void> {
        const { api, etcd, peers } = this.ports;
        const file = (name: string) => join(this.directory, name);
        const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        writeFileSync(file("sa.key"), privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 });
        writeFileSync(file("sa.pub"), publicKey.export({ format: "pem", type: "spki" }));
        writeFileSync(file("tokens.csv"), `${this.token},admin,admin,"system:masters"`, { mode: 0o600 });
        mkdirSync(file("certificates"));
        this.run("etcd", [
            "--name=test",
            `--data-dir=${file("etcd")}`,
            "--unsafe-no-fsync",
            `--listen-client-urls=http://127.0.0.1:${etcd}`,
            `--advertise-client-urls=http://127.0.0.1:${etcd}`,
            `--listen-peer-urls=http://127.0.0.1:${peers}`,
            `--initial-advertise-peer-urls=http://127.0.0.1:${peers}`,
            `--initial-cluster=test=http://127.0.0.1:${peers}`,
        ]);
        this.run("kube-apiserver", [
            `--etcd-servers=http://127.0.0.1:${etcd}`,
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            `--secure-port=${api}`,
            `--cert-dir=${file("certificates")}`,
            "--service-cluster-ip-range=10.0.0.0/24",
            "--authorization-mode=RBAC",
            `--token-auth-file=${file("tokens.csv")}`,
            "--service-account-issuer=https://test",
            `--service-account-key-file=${file("sa.pub")}`,
            `--service-account-signing-key-file=${file("sa.key")}`,
            "--disable-admission-plugins=ServiceAccount",
            "--endpoint-reconciler-type=none",
        ]);
        await eventually(120, async () => {
            expect(await this.status("/readyz")).toBe(200);
        });
    }

    /** The status of a GET. */
    async status(path: string): Promise<number> {
        const { get } = await import("node:https");
        const ca = existsSync(this.certificate) ? readFileSync(this.certificate) : undefined;
        const request = get(`${this.url}${path}`, { ca, headers: { authorization: `Bearer ${this.token}` } });
        const [response] = (await once(request, "response")) as [{ statusCode?: number; resume(): void }];
        response.resume();
        return response.statusCode ?? 0;
    }

    /** A kubeconfig with a context for each server, as JSON. One that was never started has no certificate to be known by. */
    static kubeconfig(servers: ApiServer[]): string {
        return JSON.stringify({
            apiVersion: "v1",
            kind: "Config",
            clusters: servers.map(({ name, url, certificate }) => ({
                name,
                cluster: {
                    server: url,
                    ...(existsSync(certificate)
                        ? { "certificate-authority-data": readFileSync(certificate).toString("base64") }
                        : {}),
                },
            })),
            users: servers.map(({ name, token }) => ({ name, user: { token } })),
            contexts: servers.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
        });
    }

    async stop(): Promise<void> {
        for (const process of this.processes.reverse()) {
            if (process.exitCode === null && process.signalCode === null) {
                process.kill("SIGKILL");
                await once(process, "exit");
            }
        }
        rmSync(this.directory, { recursive: true });
    }

    private get certificate(): string {
        return join(this.directory, "certificates", "apiserver.crt");
    }

    private run(program: string, args: string[]): void {
        const log = openSync(join(this.directory, `${program}.log`), "w");
        this.processes.push(spawn(onPath(program) ?? program, args, { stdio: ["ignore", log, log] }));
    }
}
