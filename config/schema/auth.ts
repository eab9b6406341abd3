import { z } from "zod";
import { allowed, key, url } from "./leaf";

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
