import { z } from "zod";
import { allowed, key, name, switchedOn, url } from "./leaf";

/** What is watched besides the clusters themselves. Checked, and not yet acted upon. */
export const monitors = z.strictObject({
    tre: key(
        z
            .strictObject({
                preset: key(z.enum(["lscsde", "karectl"]).default("lscsde"), {
                    description: "Whose custom resources hold workspaces and users.",
                    example: "lscsde",
                }),
                satreVersion: key(z.enum(["1.1", "2.0"]).default("1.1"), {
                    description: "The SATRE numbering on dashboards.",
                    example: "1.1",
                }),
                pseudonymiseUsers: key(z.boolean().default(true), {
                    description: "Replace user names by pseudonyms.",
                    example: true,
                }),
            })
            .optional(),
        { description: "A trusted research environment.", example: { preset: "lscsde" } },
    ),
    kaas: key(z.strictObject({ enabled: switchedOn(true) }).optional(), {
        description: "Health of managed Kubernetes clusters.",
        example: { enabled: true },
    }),
    iaas: key(
        z
            .strictObject({
                storeEndpoints: key(z.array(z.string().min(1)).default([]), {
                    description: "gRPC addresses, host:port.",
                    example: ["10.0.0.5:10901"],
                }),
            })
            .optional(),
        {
            description: "OpenStack and Ceph, from Thanos sidecars elsewhere.",
            example: { storeEndpoints: ["10.0.0.5:10901"] },
        },
    ),
    harbor: key(
        z
            .strictObject({
                namespace: key(name(), { description: "Its namespace.", allowed: allowed.name, example: "harbor" }),
            })
            .optional(),
        {
            description: "A Harbor registry.",
            example: { namespace: "harbor" },
        },
    ),
    endpoints: key(
        z
            .array(
                z.strictObject({
                    name: key(name(), {
                        description: "The endpoint's name.",
                        allowed: allowed.name,
                        example: "registry",
                    }),
                    url: key(url(), {
                        description: "What is probed.",
                        allowed: allowed.url,
                        example: "https://registry.example.org/",
                    }),
                }),
            )
            .default([]),
        { description: "Service endpoints to probe.", example: [] },
    ),
    applications: key(
        z
            .array(
                z.strictObject({
                    name: key(name(), {
                        description: "The application's name.",
                        allowed: allowed.name,
                        example: "portal",
                    }),
                    namespace: key(name(), { description: "Its namespace.", allowed: allowed.name, example: "portal" }),
                    url: key(url().optional(), {
                        description: "Its public address.",
                        allowed: allowed.url,
                        example: "https://portal.example.org/",
                    }),
                    channel: key(z.string().startsWith("#").optional(), {
                        description: "Its team's Slack channel.",
                        allowed: "a name that starts with #",
                        example: "#portal",
                    }),
                }),
            )
            .default([]),
        { description: "Web applications.", example: [] },
    ),
    certificates: key(
        z
            .strictObject({
                warnDays: key(z.int().min(1).default(30), {
                    description: "Days before expiry from which to warn.",
                    allowed: "a whole number from 1",
                    example: 30,
                }),
            })
            .optional(),
        {
            description: "Certificate lifetimes.",
            example: { warnDays: 30 },
        },
    ),
    argocd: key(z.strictObject({ enabled: switchedOn(true) }).optional(), {
        description: "Argo CD sync and health.",
        example: { enabled: true },
    }),
    vault: key(z.strictObject({ enabled: switchedOn(true) }).optional(), {
        description: "Vault token lifetimes.",
        example: { enabled: true },
    }),
});

/** Who may sign in. Checked, and not yet acted upon. */
export const auth = z.strictObject({
    oidc: key(
        z
            .strictObject({
                issuer: key(url(), {
                    description: "The OpenID Connect issuer.",
                    allowed: allowed.url,
                    example: "https://login.example.org/realms/ops",
                }),
                clientId: key(z.string().min(1), { description: "Grafana's client id.", example: "grafana" }),
                groups: key(z.record(z.string(), z.enum(["Admin", "Editor", "Viewer"])).default({}), {
                    description: "Which group has which Grafana role.",
                    example: { "platform-team": "Admin" },
                }),
            })
            .optional(),
        {
            description: "Single sign-on.",
            example: { issuer: "https://login.example.org/realms/ops", clientId: "grafana" },
        },
    ),
});
