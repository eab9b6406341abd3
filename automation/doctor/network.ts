import { isIP } from "node:net";
import type { Settings } from "../../config/load";
import { serverTerms } from "../../platform/certificates";
import { agentHost, hosts } from "../../platform/names";
import { servesTenants } from "../../platform/tenantGateway";
import { certificateFindings } from "./certificates";
import { ok, problem, reason, skipped, type Check, type Finding } from "./check";
import { upCommand, type Subject } from "./subject";

/** Where agents write to: as the program decides it. */
export function agentEndpoint({ ingress }: Settings): { host: string; port: number } {
    return { host: agentHost(ingress, "receive"), port: ingress.receive.port };
}

/** The hosts of people and agents have addresses. */
export function dnsRecords({ settings, pulumi, surroundings, written }: Subject): Check {
    return {
        title: "DNS",
        examine: async () => {
            const { ingress } = settings;
            const { receive, tenants, ...web } = hosts(ingress);
            const published = [
                ...(ingress.kind === "none" ? [] : Object.values(web)),
                receive,
                ...(servesTenants(settings) ? [tenants] : []),
            ];
            const lookedAt = published.join(", ");
            if (ingress.dns.provider === "none") {
                return {
                    lookedAt,
                    findings: [skipped("ingress.dns.provider is none: the records are made elsewhere, or not at all")],
                };
            }
            const notUp = await pulumi.whyNotUp();
            if (notUp !== undefined) {
                return { lookedAt, findings: [skipped(`${notUp}: there may be no records yet`)] };
            }
            const findings = await Promise.all(
                published.map(async (host): Promise<Finding[]> => {
                    try {
                        await surroundings.resolve(host);
                        return [];
                    } catch (error) {
                        const fix = `dig +short ${host}   # the zone ${ingress.privateZone} must be reachable from here; then: ${upCommand(written)}`;
                        return [problem(`${host} does not resolve: ${reason(error)}`, fix)];
                    }
                }),
            );
            return { lookedAt, findings: findings.flat().length > 0 ? findings.flat() : [ok("all resolve")] };
        },
    };
}

/** The endpoint that agents write to answers, with a certificate that they believe. */
export function receiveEndpoint({ settings, pulumi, surroundings, written }: Subject): Check {
    return {
        title: "receive endpoint",
        examine: async (signal) => {
            const { host, port } = agentEndpoint(settings);
            const lookedAt = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
            const notUp = await pulumi.whyNotUp();
            if (notUp !== undefined) {
                return { lookedAt, findings: [skipped(`${notUp}: there may be no endpoint yet`)] };
            }
            const fix = upCommand(written);
            try {
                const certificate = await surroundings.handshake(host, port, signal);
                const findings = certificateFindings(certificate, {
                    what: "server certificate",
                    now: surroundings.now(),
                    warnDays: serverTerms([]).renewBeforeHours / 24,
                    hosts: [host],
                    fix,
                });
                return { lookedAt, findings };
            } catch (error) {
                const look = `openssl s_client -connect ${lookedAt}   # from a customer's network; from here it may be closed`;
                return { lookedAt, findings: [problem(`agents' endpoint does not answer: ${reason(error)}`, look)] };
            }
        },
    };
}
