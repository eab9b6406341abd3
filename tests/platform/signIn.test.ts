import {
    openPorts,
    publishedSettings,
    rolePath,
    signInSettings,
    signInTenants,
    tenantRoles,
    unsafeInIni,
    type Role,
    type SignIn,
} from "../../platform/signIn";

const signIn: SignIn = {
    authorizationUrl: "https://login.example.org/auth",
    tokenUrl: "https://login.example.org/token",
    clientId: "grafana",
    scopes: ["openid", "email", "groups"],
    groupsClaim: "groups",
    groups: { readers: "Viewer", "platform-team": "Admin" },
    tenants: { "acme-team": "acme", "acme-support": "acme", "globex-team": "globex" },
};

/**
 * What JMESPath makes of an expression as `rolePath` writes them, and of no other: `a[*]` of what is no list is null, of
 * which `contains` makes an error, and of an error Grafana makes no role.
 */
function roleOf(path: string, token: unknown): string | false {
    const terms = path.split(" || ").map((term) => {
        const parts = /^contains\(([\w.]+)\[\*\], `(".*")`\) && '(Admin|Editor|Viewer)'$/.exec(term);
        expect({ term, parts }).toEqual({ term, parts: expect.any(Array) as unknown });
        const [, claim = "", literal = "", role = ""] = parts ?? [];
        return { claim, group: JSON.parse(literal) as string, role };
    });
    for (const { claim, group, role } of terms) {
        const held = claim
            .split(".")
            .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], token);
        if (!Array.isArray(held)) {
            return false;
        }
        if (held.includes(group)) {
            return role;
        }
    }
    return false;
}

describe("a role", () => {
    const path = rolePath("groups", { readers: "Viewer", writers: "Editor", "platform-team": "Admin" });

    test.each<[string, unknown, string | false]>([
        ["of a group", { groups: ["readers"] }, "Viewer"],
        ["the highest of several groups", { groups: ["readers", "platform-team", "writers"] }, "Admin"],
        ["not of another group", { groups: ["others"] }, false],
        ["not of a group that only sounds like it", { groups: ["platform-team-guests", "platform"] }, false],
        ["not of no group", { groups: [] }, false],
        ["not of a token without the claim", { sub: "jane" }, false],
        // `contains("platform-team-guests", "platform-team")` would be true.
        ["not of a claim that is one string", { groups: "platform-team-guests" }, false],
    ])("is given: %s", (_, token, role) => {
        expect(roleOf(path, token)).toBe(role);
    });

    test("is read from a claim inside another", () => {
        const nested = rolePath("realm_access.roles", { ops: "Admin" });
        expect(nested).toBe("contains(realm_access.roles[*], `\"ops\"`) && 'Admin'");
        expect(roleOf(nested, { realm_access: { roles: ["ops"] } })).toBe("Admin");
    });
});

describe("a group's name", () => {
    const odd = [
        "it's",
        'say "ops"',
        "a`b",
        "back\\slash",
        "{{ .Values.secret }}",
        "${HOME} $__file{/etc/passwd}",
        "%(client_secret)s",
        "a # comment ; and another",
        "Überwachung 東京 🔭",
        "two\nlines",
        "cn=ops,ou=groups,dc=example.org",
        "x`) && 'Admin' || contains(groups[*], `y",
    ];

    test.each(odd)("%j is compared as it is, and means nothing on its way there", (group) => {
        const path = rolePath("groups", { [group]: "Viewer" });
        expect(roleOf(path, { groups: [group] })).toBe("Viewer");
        expect(roleOf(path, { groups: ["ops", "y"] })).toBe(false);
        const [, literal = ""] = /`"(.*)"`/.exec(path) ?? [];
        expect(literal).toMatch(/^([-\w ./:@=,]|\\u[0-9a-f]{4})*$/);
        expect(path).not.toMatch(/[#;$\n]|%\(|\{\{/);
    });
});

describe("the tenants' people", () => {
    test("are viewers of their own tenant's Grafana, and nothing anywhere else", () => {
        expect(signInTenants(signIn)).toEqual(["acme", "globex"]);
        expect(tenantRoles(signIn, "acme")).toEqual({ "acme-team": "Viewer", "acme-support": "Viewer" });
        expect(tenantRoles(signIn, "globex")).toEqual({ "globex-team": "Viewer" });
        expect(tenantRoles(signIn, "initech")).toEqual({});
    });

    test.each(["acme", "globex"])("%s: neither operators nor another tenant's people are let in", (tenant) => {
        const path = rolePath(signIn.groupsClaim, tenantRoles(signIn, tenant));
        const groups = [...Object.keys(signIn.groups), ...Object.keys(signIn.tenants)];
        const letIn = groups.filter((group) => roleOf(path, { groups: [group] }) !== false);
        expect(letIn).toEqual(Object.keys(tenantRoles(signIn, tenant)));
    });

    test("are refused by the operators' Grafana", () => {
        const path = rolePath(signIn.groupsClaim, signIn.groups);
        for (const group of Object.keys(signIn.tenants)) {
            expect(roleOf(path, { groups: [group] })).toBe(false);
        }
    });
});

describe("grafana.ini", () => {
    const roles: Record<string, Role> = { ops: "Admin" };
    const oauth = (more: Partial<SignIn>, secret: boolean) =>
        signInSettings({ signIn: { ...signIn, ...more }, roles, secret })["auth.generic_oauth"];

    test("refuses whoever has no role, and never makes a server's admin", () => {
        expect(oauth({}, true)).toMatchObject({ role_attribute_strict: true, use_pkce: true });
        expect(oauth({}, true)).not.toHaveProperty("allow_assign_grafana_admin");
        expect(oauth({}, true)).not.toHaveProperty("skip_org_role_sync");
    });

    test("has the client's secret as a file, and none where the client is public", () => {
        expect(oauth({}, true).client_secret).toBe("$__file{/etc/secrets/oidc/client-secret}");
        expect(oauth({}, false)).not.toHaveProperty("client_secret");
    });

    test("asks for user info only where there is an endpoint", () => {
        expect(oauth({}, true)).not.toHaveProperty("api_url");
        expect(oauth({ userInfoUrl: "https://login.example.org/userinfo" }, true).api_url).toBe(
            "https://login.example.org/userinfo",
        );
    });

    test("says over what it is reached", () => {
        expect(publishedSettings("grafana.example.org")).toEqual({
            server: { root_url: "https://grafana.example.org" },
            security: { cookie_secure: true },
        });
    });

    test.each(["a b", "a#b", "a;b", "`a`", '"a"', "'a'", "$a", "a\\", "%(a)s", "{{ a }}"])(
        "would not take %j",
        (text) => {
            expect(unsafeInIni.test(text)).toBe(true);
        },
    );

    test.each(["grafana", "https://login.example.org/a/b?p=B2C_1_in&x=%20", "api://0f-1/.default"])(
        "takes %j",
        (text) => {
            expect(unsafeInIni.test(text)).toBe(false);
        },
    );
});

test("a tenant's Grafana may connect to any port but those that answer everybody", () => {
    const open = (port: number) =>
        openPorts().some((range) => range.port <= port && port <= (range.endPort ?? range.port));
    expect([53, 443, 5556, 8080, 8443, 10443, 65535].filter((port) => !open(port))).toEqual([]);
    expect([3100, 9090, 9093, 10901, 10902, 10908].filter(open)).toEqual([]);
    for (const { port, endPort = port } of openPorts()) {
        expect(port).toBeGreaterThan(0);
        expect(endPort).toBeGreaterThanOrEqual(port);
        expect(endPort).toBeLessThanOrEqual(65535);
    }
});
