import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Outputs } from "../../outputs";

/** What accompanies a run of the engine. */
export interface Run {
    onEvent: (event: EngineEvent) => void;
    /** Asks the engine to end: it finishes what it has begun. */
    signal?: AbortSignal;
}

/** What a stack's history says of its last update. */
export interface Update {
    /** `update`, `destroy`, `refresh`, …. */
    kind: string;
    /** `succeeded`, `failed`, `in-progress`. */
    result: string;
    message: string;
    endTime: Date;
}

/**
 * What the fleet asks of Pulumi, by the stack's name. Every method rejects with an {@link EngineError} when the engine does not do
 * it.
 */
export interface Engine {
    /** The stacks of the project that exist. */
    stacks(): Promise<Set<string>>;
    /** Makes an empty stack. */
    create(stack: string): Promise<void>;
    /** Goes on after a resource has failed, so that one cluster does not stop its neighbours. */
    up(stack: string, run: Run & { message: string }): Promise<void>;
    /** @param configFile a file in place of the stack's own */
    preview(stack: string, run: Run & { configFile: string }): Promise<void>;
    /** @param only URNs of what is to go; everything when unset */
    destroy(stack: string, run: Run & { only?: string[] }): Promise<void>;
    /** Removes an empty stack; its file stays. */
    remove(stack: string): Promise<void>;
    /** A stack's outputs, each secret masked; none for a stack that has never been up. */
    outputs(stack: string): Promise<Partial<Outputs>>;
    /** One output of any stack, in clear; text as it is, everything else as JSON. */
    secretOutput(stack: string, output: string): Promise<string>;
    lastUpdate(stack: string): Promise<Update | undefined>;
    /** One value of a stack's config in clear. */
    config(stack: string, path: string): Promise<string>;
    /** Encrypts a value into the stack's file. */
    setSecret(stack: string, path: string, value: string): Promise<void>;
    /** The URNs of what a stack holds. */
    resources(stack: string): Promise<string[]>;
    /** Hands resources over to another stack, without touching them; their providers come along. */
    move(urns: string[], from: string, to: string): Promise<void>;
    /** Drops a resource, and all that depend on it, from the state alone. */
    forget(stack: string, urn: string): Promise<void>;
}

/** Why the engine did not do it, as one line for people, with the fix where there is one. */
export class EngineError extends Error {}
