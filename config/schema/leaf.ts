import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { tenantPattern } from "../../platform/tenancy";

/** What the schema says about one key besides its type; all of it reaches the JSON Schema, the reference and the errors. */
export interface LeafMeta {
    /** What the key is for, one sentence; with its unit and the upstream source it maps to. */
    description: string;
    /** A value that would be accepted; errors print it as the line to paste. Never set on a secret. */
    example?: unknown;
    /** What is accepted, in words, where the type alone does not say it. */
    allowed?: string;
}

/** Attaches `meta` to a schema. */
export function key<Schema extends z.ZodType>(schema: Schema, meta: LeafMeta): Schema {
    const { example, ...rest } = meta;
    return schema.meta({ ...rest, ...(example === undefined ? {} : { examples: [example] }) });
}

/**
 * A secret: its plain text lives only until the end of this transform. What the program sees is a Pulumi secret Output,
 * so it is encrypted in the state and masked in every log and preview.
 */
export function secret(description: string) {
    return z
        .string()
        .min(1)
        .meta({ description, secret: true })
        .transform((plain) => pulumi.secret(plain));
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const dnsName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;
const duration = /^(0d|[1-9][0-9]*(h|d|w|y))$/;
const quantity = /^[1-9][0-9]*(Mi|Gi|Ti)$/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A name that is safe as a DNS label, a Kubernetes object name and a directory: 1 to 63 of a-z, 0-9 and inner hyphens. */
export const name = () => z.string().regex(dnsLabel, "is not a DNS label");

/** A tenant: the common name of its clusters' certificates. */
export const tenant = () => z.string().regex(tenantPattern, "is not a tenant name");

/** A DNS name of one or more labels, without a trailing dot. */
export const domain = () => z.string().max(253).regex(dnsName, "is not a DNS name");

/** A whole number of hours, days, weeks or years; `0d` is for ever. */
export const retention = () => z.string().regex(duration, "is not a duration");

/** A Kubernetes storage quantity in Mi, Gi or Ti. */
export const size = () => z.string().regex(quantity, "is not a size");

/** An https or http URL. */
export const url = () => z.url({ protocol: /^https?$/, error: "is not an http(s) URL" });

/** A PEM-encoded certificate or bundle. */
export const pem = () => z.string().startsWith("-----BEGIN CERTIFICATE-----", "is not a PEM certificate");

/** Prometheus labels with plain values. */
export const labels = () => z.record(z.string().regex(labelName, "is not a label name"), z.string().min(1));

/** Words used by several keys. */
export const allowed = {
    name: "1 to 63 characters of a-z, 0-9 and hyphens, not at the ends",
    domain: "a DNS name such as internal.example.org, lower case, without a trailing dot",
    retention: "a whole number with h, d, w or y, such as 30d; 0d keeps for ever",
    size: "a whole number with Mi, Gi or Ti, such as 50Gi",
    url: "a URL that starts with https:// or http://",
    labels: "names of letters, digits and underscores, not starting with a digit, each with a non-empty value",
};
