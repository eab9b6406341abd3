import "./reflection";
import { createHash, createPrivateKey, createPublicKey, hkdfSync, webcrypto, type KeyObject } from "node:crypto";
import {
    BasicConstraintsExtension,
    ExtendedKeyUsage,
    ExtendedKeyUsageExtension,
    KeyUsageFlags,
    KeyUsagesExtension,
    Name,
    X509CertificateGenerator,
} from "@peculiar/x509";
import { agentIssuerTerms, clientTerms } from "./certificates";
import { readerUnit } from "./tenancy";

/**
 * Who an agent is to the receivers. A cluster's key and certificate are computed from the key of the environment's agent
 * issuer and from nothing else, so no state has to keep them: the same cluster has the same certificate at every `up`
 * until its time to renew has come, whichever stack holds it. Ed25519, because its signatures are deterministic.
 */

/** What signs agents' certificates: an authority below the environment's own. */
export interface AgentIssuer {
    /** Its certificate, PEM. */
    certificate: string;
    /** Its Ed25519 key, PEM in PKCS #8. */
    privateKey: string;
}

/** Whom a certificate is for. */
export interface Writer {
    /** The name of the cluster that writes, or of what reads. */
    cluster: string;
    /** The customer that it writes as: the common name. */
    tenant: string;
    /** True: it only reads what is the tenant's. */
    readsOnly?: boolean;
}

/** A certificate and its key. */
export interface Credentials {
    /** The certificate and, behind it, the issuer's, PEM. */
    certificate: string;
    /** PEM. A secret. */
    privateKey: string;
}

/** The time that one certificate of a cluster is for. */
export interface CredentialPeriod {
    /** From when it is valid. */
    start: Date;
    /** When it expires; the next one is made in its last sixty days. */
    expires: Date;
}

const hour = 3_600_000;

/** The certificate of `cluster` at `now`. Clusters begin on different days, so that a fleet is not renewed all at once. */
export function credentialPeriod(cluster: string, now: Date): CredentialPeriod {
    const { validityHours, renewBeforeHours } = clientTerms("");
    const length = validityHours - renewBeforeHours;
    const offset = createHash("sha256").update(cluster).digest().readUInt32BE() % length;
    const hours = Math.floor(now.getTime() / hour);
    const start = hours - ((((hours - offset) % length) + length) % length);
    return { start: new Date(start * hour), expires: new Date((start + validityHours) * hour) };
}

/** Gives a writer the key and the certificate with which it writes at `now`. */
export type Sign = (writer: Writer, now: Date) => Promise<Credentials>;

/** What `issuer` signs with. */
export async function signer(issuer: AgentIssuer): Promise<Sign> {
    const issuerKey = createPrivateKey(issuer.privateKey).export({ format: "der", type: "pkcs8" });
    // A fleet has thousands of certificates: what all have in common is made once.
    const common = {
        issuer: new Name([{ CN: [agentIssuerTerms().commonName] }]),
        signingAlgorithm: algorithm,
        signingKey: await webcrypto.subtle.importKey("pkcs8", issuerKey, algorithm, false, ["sign"]),
        extensions: [
            new BasicConstraintsExtension(false, undefined, true),
            new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
            new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
        ],
    };
    return async ({ cluster, tenant, readsOnly = false }, now) => {
        const { start, expires } = credentialPeriod(cluster, now);
        const role = readsOnly ? readerUnit : "agent";
        const key = derivedKey(issuerKey, `${role} ${cluster} ${tenant} ${start.toISOString()}`);
        const publicKey = createPublicKey(key).export({ format: "der", type: "spki" });
        const certificate = await X509CertificateGenerator.create(
            {
                ...common,
                serialNumber: serialNumber(publicKey),
                subject: [{ CN: [tenant] }, ...(readsOnly ? [{ OU: [readerUnit] }] : [])],
                notBefore: start,
                notAfter: expires,
                publicKey,
            },
            webcrypto,
        );
        return {
            certificate: `${certificate.toString("pem").trimEnd()}\n${issuer.certificate.trimEnd()}\n`,
            privateKey: key.export({ format: "pem", type: "pkcs8" }).toString(),
        };
    };
}

const algorithm = { name: "Ed25519" } as const;

/** The beginning of every Ed25519 key in PKCS #8 (RFC 8410); its 32 bytes follow. */
const ed25519Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

function derivedKey(issuerKey: Buffer, info: string): KeyObject {
    const seed = Buffer.from(hkdfSync("sha256", issuerKey, "fleet-observability", info, 32));
    return createPrivateKey({ key: Buffer.concat([ed25519Prefix, seed]), format: "der", type: "pkcs8" });
}

/** Positive, and another one for every key. */
function serialNumber(publicKey: Buffer): string {
    return `00${createHash("sha256").update(publicKey).digest("hex").slice(0, 32)}`;
}
