import * as pulumi from "@pulumi/pulumi";
import type { RawConfig } from "./load";
import { namespace } from "./schema";

/**
 * The config of the running stack, as the engine gave it. This is the one place that reads it; `load` turns what is
 * secret into secrets before anything else can see it.
 */
export function readStackConfig(): RawConfig {
    const prefix = `${namespace}:`;
    const entries = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
    return {
        stack: pulumi.getStack(),
        values: Object.fromEntries(entries.map(([key, text]) => [key.slice(prefix.length), parsed(text)])),
        encrypted: new Set(entries.filter(([key]) => isEncrypted(key)).map(([key]) => key.slice(prefix.length))),
    };
}

/** The SDK knows which keys hold something encrypted, and leaves the function out of its types. */
function isEncrypted(key: string): boolean {
    return (pulumi.runtime as unknown as { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}

/** Maps and lists arrive as JSON, scalars as they are written. */
function parsed(text: string): unknown {
    if (!/^\s*[{[]/.test(text)) {
        return text;
    }
    try {
        return JSON.parse(text) as unknown;
    } catch {
        return text;
    }
}
