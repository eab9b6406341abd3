import { hostLabel, tenantGrafanas } from "../../platform/names";
import { signInTenants, unsafeInIni } from "../../platform/signIn";
import { nearest, removeCommand, setCommand, type Path, type Problem } from "../problems";
import type { Checked } from "./checked";

const oidcPath: Path = ["auth", "oidc"];

/** Somebody who may sign in, at a host that the provider can send people back to. */
export function signIn({ config: { auth, ingress } }: Checked): Problem[] {
    const oidc = auth?.oidc;
    if (oidc === undefined) {
        return [];
    }
    const problems: Problem[] = [];
    if (ingress?.kind === "none") {
        problems.push({
            path: ["ingress", "kind"],
            value: '"none"',
            problem: "leaves Grafana without a host, and auth.oidc needs one: the provider sends people back to it",
            allowed: "gateway, ingress",
            paste: setCommand(["ingress", "kind"], "gateway"),
        });
    }
    if (Object.keys(oidc.groups).length === 0 && Object.keys(oidc.tenants).length === 0) {
        problems.push({
            path: [...oidcPath, "groups"],
            problem: "is empty, and so is tenants: nobody could sign in",
            allowed: "at least one group, in groups or in tenants",
            paste: setCommand([...oidcPath, "groups", "platform-team"], "Admin"),
        });
    }
    const written: [Path, string | undefined][] = [
        [["authorizationUrl"], oidc.authorizationUrl],
        [["tokenUrl"], oidc.tokenUrl],
        [["userInfoUrl"], oidc.userInfoUrl],
        [["clientId"], oidc.clientId],
        ...oidc.scopes.map((scope, position): [Path, string] => [["scopes", position], scope]),
    ];
    for (const [key, text] of written) {
        if (text !== undefined && unsafeInIni.test(text)) {
            problems.push({
                path: [...oidcPath, ...key],
                value: JSON.stringify(text),
                problem: "has a space or a character that Grafana's grafana.ini would take for its own",
                allowed: "no space, quote, backslash, $, # or ;",
                paste: setCommand([...oidcPath, ...key], text.replaceAll(new RegExp(unsafeInIni, "g"), "")),
            });
        }
    }
    return problems;
}

/** Helm's limit for a release's name. */
const longestRelease = 53;
/** DNS' limit for a label. */
const longestLabel = 63;
/** The Gateway API's limit for the listeners of a Gateway. */
const mostListeners = 64;
/** Grafana, Prometheus, Alertmanager and Query. */
const ownListeners = 4;

/** Tenants that there are, each with a Grafana that can be named and published. */
export function signInOfTenants({ config: { auth, ingress }, customers }: Checked): Problem[] {
    const oidc = auth?.oidc;
    if (oidc === undefined) {
        return [];
    }
    const known = [...new Set(customers.map(({ customer }) => customer.tenant ?? customer.name))].sort();
    const problems: Problem[] = Object.entries(oidc.tenants)
        .filter(([, tenant]) => !known.includes(tenant))
        .map(([group, tenant]) => {
            const path: Path = [...oidcPath, "tenants", group];
            const meant = nearest(tenant, known);
            return {
                path,
                value: `"${tenant}"`,
                problem: `is not the tenant of a customer${meant === undefined ? "" : `; did you mean ${meant}?`}`,
                allowed: known.length === 0 ? "customers has none yet" : known.join(", "),
                paste: meant === undefined ? removeCommand(path) : setCommand(path, meant),
            };
        });
    if (ingress === undefined) {
        return problems;
    }
    const grafanas = tenantGrafanas(ingress, signInTenants(oidc));
    for (const { tenant, application } of grafanas) {
        const label = hostLabel(ingress, application);
        const tooLong =
            application.length > longestRelease
                ? `makes the Helm release ${application}, longer than ${longestRelease} characters`
                : label.length > longestLabel
                  ? `makes the host name ${label}, longer than the ${longestLabel} characters of a DNS label`
                  : undefined;
        if (tooLong !== undefined) {
            const group = Object.keys(oidc.tenants).find((each) => oidc.tenants[each] === tenant) ?? "";
            const path: Path = [...oidcPath, "tenants", group];
            const room = Math.min(longestRelease, longestLabel - label.length + application.length);
            problems.push({
                path,
                value: `"${tenant}"`,
                problem: tooLong,
                allowed: `a tenant of up to ${room - application.length + tenant.length} characters`,
                paste: removeCommand(path),
            });
        }
    }
    if (ingress.kind === "gateway" && grafanas.length > mostListeners - ownListeners) {
        problems.push({
            path: [...oidcPath, "tenants"],
            value: `${grafanas.length} tenants`,
            problem: `need more listeners than the ${mostListeners} that a Gateway may have`,
            allowed: `${mostListeners - ownListeners} tenants with ingress.kind gateway, any number with ingress`,
            paste: setCommand(["ingress", "kind"], "ingress"),
        });
    }
    return problems;
}
