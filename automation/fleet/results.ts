import type { EngineEvent } from "@pulumi/pulumi/automation";
import { customerOf, identityOf, spoken } from "./resources";

/** How it went for one row in one run. */
export type Outcome =
    /** A customer's cluster is new, or its onboarding has gone on where it had stopped. */
    | "onboarded"
    | "offboarded"
    /** The rest of a stack is new, or gone. */
    | "created"
    | "deleted"
    | "updated"
    | "unchanged"
    | "failed"
    /** Nothing was tried: something before it failed, or the run was interrupted. */
    | "not reached";

/** What a run did, or a preview would do, to the resources of one row; providers are in the state alone, and not counted. */
export interface Changes {
    create: number;
    update: number;
    delete: number;
    replace: number;
}

/** One line of the result: a customer's cluster, or what a stack holds besides. */
export interface Row {
    /** The cluster's name; `observer` or `inventory` for the rest of a stack. */
    name: string;
    /** False for the rest of a stack. */
    customer: boolean;
    stack: string;
    outcome: Outcome;
    changes: Changes;
    /** From its first resource's beginning to its last one's end. */
    seconds: number;
    /** Why it failed or was not reached, one line. */
    why?: string;
}

/** Who the rows of a stack are about. */
export interface RowsOf {
    stack: string;
    /** The observer's name. */
    observer: string;
    /** What the rest of the stack is called. */
    rest: "observer" | "inventory";
    /** Customers that the stack is to hold. */
    expected: string[];
}

/** What an engine's event says of one resource; the events themselves hold whole states, and are not kept. */
export interface Step {
    urn: string;
    /** Seconds since the epoch. */
    time: number;
    /** What is done to the resource. */
    operation?: string;
    phase: "begun" | "done" | "failed" | "complaint";
    /** An error's text. */
    complaint?: string;
}

/** @returns undefined for an event that no row and no progress needs */
export function stepOf(event: EngineEvent): Step | undefined {
    const { timestamp: time, diagnosticEvent } = event;
    if (diagnosticEvent !== undefined) {
        // What is logged for debugging holds resources with their secrets.
        return diagnosticEvent.severity === "error"
            ? { urn: diagnosticEvent.urn ?? "", time, phase: "complaint", complaint: oneLine(diagnosticEvent.message) }
            : undefined;
    }
    const of = (metadata: { urn: string; op: string }, phase: Step["phase"]): Step => ({
        urn: metadata.urn,
        time,
        operation: metadata.op,
        phase,
    });
    if (event.resOpFailedEvent !== undefined) {
        return of(event.resOpFailedEvent.metadata, "failed");
    }
    if (event.resOutputsEvent !== undefined) {
        return of(event.resOutputsEvent.metadata, "done");
    }
    return event.resourcePreEvent === undefined ? undefined : of(event.resourcePreEvent.metadata, "begun");
}

/** The rows of a stack; `failure` is why the run as a whole ended badly. */
export function rowsOf({ stack, observer, rest, expected }: RowsOf, steps: Step[], failure?: string): Row[] {
    const tallies = new Map<string | undefined, Tally>([[undefined, new Tally()]]);
    for (const step of blamed(steps)) {
        const customer = customerOf(step.urn, observer);
        const tally = tallies.get(customer) ?? new Tally();
        tally.add(step);
        tallies.set(customer, tally);
    }
    const names = new Set([...expected, ...[...tallies.keys()].flatMap((name) => name ?? [])]);
    const own = (tallies.get(undefined) ?? new Tally()).result(false);
    const rows = [...names].map((name): Row => {
        const row = { name, customer: true, stack };
        const tally = tallies.get(name);
        return tally === undefined
            ? unreached(row, own.why ?? failure ?? "the program did not get to it")
            : { ...row, ...tally.result(true) };
    });
    // A run that failed with no resource to blame, such as one that was locked out.
    const unblamed = failure !== undefined && [own, ...rows].every(({ outcome }) => outcome !== "failed");
    return [
        { name: rest, customer: false, stack, ...own, ...(unblamed ? { outcome: "failed", why: failure } : {}) },
        ...rows,
    ];
}

/** The steps without the program's own complaints of resources that have failed: those have complaints themselves. */
function blamed(steps: Step[]): Step[] {
    const ofProgram = ({ urn }: Step) => urn === "" || identityOf(urn).type === "pulumi:pulumi:Stack";
    const told = steps.some((step) => !ofProgram(step) && (step.phase === "failed" || step.phase === "complaint"));
    return told ? steps.filter((step) => step.phase !== "complaint" || !ofProgram(step)) : steps;
}

/** A row of which nothing was tried. */
export function unreached(row: Pick<Row, "name" | "customer" | "stack">, why: string): Row {
    return { ...row, outcome: "not reached", changes: { ...none }, seconds: 0, why };
}

/** A row whose stack did not have to run. */
export function unchanged(row: Pick<Row, "name" | "customer" | "stack">): Row {
    return { ...row, outcome: "unchanged", changes: { ...none }, seconds: 0 };
}

/** What goes on now, for progress: `acme-1: creating Release acme-1-kps`. Undefined for what is not worth a line. */
export function progressOf({ urn, operation, phase }: Step, observer: string): string | undefined {
    const doing = phase === "failed" ? "failed:" : phase === "begun" ? participles[operation ?? ""] : undefined;
    const customer = customerOf(urn, observer);
    return doing === undefined ? undefined : `${customer === undefined ? "" : `${customer}: `}${doing} ${spoken(urn)}`;
}

/** A reason as one line of a table: what a provider says, without its wrapping. */
export function oneLine(message: string): string {
    const unreachable = /configured Kubernetes cluster is unreachable/.test(message)
        ? /https?:\/\/[^/\s"\\]+/.exec(message)?.[0]
        : undefined;
    if (unreachable !== undefined) {
        return `cluster unreachable: ${unreachable}`;
    }
    const kept = /unable to delete resource "(urn:[^"]+)"\s+as it is currently marked for protection/.exec(
        message,
    )?.[1];
    if (kept !== undefined) {
        return `${spoken(kept)} is protected; docs/operations.md says in "Destroy" how to let go of it`;
    }
    const text = message
        // The engine colours its text with tags of its own.
        .replace(/<\{%[^%]*%\}>/g, "")
        .replace(/resource "?urn:\S+"? was not successfully \w+ by the Kubernetes API server\s*:/g, "")
        .replace(/^\s*error:/i, "")
        .replace(/\s+/g, " ")
        .trim();
    return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

const none: Changes = { create: 0, update: 0, delete: 0, replace: 0 };

const counted: Record<string, keyof Changes | undefined> = {
    create: "create",
    update: "update",
    delete: "delete",
    replace: "replace",
    import: "create",
};

const participles: Record<string, string | undefined> = {
    create: "creating",
    update: "updating",
    delete: "deleting",
    replace: "replacing",
    "create-replacement": "replacing",
    "delete-replaced": "removing the replaced",
    import: "importing",
};

/** What happened to the resources of one row. */
class Tally {
    private readonly changes: Changes = { ...none };
    private changed = false;
    private readonly created = new Set<string>();
    private readonly deleted = new Set<string>();
    private first = Infinity;
    private last = -Infinity;
    private failed = false;
    private why: string | undefined;

    add({ urn, operation = "", phase, time, complaint }: Step): void {
        this.failed ||= phase === "failed" || phase === "complaint";
        this.why ??= complaint;
        if (phase === "complaint") {
            return;
        }
        this.first = Math.min(this.first, time);
        this.last = Math.max(this.last, time);
        const kind = counted[operation];
        if (phase === "done" && kind !== undefined) {
            const { type } = identityOf(urn);
            this.changed = true;
            this.changes[kind] += type.startsWith("pulumi:") ? 0 : 1;
            if (operation === "create") {
                this.created.add(type);
            }
            if (operation === "delete") {
                this.deleted.add(type);
            }
        }
    }

    result(customer: boolean): Pick<Row, "outcome" | "changes" | "seconds" | "why"> {
        const { changes, failed, why, first, last } = this;
        const seconds = Math.max(0, last - first);
        return failed
            ? { outcome: "failed", changes, seconds, why: why ?? "the engine does not say why" }
            : { outcome: this.outcome(customer), changes, seconds };
    }

    private outcome(customer: boolean): Outcome {
        const { created, deleted } = this;
        const root = customer ? provider : "pulumi:pulumi:Stack";
        // A failed onboarding leaves the provider behind, and goes on with what is in the cluster.
        if (created.has(root) || (customer && inCluster.some((type) => created.has(type)))) {
            return customer ? "onboarded" : "created";
        }
        if (deleted.has(root)) {
            return customer ? "offboarded" : "deleted";
        }
        return this.changed ? "updated" : "unchanged";
    }
}

const provider = "pulumi:providers:kubernetes";

const inCluster = ["kubernetes:core/v1:Namespace", "kubernetes:helm.sh/v3:Release"];
