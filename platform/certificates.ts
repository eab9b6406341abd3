import { isIP } from "node:net";

/**
 * The environment's certificates. Who a sender is, is decided by them alone: the common name of a client certificate is
 * its tenant.
 */

/** What a certificate says and how long it lives. */
export interface CertificateTerms {
    commonName: string;
    /** Hours from signing to expiry. */
    validityHours: number;
    /** Hours before expiry from which the next `up` signs anew. */
    renewBeforeHours: number;
    /** As x509 names key usages: what the key may be used for. */
    usages: ("cert_signing" | "crl_signing" | "digital_signature" | "server_auth" | "client_auth")[];
    dnsNames?: string[];
    ipAddresses?: string[];
}

const year = 365 * 24;

/** The environment's certificate authority. */
export function authorityTerms(environment: string): CertificateTerms {
    return {
        commonName: `fleet-observability ${environment}`,
        validityHours: 10 * year,
        renewBeforeHours: year,
        usages: ["cert_signing", "crl_signing", "digital_signature"],
    };
}

/** The authority below the environment's that signs agents' certificates. It outlives every one that it signs. */
export function agentIssuerTerms(): CertificateTerms {
    return {
        commonName: "fleet-observability agents",
        validityHours: 5 * year,
        renewBeforeHours: 2 * year,
        usages: ["cert_signing", "digital_signature"],
    };
}

/** The certificate of an endpoint; `names` are host names and IP addresses. */
export function serverTerms(names: string[]): CertificateTerms {
    return {
        commonName: names[0] ?? "",
        validityHours: year,
        renewBeforeHours: 60 * 24,
        usages: ["digital_signature", "server_auth"],
        dnsNames: names.filter((name) => isIP(name) === 0),
        ipAddresses: names.filter((name) => isIP(name) !== 0),
    };
}

/** A customer cluster's client certificate. */
export function clientTerms(tenant: string): CertificateTerms {
    return {
        commonName: tenant,
        validityHours: year,
        renewBeforeHours: 60 * 24,
        usages: ["digital_signature", "client_auth"],
    };
}
