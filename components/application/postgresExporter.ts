import { Deployment } from "@pulumi/kubernetes/apps/v1";
import { Secret, Service } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { imageReference, images } from "../../charts/images";
import { applicationObjects, type Application, type ApplicationDatabase } from "../../platform/application";
import { postgresExporter, postgresExporterEnvironment, postgresExporterPort } from "../../platform/postgres";
import { skipAwait } from "../cluster/metadata";
import { restrictedContainer, restrictedPod } from "../cluster/restricted";
import { applicationMetadata, serviceMonitor } from "./monitors";

/** The password of the role that reads statistics, or the Secret of the namespace that holds it under `password`. */
export type PostgresPassword = { value: pulumi.Input<string> } | { secretName: string };

/** Arguments of an application's postgres_exporter. */
export interface PostgresExporterArgs {
    application: Application;
    database: ApplicationDatabase;
    postgresPassword?: PostgresPassword;
    imageRegistry?: string;
    waitForWorkloads: boolean;
}

const passwordMount = "/etc/postgres-exporter";

/** A postgres_exporter for the application's database, and what its Prometheus scrapes it by. */
export function provisionPostgresExporter(
    name: string,
    { application, database, postgresPassword, imageRegistry, waitForWorkloads }: PostgresExporterArgs,
    opts: pulumi.CustomResourceOptions,
): void {
    const object = applicationObjects(application.name).postgresExporter;
    const selector = { "app.kubernetes.io/name": "postgres-exporter", "app.kubernetes.io/instance": object };
    const password = passwordSecret(`${name}-postgres-exporter`, { application, object, postgresPassword }, opts);
    const awaited = waitForWorkloads ? {} : skipAwait;
    const deployment = new Deployment(
        `${name}-postgres-exporter`,
        {
            metadata: applicationMetadata(application, object, { labels: selector, annotations: awaited }),
            spec: {
                replicas: 1,
                // Two at once would count each other's connections.
                strategy: { type: "Recreate" },
                selector: { matchLabels: selector },
                template: {
                    metadata: { labels: selector },
                    spec: {
                        automountServiceAccountToken: false,
                        enableServiceLinks: false,
                        securityContext: restrictedPod(65534),
                        containers: [
                            {
                                name: "postgres-exporter",
                                image: imageReference(images.postgresExporter, imageRegistry),
                                args: postgresExporter({ http: `:${postgresExporterPort}` }),
                                env: Object.entries(
                                    postgresExporterEnvironment(database, `${passwordMount}/password`),
                                ).map(([name, value]) => ({ name, value })),
                                ports: [{ name: "metrics", containerPort: postgresExporterPort }],
                                // Not /metrics, which asks the database: its failure is pg_up, and no reason to restart.
                                readinessProbe: { httpGet: { path: "/", port: "metrics" } },
                                livenessProbe: { httpGet: { path: "/", port: "metrics" } },
                                resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
                                securityContext: restrictedContainer,
                                volumeMounts: [{ name: "password", mountPath: passwordMount, readOnly: true }],
                            },
                        ],
                        volumes: [
                            {
                                name: "password",
                                secret: {
                                    secretName: password.name,
                                    items: [{ key: "password", path: "password" }],
                                },
                            },
                        ],
                    },
                },
            },
        },
        { ...opts, dependsOn: password.made },
    );
    new Service(
        `${name}-postgres-exporter`,
        {
            metadata: applicationMetadata(application, object, { labels: selector, annotations: awaited }),
            spec: {
                selector,
                ports: [{ name: "metrics", port: postgresExporterPort, targetPort: "metrics" }],
            },
        },
        { ...opts, dependsOn: [deployment] },
    );
    serviceMonitor(
        `${name}-postgres-exporter`,
        application,
        { name: object, selector, endpoint: { port: "metrics" } },
        opts,
    );
}

/** The Secret with the password: the one that is named, or one that is made. */
function passwordSecret(
    name: string,
    {
        application,
        object,
        postgresPassword,
    }: { application: Application; object: string; postgresPassword?: PostgresPassword },
    opts: pulumi.CustomResourceOptions,
): { name: string; made: pulumi.Resource[] } {
    if (postgresPassword === undefined || "secretName" in postgresPassword) {
        return { name: postgresPassword?.secretName ?? object, made: [] };
    }
    const secret = new Secret(
        name,
        {
            metadata: applicationMetadata(application, object),
            type: "Opaque",
            stringData: { password: postgresPassword.value },
        },
        opts,
    );
    return { name: object, made: [secret] };
}
