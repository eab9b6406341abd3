/** How a finding is to be taken; `skipped` says why nothing was looked at. */
export type Level = "ok" | "warning" | "problem" | "skipped";

/** One thing that a check found. Holds no secret. */
export interface Finding {
    level: Level;
    /** What was found, one sentence without its full stop. */
    text: string;
    /** How to mend it: a command to paste where there is one. */
    fix?: string;
}

/** What came of a check. */
export interface Examined {
    /** What it looked at, such as a program's path or a URL. */
    lookedAt: string;
    findings: Finding[];
    /** Why the later stages of its group make no sense any more; unset, they go on. */
    blocks?: string;
}

/** One thing to look at. */
export interface Check {
    title: string;
    /** What to do when its time is over. */
    whenLate?: string;
    /**
     * Looks. What it throws becomes a problem and blocks the later stages: a {@link Failure} with its message, anything
     * else with its code or its kind alone.
     *
     * @param signal aborted when its time is over
     */
    examine(signal: AbortSignal): Promise<Examined>;
}

/** The checks of one cluster, or of the machine or the stack. */
export interface Group {
    name: string;
    /** The checks of a stage run at the same time; a stage begins when the one before it is done. */
    stages: Check[][];
    /** Counts against the number of clusters that are looked at at once. */
    cluster: boolean;
}

/** A check that is done. */
export interface Result {
    group: string;
    title: string;
    lookedAt: string;
    findings: Finding[];
    /** How long it took. */
    seconds: number;
}

/** What went wrong, in words that are safe to print. */
export class Failure extends Error {
    constructor(
        message: string,
        /** How to mend it. */
        readonly fix?: string,
    ) {
        super(message);
    }
}

export function ok(text: string): Finding {
    return { level: "ok", text };
}

export function warning(text: string, fix?: string): Finding {
    return { level: "warning", text, fix };
}

export function problem(text: string, fix?: string): Finding {
    return { level: "problem", text, fix };
}

export function skipped(text: string): Finding {
    return { level: "skipped", text };
}

const order: Level[] = ["ok", "skipped", "warning", "problem"];

/** The gravest level among findings; of none, ok. */
export function gravest(findings: Finding[]): Level {
    return findings.reduce<Level>(
        (level, found) => (order.indexOf(found.level) > order.indexOf(level) ? found.level : level),
        "ok",
    );
}

/** What an error says that is safe to print: other messages may quote a kubeconfig or a token. */
export function reason(error: unknown): string {
    if (error instanceof Failure) {
        return error.message;
    }
    const { code, cause, name } = error as { code?: unknown; cause?: unknown; name?: unknown };
    if (typeof code === "string") {
        return words[code] ?? code;
    }
    return cause === undefined || cause === null
        ? `unexpected ${typeof name === "string" ? name : "error"}`
        : reason(cause);
}

/** Errors of Node's network and TLS, for people. */
const words: Record<string, string> = {
    ECONNREFUSED: "connection refused (ECONNREFUSED)",
    ECONNRESET: "connection reset (ECONNRESET)",
    EHOSTUNREACH: "no route to the host (EHOSTUNREACH)",
    ENETUNREACH: "no route to the network (ENETUNREACH)",
    ENOTFOUND: "host name not found (ENOTFOUND)",
    EAI_AGAIN: "name server does not answer (EAI_AGAIN)",
    ETIMEDOUT: "no answer (ETIMEDOUT)",
    ENOENT: "file or program not found (ENOENT)",
    CERT_HAS_EXPIRED: "certificate has expired (CERT_HAS_EXPIRED)",
    DEPTH_ZERO_SELF_SIGNED_CERT: "certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)",
    SELF_SIGNED_CERT_IN_CHAIN: "certificate is not trusted (SELF_SIGNED_CERT_IN_CHAIN)",
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: "certificate is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)",
    ERR_TLS_CERT_ALTNAME_INVALID: "certificate is for another host (ERR_TLS_CERT_ALTNAME_INVALID)",
};

/** A word as a shell takes it. */
export function quoted(word: string): string {
    return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A URL, or text with URLs, without user names and passwords. */
export function withoutUserinfo(text: string): string {
    return text.replaceAll(/(:\/\/)[^/\s@]+@/g, "$1");
}
