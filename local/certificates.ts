import "../platform/reflection";
import { createPrivateKey, webcrypto as crypto } from "node:crypto";
import {
    BasicConstraintsExtension,
    ExtendedKeyUsage,
    ExtendedKeyUsageExtension,
    KeyUsageFlags,
    KeyUsagesExtension,
    SubjectAlternativeNameExtension,
    X509CertificateGenerator,
    type Extension,
} from "@peculiar/x509";
import { agentIssuerTerms, type CertificateTerms } from "../platform/certificates";
import { signer, type Sign } from "../platform/credentials";

/** A certificate and its private key, PEM. */
export interface Issued {
    certificate: string;
    key: string;
}

/** Who signs: a certificate that may, and its key. */
export interface Authority extends Issued {
    commonName: string;
    signingKey: crypto.CryptoKey;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A certificate authority that signs itself. */
export async function createAuthority(terms: CertificateTerms): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.create(
        { ...common(terms, keys.publicKey), issuer: distinguishedName(terms.commonName), signingKey: keys.privateKey },
        crypto,
    );
    return {
        certificate: certificate.toString("pem"),
        key: await pem(keys.privateKey),
        commonName: terms.commonName,
        signingKey: keys.privateKey,
    };
}

/** Has `authority` sign a certificate of `keys`, new ones when unset. */
export async function issue(
    terms: CertificateTerms,
    authority: Authority,
    keys?: crypto.CryptoKeyPair,
): Promise<Issued> {
    const { publicKey, privateKey } = keys ?? (await newKeys());
    const certificate = await X509CertificateGenerator.create(
        {
            ...common(terms, publicKey),
            issuer: distinguishedName(authority.commonName),
            signingKey: authority.signingKey,
        },
        crypto,
    );
    return { certificate: certificate.toString("pem"), key: await pem(privateKey) };
}

/** What agents' certificates are signed with, below `authority`: computed as those of clusters. */
export async function agentSigner(authority: Authority): Promise<Sign> {
    const keys = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as crypto.CryptoKeyPair;
    const { certificate, key } = await issue(agentIssuerTerms(), authority, keys);
    return await signer({ certificate, privateKey: key });
}

async function newKeys(): Promise<crypto.CryptoKeyPair> {
    return await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function common(terms: CertificateTerms, publicKey: crypto.CryptoKey) {
    const now = Date.now();
    return {
        subject: distinguishedName(terms.commonName),
        // A minute back, because a certificate signed in this second is not yet valid for a clock that lags.
        notBefore: new Date(now - 60_000),
        notAfter: new Date(now + terms.validityHours * 3_600_000),
        signingAlgorithm: algorithm,
        publicKey,
        extensions: extensions(terms),
    };
}

/** A JSON name: nothing in the common name can be taken for syntax. */
function distinguishedName(commonName: string) {
    return [{ CN: [commonName] }];
}

const keyUsages = {
    cert_signing: KeyUsageFlags.keyCertSign,
    crl_signing: KeyUsageFlags.cRLSign,
    digital_signature: KeyUsageFlags.digitalSignature,
} as const;

const extendedUsages = { server_auth: ExtendedKeyUsage.serverAuth, client_auth: ExtendedKeyUsage.clientAuth } as const;

function extensions({ usages, dnsNames = [], ipAddresses = [] }: CertificateTerms): Extension[] {
    const flags = usages.reduce(
        (all, usage) => (usage in keyUsages ? all | keyUsages[usage as keyof typeof keyUsages] : all),
        0,
    );
    const extended = usages.flatMap((usage) =>
        usage in extendedUsages ? [extendedUsages[usage as keyof typeof extendedUsages]] : [],
    );
    const names = [
        ...dnsNames.map((value) => ({ type: "dns" as const, value })),
        ...ipAddresses.map((value) => ({ type: "ip" as const, value })),
    ];
    return [
        new BasicConstraintsExtension(usages.includes("cert_signing"), undefined, true),
        new KeyUsagesExtension(flags, true),
        ...(extended.length > 0 ? [new ExtendedKeyUsageExtension(extended)] : []),
        ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
    ];
}

async function pem(key: crypto.CryptoKey): Promise<string> {
    const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", key));
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" })
        .export({ format: "pem", type: "pkcs8" })
        .toString();
}
