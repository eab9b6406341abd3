import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { agentIssuerTerms, authorityTerms, type CertificateTerms } from "../platform/certificates";
import type { AgentIssuer } from "../platform/credentials";

/** Arguments of the environment's certificate authority. */
export interface CertificateAuthorityArgs {
    /** The environment's name: part of the authority's common name. */
    environment: string;
}

/** Signs every certificate of an environment. Its key lives encrypted in the state and nowhere else. */
export class CertificateAuthority extends pulumi.ComponentResource {
    /** The authority's certificate, PEM. Public. */
    readonly certificate: pulumi.Output<string>;
    /** The authority's private key, PEM. A secret. */
    readonly privateKey: pulumi.Output<string>;
    /** What signs agents' certificates; they chain up to this authority. A secret. */
    readonly agentIssuer: pulumi.Output<AgentIssuer>;

    constructor(name: string, args: CertificateAuthorityArgs, opts?: pulumi.ComponentResourceOptions) {
        super("fleet-observability:index:CertificateAuthority", name, args, opts);
        const terms = authorityTerms(args.environment);
        const key = privateKey(`${name}-key`, { parent: this });
        const certificate = new tls.SelfSignedCert(
            `${name}-certificate`,
            {
                privateKeyPem: key.privateKeyPem,
                subject: { commonName: terms.commonName },
                isCaCertificate: true,
                ...lifetime(terms),
            },
            { parent: this },
        );
        this.certificate = certificate.certPem;
        this.privateKey = pulumi.secret(key.privateKeyPem);
        this.agentIssuer = agentIssuer(`${name}-agents`, this, { parent: this });
        this.registerOutputs({ certificate: this.certificate });
    }
}

function agentIssuer(
    name: string,
    authority: SigningAuthority,
    opts: { parent: pulumi.Resource },
): pulumi.Output<AgentIssuer> {
    const key = new tls.PrivateKey(`${name}-key`, { algorithm: "ED25519" }, opts);
    const certificate = signedCertificate(name, agentIssuerTerms(), key, authority, opts);
    return pulumi.secret({ certificate: certificate.certPem, privateKey: key.privateKeyPemPkcs8 });
}

/** A certificate that may sign others, and its key. */
interface SigningAuthority {
    certificate: pulumi.Input<string>;
    privateKey: pulumi.Input<string>;
}

/** A signed certificate and its key. */
export interface IssuedCertificate {
    /** PEM. Public. */
    certificate: pulumi.Output<string>;
    /** PEM. A secret. */
    privateKey: pulumi.Output<string>;
    /** When it expires, RFC 3339. */
    expires: pulumi.Output<string>;
}

/** Has `authority` sign a certificate. `up` signs it anew when its time to renew has come. */
export function issueCertificate(
    name: string,
    terms: CertificateTerms,
    authority: SigningAuthority,
    opts: { parent: pulumi.Resource },
): IssuedCertificate {
    const key = privateKey(`${name}-key`, opts);
    const certificate = signedCertificate(name, terms, key, authority, opts);
    return {
        certificate: certificate.certPem,
        privateKey: pulumi.secret(key.privateKeyPem),
        expires: certificate.validityEndTime,
    };
}

function signedCertificate(
    name: string,
    terms: CertificateTerms,
    key: tls.PrivateKey,
    authority: SigningAuthority,
    opts: { parent: pulumi.Resource },
): tls.LocallySignedCert {
    const request = new tls.CertRequest(
        `${name}-request`,
        {
            privateKeyPem: key.privateKeyPem,
            subject: { commonName: terms.commonName },
            ...(terms.dnsNames === undefined ? {} : { dnsNames: terms.dnsNames }),
            ...(terms.ipAddresses === undefined ? {} : { ipAddresses: terms.ipAddresses }),
        },
        opts,
    );
    return new tls.LocallySignedCert(
        `${name}-certificate`,
        {
            certRequestPem: request.certRequestPem,
            caPrivateKeyPem: authority.privateKey,
            caCertPem: authority.certificate,
            ...(terms.usages.includes("cert_signing") ? { isCaCertificate: true } : {}),
            ...lifetime(terms),
        },
        opts,
    );
}

function privateKey(name: string, opts: { parent: pulumi.Resource }): tls.PrivateKey {
    return new tls.PrivateKey(name, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
}

function lifetime(terms: CertificateTerms) {
    return {
        validityPeriodHours: terms.validityHours,
        earlyRenewalHours: terms.renewBeforeHours,
        allowedUses: terms.usages,
    };
}
