import { z } from "zod";
import { allowed, key, secret, tenant, url } from "./leaf";

/** Who may sign in. */
export const auth = z.strictObject({
    oidc: key(
        z
            .strictObject({
                authorizationUrl: key(url(), {
                    description: "The provider's authorization endpoint. (Grafana's `auth_url`)",
                    allowed: allowed.url,
                    example: "https://login.example.org/realms/ops/protocol/openid-connect/auth",
                }),
                tokenUrl: key(url(), {
                    description: "The provider's token endpoint. (Grafana's `token_url`)",
                    allowed: allowed.url,
                    example: "https://login.example.org/realms/ops/protocol/openid-connect/token",
                }),
                userInfoUrl: key(url().optional(), {
                    description:
                        "The provider's user info endpoint; the id token alone when unset. (Grafana's `api_url`)",
                    allowed: allowed.url,
                    example: "https://login.example.org/realms/ops/protocol/openid-connect/userinfo",
                }),
                clientId: key(z.string().min(1), { description: "Grafana's client id.", example: "grafana" }),
                clientSecret: secret("Grafana's client secret; unset for a public client with PKCE alone.").optional(),
                scopes: key(z.array(z.string().min(1)).default(["openid", "profile", "email", "groups"]), {
                    description: "The scopes to ask for. (Grafana's `scopes`)",
                    example: ["openid", "profile", "email", "groups"],
                }),
                groupsClaim: key(
                    z
                        .string()
                        .regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/, "is not a claim")
                        .default("groups"),
                    {
                        description: "The claim that lists a person's groups.",
                        allowed: "letters, digits, underscores and dots",
                        example: "groups",
                    },
                ),
                groups: key(z.record(z.string().min(1), z.enum(["Admin", "Editor", "Viewer"])).default({}), {
                    description:
                        "Which group has which role in the operators' Grafana, which sees the whole fleet. Whoever is in none of them is not let in.",
                    example: { "platform-team": "Admin" },
                }),
                tenants: key(z.record(z.string().min(1), tenant()).default({}), {
                    description:
                        "Which group sees which tenant, in a Grafana of that tenant's own that holds nothing but the tenant's certificate.",
                    allowed: `group: tenant; a tenant is ${allowed.name}`,
                    example: { "acme-team": "acme" },
                }),
            })
            .optional(),
        {
            description: "Single sign-on for Grafana, by OpenID Connect.",
            example: {
                authorizationUrl: "https://login.example.org/realms/ops/protocol/openid-connect/auth",
                tokenUrl: "https://login.example.org/realms/ops/protocol/openid-connect/token",
                clientId: "grafana",
                groups: { "platform-team": "Admin" },
            },
        },
    ),
});
