import { load } from "../../config/load";
import type { Problem } from "../../config/problems";
import { problemsFoundBy, rightConfig, rightOidc } from "./fixture";

const oidc = { ...rightOidc, tenants: { "acme-team": "acme" } };

function problemsOf(changes: { oidc?: object; ingress?: object; customers?: object[] }): Problem[] {
    const { oidc: changed, ingress, ...rest } = changes;
    return problemsFoundBy(load, {
        ...rightConfig(),
        ingress: { privateZone: "example.org", kind: "gateway", className: "envoy", ...ingress },
        auth: { oidc: { ...oidc, ...changed } },
        ...rest,
    });
}

/** As many customers as are asked for, each a tenant with a group. */
function many(count: number) {
    const names = Array.from({ length: count }, (_, index) => `c-${index}`);
    return {
        customers: names.map((name) => ({ name, context: name, shard: "a" })),
        oidc: { tenants: Object.fromEntries(names.map((name) => [`${name}-team`, name])) },
    };
}

test("single sign-on that is right has no problem", () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ oidc: { groups: {} } })).toEqual([]);
    expect(problemsOf({ oidc: { tenants: {} } })).toEqual([]);
    expect(problemsOf({ oidc: { tenants: { "it's #1": "globex-1" } } })).toEqual([]);
});

test.each<[string, Parameters<typeof problemsOf>[0], string, RegExp, RegExp]>([
    ["no host", { ingress: { kind: "none" } }, "ingress.kind", /without a host/, /ingress.kind' gateway$/],
    [
        "nobody",
        { oidc: { groups: {}, tenants: {} } },
        "auth.oidc.groups",
        /nobody could sign in/,
        /platform-team' Admin$/,
    ],
    [
        "an unknown tenant",
        { oidc: { tenants: { "acme-team": "acmee" } } },
        "auth.oidc.tenants.acme-team",
        /not the tenant of a customer; did you mean acme\?/,
        /acme-team' acme$/,
    ],
    [
        "a cluster in place of its tenant",
        { oidc: { tenants: { "acme-team": "nobody-we-know" } } },
        "auth.oidc.tenants.acme-team",
        /^is not the tenant of a customer$/,
        /^pulumi config rm /,
    ],
    ["a comment", { oidc: { clientId: "a#b" } }, "auth.oidc.clientId", /grafana.ini/, /clientId' ab$/],
    [
        "a variable",
        { oidc: { tokenUrl: "https://login.example.org/$a" } },
        "auth.oidc.tokenUrl",
        /grafana.ini/,
        /org\/a$/,
    ],
    ["two scopes in one", { oidc: { scopes: ["a b"] } }, "auth.oidc.scopes.0", /grafana.ini/, /scopes\[0\]' ab$/],
    [
        "a release's name too long",
        { customers: [{ name: "c", tenant: "t".repeat(46), context: "c" }], oidc: { tenants: { t: "t".repeat(46) } } },
        "auth.oidc.tenants.t",
        /Helm release .* longer than 53/,
        /^pulumi config rm /,
    ],
    [
        "a host's name too long",
        {
            ingress: { dnsPrefix: "a-prefix-of-some-length-" },
            customers: [{ name: "c", tenant: "t".repeat(32), context: "c" }],
            oidc: { tenants: { t: "t".repeat(32) } },
        },
        "auth.oidc.tenants.t",
        /host name .* longer than the 63/,
        /^pulumi config rm /,
    ],
    ["too many for a Gateway", many(61), "auth.oidc.tenants", /more listeners/, /ingress.kind' ingress$/],
])("%s is a problem", (_, changes, path, problem, paste) => {
    const found = problemsOf(changes);
    expect(found.map((each) => each.path.join("."))).toEqual([path]);
    expect(found[0]?.problem).toMatch(problem);
    expect(found[0]?.paste).toMatch(paste);
    expect(JSON.stringify(found)).not.toContain("canary");
});

test("the longest names that fit are let through", () => {
    const tenant = "t".repeat(45);
    const customers = [{ name: "c", tenant, context: "c" }];
    expect(problemsOf({ customers, oidc: { tenants: { t: tenant } }, ingress: { dnsPrefix: "a".repeat(10) } })).toEqual(
        [],
    );
    expect(problemsOf(many(60))).toEqual([]);
    expect(problemsOf({ ...many(61), ingress: { kind: "ingress" } })).toEqual([]);
});
