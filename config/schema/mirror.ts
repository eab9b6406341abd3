import { z } from "zod";
import { allowed, key, url } from "./leaf";

/** Where charts, images and runbooks come from in a closed network. */
export const mirror = z.strictObject({
    imageRegistry: key(
        z
            .string()
            .regex(/^[a-z0-9][-a-z0-9.]*(:\d{1,5})?(\/[-a-z0-9._/]+)?$/, "is not a registry")
            .optional(),
        {
            description:
                "A registry that mirrors every image; replaces docker.io, quay.io, ghcr.io and registry.k8s.io.",
            allowed: "host, host:port or host/path, without https://",
            example: "registry.internal.example.org",
        },
    ),
    chartRepository: key(
        z
            .string()
            .regex(/^(oci|https):\/\/.+$/, "is not a chart repository")
            .optional(),
        {
            description: "A repository that mirrors every chart.",
            allowed: "oci://host/path or https://host/path",
            example: "oci://registry.internal.example.org/charts",
        },
    ),
    chartDirectory: key(z.string().min(1).optional(), {
        description:
            "A directory with every chart, packed (<name>-<version>.tgz) or unpacked (<name>/); nothing is then downloaded.",
        example: "./vendor/charts",
    }),
    runbookBase: key(
        url().default("https://github.com/fleet-observability/fleet-observability/blob/main/docs/runbooks"),
        {
            description:
                "Where alerts' runbooks are read: `runbook_url` is this, a slash and the alert's name with .md.",
            allowed: allowed.url,
            example: "https://wiki.internal.example.org/runbooks",
        },
    ),
});
