import { objects } from "./names";

/** A role in a Grafana. */
export type Role = "Admin" | "Editor" | "Viewer";

/** Single sign-on of Grafana, by OpenID Connect. The client's secret stands elsewhere. */
export interface SignIn {
    authorizationUrl: string;
    tokenUrl: string;
    userInfoUrl?: string;
    clientId: string;
    scopes: string[];
    /** The claim that lists a person's groups. */
    groupsClaim: string;
    /** Group → role in the operators' Grafana. */
    groups: Record<string, Role>;
    /** Group → the tenant that it sees, in a Grafana of that tenant's own. */
    tenants: Record<string, string>;
}

/** The tenants that have a Grafana of their own, each once. */
export function signInTenants({ tenants }: Pick<SignIn, "tenants">): string[] {
    return [...new Set(Object.values(tenants))].sort();
}

/** What the groups of a tenant may do in the tenant's own Grafana; nobody else is in it. */
export function tenantRoles({ tenants }: Pick<SignIn, "tenants">, tenant: string): Record<string, Role> {
    const groups = Object.keys(tenants).filter((group) => tenants[group] === tenant);
    return Object.fromEntries(groups.map((group) => [group, "Viewer"]));
}

/** The key of the client's secret in the Secret `objects.oidc`. */
export const clientSecretKey = "client-secret";

const clientSecretDirectory = "/etc/secrets/oidc";

/** How a Grafana gets at the client's secret, for the chart's `extraSecretMounts`. */
export const clientSecretMount = {
    name: "oidc",
    secretName: objects.oidc,
    mountPath: clientSecretDirectory,
    readOnly: true,
    // Its own group reads it, nobody else.
    defaultMode: 0o440,
};

/** The sections of a Grafana's grafana.ini that say under which host it is, over https. */
export function publishedSettings(host: string) {
    return { server: { root_url: `https://${host}` }, security: { cookie_secure: true } };
}

/** Who may sign in to one Grafana, and by which client. */
export interface SignInSettings {
    signIn: SignIn;
    /** Group → role. Whoever is in none of them is refused. */
    roles: Record<string, Role>;
    /** Whether the client has a secret, mounted by `clientSecretMount`; else it is a public one, with PKCE alone. */
    secret: boolean;
}

/**
 * The sections of a Grafana's grafana.ini by which people sign in.
 * https://grafana.com/docs/grafana/latest/setup-grafana/configure-security/configure-authentication/generic-oauth/
 */
export function signInSettings({ signIn, roles, secret }: SignInSettings) {
    return {
        // A role is looked up when somebody signs in, and at no other time: who has left a group is out after a day.
        auth: { login_maximum_lifetime_duration: "1d" },
        "auth.generic_oauth": {
            enabled: true,
            name: "Single sign-on",
            client_id: signIn.clientId,
            ...(secret ? { client_secret: `$__file{${clientSecretDirectory}/${clientSecretKey}}` } : {}),
            use_pkce: true,
            // Where the provider gives a refresh token, a person whom it has disabled is out when the access token ends.
            use_refresh_token: true,
            scopes: signIn.scopes.join(" "),
            auth_url: signIn.authorizationUrl,
            token_url: signIn.tokenUrl,
            ...(signIn.userInfoUrl === undefined ? {} : { api_url: signIn.userInfoUrl }),
            login_attribute_path: "preferred_username",
            role_attribute_path: rolePath(signIn.groupsClaim, roles),
            // Without it whoever has no role gets the default one.
            role_attribute_strict: true,
            allow_sign_up: true,
        },
    };
}

/**
 * The JMESPath expression that gives a person's role, the highest of all groups, or false.
 *
 * `[*]` is what makes a claim that is one string, and not a list, give nobody a role: `contains` would find `ops` in
 * `devops`.
 */
export function rolePath(claim: string, roles: Record<string, Role>): string {
    return (["Admin", "Editor", "Viewer"] as const)
        .flatMap((role) =>
            Object.keys(roles)
                .filter((group) => roles[group] === role)
                .map((group) => `contains(${claim}[*], \`${literal(group)}\`) && '${role}'`),
        )
        .join(" || ");
}

/**
 * A JSON string of which nobody on the way makes anything else: neither Helm's templates nor the ini file, which knows
 * comments, quotes and variables, nor JMESPath.
 */
function literal(text: string): string {
    const escaped = text.replaceAll(
        /[^-\w ./:@=,]/g,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
    return `"${escaped}"`;
}

/** What Grafana's ini file, or the chart that writes it, would not take as it stands. */
export const unsafeInIni = /[\s#;`"'$\\]|%\(|\{\{/;

/**
 * The ports of this cluster's pods that answer everybody with everybody's metrics and logs: Prometheus, Alertmanager,
 * Loki, and Thanos' HTTP, gRPC and remote-write.
 */
const unguardedPorts = [3100, 9090, 9093, 9095, 10901, 10902, 10908];

/**
 * Where a tenant's Grafana may connect to, as a NetworkPolicy has it: anywhere but the unguarded ports, should somebody
 * get hold of its process. Where the OpenID Connect provider stands nobody here knows.
 */
export function openPorts(): { port: number; endPort?: number; protocol: "TCP" }[] {
    const bounds = [0, ...unguardedPorts, 65536];
    return bounds.slice(1).flatMap((to, index) => {
        const port = (bounds[index] ?? 0) + 1;
        return port >= to ? [] : [{ port, ...(to - 1 === port ? {} : { endPort: to - 1 }), protocol: "TCP" as const }];
    });
}
