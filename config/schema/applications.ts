import { z } from "zod";
import { allowed, key, name, retention, secret, size } from "./leaf";

const port = () => z.union([z.int().min(1).max(65535), z.string().regex(/^[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/)]);

const service = z.strictObject({
    name: key(name(), { description: "The monitor's name, unique in the application.", example: "api" }),
    selector: key(z.record(z.string().min(1), z.string()), {
        description:
            "Labels of the Services to scrape, all in the application's namespace. (ServiceMonitor's `selector`)",
        example: { app: "api" },
    }),
    port: key(port(), {
        description:
            "The Service's port, by its name; a number is the container's port. (`endpoints[].port`, `targetPort`)",
        allowed: "a port's name, or 1 to 65535",
        example: "metrics",
    }),
    path: key(z.string().startsWith("/").default("/metrics"), {
        description: "Where its metrics are.",
        allowed: "a path that starts with /",
        example: "/metrics",
    }),
});

const postgres = z.strictObject({
    host: key(z.string().min(1), { description: "The database's host, as the namespace calls it.", example: "db" }),
    port: key(z.int().min(1).max(65535).default(5432), { description: "Its port.", example: 5432 }),
    database: key(z.string().regex(/^[A-Za-z_][\w-]*$/, "is not a database name"), {
        description: "The database to connect to.",
        allowed: "letters, digits, underscores and hyphens",
        example: "portal",
    }),
    user: key(
        z
            .string()
            .regex(/^[a-z_][a-z0-9_]*$/, "is not a user name")
            .default("postgres_exporter"),
        {
            description:
                "A user that may read statistics and nothing else; docs/applications.md has the SQL that makes it.",
            allowed: "a-z, 0-9 and underscores",
            example: "postgres_exporter",
        },
    ),
    password: secret("That user's password; or name a Secret in passwordSecret.").optional(),
    passwordSecret: key(name().optional(), {
        description: "An existing Secret of the namespace with the password under the key `password`.",
        allowed: allowed.name,
        example: "postgres-exporter",
    }),
    sslMode: key(z.enum(["disable", "require", "verify-ca", "verify-full"]).default("require"), {
        description: "Whether the connection is encrypted. (`sslmode`)",
        example: "require",
    }),
});

/** An application with a Prometheus of its own. */
export const applicationMonitoring = z.strictObject({
    name: key(name().max(40), {
        description: "The application's name, unique in its cluster.",
        allowed: "1 to 40 characters of a-z, 0-9 and hyphens, not at the ends",
        example: "portal",
    }),
    namespace: key(name(), {
        description: "Its namespace, which exists; the Prometheus runs there, and sees nothing outside.",
        allowed: allowed.name,
        example: "portal",
    }),
    retention: key(retention().default("7d"), {
        description: "How long its own Prometheus keeps samples; the observer keeps them as it keeps everything.",
        allowed: allowed.retention,
        example: "7d",
    }),
    volumeSize: key(size().default("10Gi"), {
        description: "The size of its Prometheus' volume.",
        allowed: allowed.size,
        example: "10Gi",
    }),
    storageClass: key(z.string().min(1).optional(), {
        description: "The StorageClass of that volume; the cluster's default when unset.",
        example: "standard",
    }),
    services: key(z.array(service).default([]), {
        description:
            "Services to scrape. The team's own ServiceMonitors, PodMonitors and Probes in the namespace count as well, when they carry the label `fleet-observability/application: <name>`.",
        example: [],
    }),
    gunicorn: key(z.boolean().default(false), {
        description:
            "Runs under Gunicorn: puts the mapping of statsd_exporter into the namespace and scrapes its sidecars. (docs/applications.md has the sidecar.)",
        example: true,
    }),
    postgres: key(postgres.optional(), {
        description: "Its PostgreSQL database, watched by a postgres_exporter.",
        example: { host: "db", database: "portal", passwordSecret: "postgres-exporter" },
    }),
});

/** The applications of one cluster. */
export const applications = key(z.array(applicationMonitoring).default([]), {
    description: "Applications with a Prometheus of their own, in their own namespace, as many as wanted.",
    example: [{ name: "portal", namespace: "portal" }],
});
