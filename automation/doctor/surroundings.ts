import { execFile } from "node:child_process";
import { lookup } from "node:dns/promises";
import { existsSync } from "node:fs";
import { isIP } from "node:net";
import { homedir } from "node:os";
import { connect as tlsConnect } from "node:tls";
import { programsOnPath } from "../programsOnPath";
import { programDirectory } from "../stackFile";
import { Failure, reason } from "./check";
import { readKubeconfig, type Kubeconfig, type KubeconfigSource } from "./cluster";

/** What a program printed before it ended. */
export interface Ran {
    /** Its exit code. */
    code: number;
    stdout: string;
    stderr: string;
}

/** Everything outside of the doctor: the one way by which checks reach it, so that tests give their own. */
export interface Surroundings {
    /** The environment's variables. Their values are never printed. */
    variables: Readonly<Record<string, string | undefined>>;
    /** The running Node's version, without a leading `v`. */
    nodeVersion: string;
    home: string;
    /** Milliseconds since 1970. */
    now: () => number;
    exists: (path: string) => boolean;
    /** Every executable file of this name on PATH, the first one first. */
    onPath: (program: string) => string[];
    /** Runs a program in the directory of Pulumi.yaml, without a shell and without input. */
    run: (program: string, args: string[], signal: AbortSignal) => Promise<Ran>;
    /** A host's addresses. */
    resolve: (host: string) => Promise<string[]>;
    /** Connects with TLS and shakes hands, trusting anybody; the other side's certificate, PEM. */
    handshake: (host: string, port: number, signal: AbortSignal) => Promise<string>;
    /** Asks for a URL and leaves the body alone. */
    fetch: (url: string, method: "GET" | "HEAD", signal: AbortSignal) => Promise<{ status: number }>;
    kubeconfig: (source: KubeconfigSource) => Promise<Kubeconfig>;
}

/** This machine, and what it reaches. */
export function thisMachine(): Surroundings {
    const variables = process.env;
    return {
        variables,
        nodeVersion: process.versions.node,
        home: homedir(),
        now: () => Date.now(),
        exists: existsSync,
        onPath: (program) => [...new Set(programsOnPath(program))],
        run,
        resolve: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
        handshake,
        fetch: ask,
        kubeconfig: readKubeconfig,
    };
}

/** A URL's user and password travel as a header: `fetch` refuses such a URL. */
async function ask(address: string, method: "GET" | "HEAD", signal: AbortSignal): Promise<{ status: number }> {
    const url = new URL(address);
    const user = [url.username, url.password].map(decodeURIComponent).join(":");
    url.username = url.password = "";
    const headers = user === ":" ? undefined : { Authorization: `Basic ${Buffer.from(user).toString("base64")}` };
    const { status } = await fetch(url, { method, signal, headers });
    return { status };
}

function run(program: string, args: string[], signal: AbortSignal): Promise<Ran> {
    return new Promise((resolve, reject) => {
        const child = execFile(
            program,
            args,
            {
                cwd: programDirectory,
                env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
                maxBuffer: 256 * 2 ** 20,
                signal,
            },
            (error, stdout, stderr) => {
                if (signal.aborted) {
                    reject(new Failure(`${program} did not end in time`));
                } else if (error !== null && typeof error.code !== "number") {
                    reject(new Failure(`${program} cannot be run: ${reason(error)}`));
                } else {
                    resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
                }
            },
        );
        child.stdin?.end();
    });
}

function handshake(host: string, port: number, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
        // Nothing is sent: who the other side is, the caller reads from the certificate.
        const socket = tlsConnect({
            host,
            port,
            rejectUnauthorized: false,
            ...(isIP(host) === 0 ? { servername: host } : {}),
        });
        const end = () => socket.destroy();
        signal.addEventListener("abort", end, { once: true });
        socket.once("secureConnect", () => {
            const certificate = socket.getPeerX509Certificate();
            end();
            if (certificate === undefined) {
                reject(new Failure("the other side showed no certificate"));
            } else {
                resolve(certificate.toString());
            }
        });
        socket.once("error", reject);
        socket.once("close", () => {
            signal.removeEventListener("abort", end);
            reject(new Failure("the connection was closed during the handshake"));
        });
    });
}
