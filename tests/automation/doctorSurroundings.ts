import { dependencies } from "../../package.json";
import type { Place, Reached } from "../../automation/doctor/access";
import type { Check, Examined } from "../../automation/doctor/check";
import type { Answer, Cluster, Connection } from "../../automation/doctor/cluster";
import { Pulumi } from "../../automation/doctor/pulumi";
import type { Subject, Written } from "../../automation/doctor/subject";
import type { Ran, Surroundings } from "../../automation/doctor/surroundings";
import { load } from "../../config/load";
import { exampleSections } from "./examples";

/** When the tests take place. */
export const now = Date.parse("2026-06-01T12:00:00Z");

export const aSignal = new AbortController().signal;

/** What a program prints that ends well. */
export function printed(stdout: unknown): Ran {
    return { code: 0, stdout: typeof stdout === "string" ? stdout : JSON.stringify(stdout), stderr: "" };
}

/** What a program prints that fails. */
export function failed(stderr: string): Ran {
    return { code: 1, stdout: "", stderr };
}

/** Programs' answers, by how their arguments begin; the longest that fits counts. */
export type Answers = Record<string, Ran>;

const healthyAnswers: Answers = {
    version: printed("v3.270.0\n"),
    whoami: printed({ user: "somebody", url: "https://api.example.org" }),
    "plugin ls": printed(
        Object.entries(dependencies)
            .filter(([name]) => name.startsWith("@pulumi/"))
            .map(([name, version]) => ({ name: name.slice("@pulumi/".length), kind: "resource", version })),
    ),
    "stack output": printed({ remoteWriteUrl: "https://receive.dev.internal" }),
};

/** Surroundings in which everything is well, with changes. */
export function surroundings(changes: Partial<Surroundings> & { answers?: Answers } = {}): Surroundings {
    const { answers, ...rest } = changes;
    const all = { ...healthyAnswers, ...answers };
    return {
        variables: {},
        nodeVersion: "22.20.0",
        home: "/home/somebody",
        now: () => now,
        exists: () => false,
        onPath: (program) => (program === "pulumi" ? ["/usr/local/bin/pulumi"] : []),
        run: (_, args) => {
            const line = args.join(" ");
            const key = Object.keys(all)
                .filter((start) => line.startsWith(start))
                .sort((one, other) => other.length - one.length)[0];
            return Promise.resolve(all[key ?? ""] ?? failed(`error: unexpected: pulumi ${line}`));
        },
        resolve: () => Promise.resolve(["10.0.0.1"]),
        handshake: () => Promise.reject(Object.assign(new Error("refused"), { code: "ECONNREFUSED" })),
        fetch: () => Promise.resolve({ status: 200 }),
        kubeconfig: () =>
            Promise.resolve({
                contexts: ["kind-observer", "kind-customer-1"],
                currentContext: "kind-observer",
                connection: () => connection(healthyCluster()),
            }),
        ...rest,
    };
}

export function connection(cluster: Cluster, changes: Partial<Connection> = {}): Connection {
    return { server: "https://10.0.0.2:6443", cluster, ...changes };
}

/** An API server's answers: to a GET by its path without the query, to a POST by the kind that is posted. */
export type Routes = Record<string, Answer | ((body: object) => Answer)>;

/** What was asked of a cluster. */
export interface Asked {
    path: string;
    content: "all" | "metadata";
}

/** A cluster with these answers; what it has none for is not there. */
export function aCluster(routes: Routes, asked: Asked[] = []): Cluster {
    const answer = (key: string, body: object = {}): Promise<Answer> => {
        const found = routes[key] ?? found404;
        return Promise.resolve(typeof found === "function" ? found(body) : found);
    };
    return {
        get: (path, content) => {
            asked.push({ path, content });
            return answer(path.replace(/\?.*/, ""));
        },
        create: (_, body) => answer((body as { kind: string }).kind, body),
    };
}

const found404: Answer = { status: 404, body: {} };

/** An answer that is well, at the time of the tests. */
export function found(body: unknown, date = new Date(now).toUTCString()): Answer {
    return { status: 200, date, body };
}

/** What every API server answers that is well. */
export const healthyRoutes: Routes = {
    "/version": found({ gitVersion: "v1.33.1" }),
    SelfSubjectReview: { status: 201, body: { status: { userInfo: { username: "admin" } } } },
    SelfSubjectAccessReview: { status: 201, body: { status: { allowed: true } } },
};

/** A cluster that is well, with more or other answers. */
export function healthyCluster(routes: Routes = {}, asked: Asked[] = []): Cluster {
    return aCluster({ ...healthyRoutes, ...routes }, asked);
}

/** A customer's cluster that can be asked. */
export function reached(cluster: Cluster, changes: Partial<Place> = {}): Reached {
    const place: Place = {
        name: "customer-1",
        path: ["customers", 0],
        access: { context: "kind-customer-1" },
        tenant: "acme",
        ...changes,
    };
    return { place, connection: connection(cluster) };
}

/** The example environment dev, with other sections and surroundings. */
export function subject(
    around: Surroundings = surroundings(),
    changes: Record<string, unknown> = {},
    file: Partial<Written> = {},
): Subject {
    const values = exampleSections("dev", changes);
    const storage = values["storage"] as Record<string, unknown>;
    if (storage["provider"] === "s3") {
        values["storage"] = { accessKey: "key", secretKey: "secret", ...storage };
    }
    const { settings } = load({ stack: "dev", values, encrypted: new Set() });
    const config = Object.fromEntries(
        Object.entries(values).map(([key, value]) => [`fleet-observability:${key}`, value]),
    );
    return {
        written: { stack: "dev", config, encrypted: new Set(), encryption: { salt: false }, secretsToSet: [], ...file },
        settings,
        pulumi: new Pulumi(around, "dev"),
        surroundings: around,
    };
}

/** Runs a check. */
export async function look(check: Check): Promise<Examined> {
    return await check.examine(aSignal);
}

/** A check that is content. */
export async function expectOk(check: Check): Promise<void> {
    const { findings } = await look(check);
    expect(findings).not.toEqual([]);
    expect(findings.filter(({ level }) => level !== "ok")).toEqual([]);
}

/** A check that finds one thing, and what its text and its fix contain. */
export async function expectFinding(
    check: Check,
    level: "warning" | "problem" | "skipped",
    text: string,
    fix?: string,
): Promise<void> {
    const { findings } = await look(check);
    const notOk = findings.filter((finding) => finding.level !== "ok");
    expect(notOk).toEqual([
        {
            level,
            text: expect.stringContaining(text) as string,
            ...(fix === undefined ? {} : { fix: expect.stringContaining(fix) as string }),
        },
    ]);
}
