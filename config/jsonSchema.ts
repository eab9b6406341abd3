import { z } from "zod";
import { namespace, stackConfig } from "./schema";

/** The part of JSON Schema that zod writes for this config, with the marks of schema/leaf.ts. */
export interface JsonSchema {
    $schema?: string;
    title?: string;
    type?: string;
    description?: string;
    properties?: Record<string, JsonSchema>;
    patternProperties?: Record<string, JsonSchema>;
    propertyNames?: JsonSchema;
    required?: string[];
    additionalProperties?: boolean | JsonSchema;
    items?: JsonSchema;
    anyOf?: JsonSchema[];
    oneOf?: JsonSchema[];
    enum?: unknown[];
    const?: unknown;
    default?: unknown;
    examples?: unknown[];
    pattern?: string;
    minimum?: number;
    maximum?: number;
    /** The value is a secret: encrypted in the state, masked everywhere. */
    secret?: boolean;
    /** What is accepted, in words. */
    allowed?: string;
}

/** The schema of a stack's config, by section, as JSON Schema. */
export const schema = z.toJSONSchema(stackConfig, { io: "input" }) as JsonSchema;

/** The JSON Schema of a whole stack file, `Pulumi.<stack>.yaml`, for editors. */
export function stackFileSchema(): JsonSchema {
    return {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        title: "A stack of fleet-observability",
        type: "object",
        properties: {
            config: {
                type: "object",
                properties: Object.fromEntries(
                    Object.entries(schema.properties ?? {}).map(([section, sectionSchema]) => [
                        `${namespace}:${section}`,
                        encryptable(sectionSchema),
                    ]),
                ),
                required: (schema.required ?? []).map((section) => `${namespace}:${section}`),
            },
        },
    };
}

/** In a stack file a secret stands encrypted, as `secure: …`. */
function encryptable(node: JsonSchema): JsonSchema {
    if (node.secret === true) {
        const { description, secret } = node;
        const encrypted = { type: "object", properties: { secure: { type: "string" } }, required: ["secure"] };
        return { description, secret, anyOf: [{ type: "string" }, encrypted] };
    }
    const all = (nodes: Record<string, JsonSchema> | undefined) =>
        nodes && Object.fromEntries(Object.entries(nodes).map(([name, child]) => [name, encryptable(child)]));
    return {
        ...node,
        ...(node.properties && { properties: all(node.properties) }),
        ...(node.items && { items: encryptable(node.items) }),
        ...(typeof node.additionalProperties === "object" && {
            additionalProperties: encryptable(node.additionalProperties),
        }),
        ...(node.anyOf && { anyOf: node.anyOf.map(encryptable) }),
        ...(node.oneOf && { oneOf: node.oneOf.map(encryptable) }),
    };
}

/** The variant of a union that `value` chose by its `provider` or `kind`; the node itself where it is no union. */
export function variant(node: JsonSchema, value: unknown): JsonSchema {
    const variants = node.oneOf ?? node.anyOf;
    if (variants === undefined || typeof value !== "object" || value === null) {
        return node;
    }
    const chosen = variants.find((candidate) =>
        Object.entries(candidate.properties ?? {}).some(
            ([name, property]) =>
                property.const !== undefined && (value as Record<string, unknown>)[name] === property.const,
        ),
    );
    return chosen ?? node;
}

/** The schema of one step below `node`: a property or a list's item. */
export function child(node: JsonSchema, step: string | number): JsonSchema | undefined {
    if (typeof step === "number") {
        return node.items && item(node.items, node);
    }
    const named = node.properties?.[step];
    if (named !== undefined) {
        return named;
    }
    return typeof node.additionalProperties === "object" ? node.additionalProperties : undefined;
}

/** A list says for its items what they do not say themselves: what is allowed, and an example. */
function item(items: JsonSchema, { allowed, examples }: JsonSchema): JsonSchema {
    const example = Array.isArray(examples?.[0]) ? (examples[0] as unknown[])[0] : undefined;
    return {
        ...(allowed === undefined ? {} : { allowed }),
        ...(example === undefined ? {} : { examples: [example] }),
        ...items,
    };
}
