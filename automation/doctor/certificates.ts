import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { Failure, ok, problem, warning, type Finding } from "./check";

/** What a certificate is looked at for. */
export interface CertificateWishes {
    /** What it is called, such as `client certificate`. */
    what: string;
    /** Milliseconds since 1970. */
    now: number;
    /** Days before its expiry from which it is worth a warning. */
    warnDays: number;
    /** How a new one is got. */
    fix: string;
    /** The host names and IP addresses that it must be good for. */
    hosts?: string[];
    /** The common name that it must have. */
    commonName?: string;
}

const day = 86_400_000;

/** What is to be said about the first certificate of a PEM text. */
export function certificateFindings(pem: string, wishes: CertificateWishes): Finding[] {
    const { what, now, warnDays, fix, hosts = [], commonName } = wishes;
    const certificate = parsed(pem, what);
    const expires = certificate.validToDate.getTime();
    const date = certificate.validToDate.toISOString().slice(0, 10);
    const unnamed = hosts.filter(
        (host) => (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) === undefined,
    );
    return [
        certificate.validFromDate.getTime() > now
            ? problem(`${what} is not valid yet; a clock is wrong`, "timedatectl set-ntp true")
            : expires <= now
              ? problem(`${what} expired on ${date}`, fix)
              : expires - now <= warnDays * day
                ? warning(`${what} expires on ${date}, in ${Math.floor((expires - now) / day)} days`, fix)
                : ok(`${what} expires on ${date}`),
        ...(unnamed.length > 0
            ? [problem(`${what} is for ${names(certificate)} and not for ${unnamed.join(", ")}`, fix)]
            : []),
        ...(commonName !== undefined && commonNameOf(certificate) !== commonName
            ? [problem(`${what} is for ${commonNameOf(certificate)} and not for ${commonName}`, fix)]
            : []),
    ];
}

function parsed(pem: string, what: string): X509Certificate {
    try {
        return new X509Certificate(pem);
    } catch {
        throw new Failure(`${what} is not a PEM certificate`);
    }
}

/** Whom a certificate is for, in the words of its names. */
function names(certificate: X509Certificate): string {
    const alternative = certificate.subjectAltName?.replaceAll(/(DNS|IP Address):/g, "");
    return alternative ?? commonNameOf(certificate);
}

function commonNameOf(certificate: X509Certificate): string {
    return /^CN=(.*)$/m.exec(certificate.subject)?.[1] ?? "nobody";
}
