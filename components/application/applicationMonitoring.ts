import type { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { applicationEntry } from "../../alerts";
import type { Application } from "../../platform/application";
import type { Sign } from "../../platform/credentials";
import type { RemoteWriteDestination } from "../cluster/remoteWriteCredentials";
import { rulerRule } from "../cluster/rulerRule";
import { provisionGrafana } from "./grafana";
import { scrapeService } from "./monitors";
import { provisionPostgresExporter, type PostgresPassword } from "./postgresExporter";
import { provisionPrometheus } from "./prometheus";
import { provisionStatsd } from "./statsd";

/** Arguments of an application's monitoring. */
export interface ApplicationMonitoringArgs {
    application: Application;
    /** The postgres_exporter's password, or the Secret that holds it. */
    postgresPassword?: PostgresPassword;
    /** The cluster that it runs on. */
    cluster: string;
    /** Who it writes as. */
    tenant: string;
    externalLabels: Record<string, string>;
    /** Signs the certificate that its Prometheus writes with. */
    sign: pulumi.Output<Sign>;
    now: Date;
    /** The observers that it writes to. */
    destinations: RemoteWriteDestination[];
    /** True: its silence is an alert. */
    expected: boolean;
    imageRegistry?: string;
    waitForWorkloads: boolean;
}

/**
 * A Prometheus for one application in its own namespace, and on the observer its entry in the inventory and what Grafana
 * shows of it. The namespace is the application's: it has to be there, and is never deleted.
 */
export class ApplicationMonitoring extends pulumi.ComponentResource {
    constructor(
        name: string,
        args: ApplicationMonitoringArgs,
        opts: pulumi.ComponentResourceOptions & {
            /** Where the entry, the datasource and the dashboards stand. */
            observer: { provider: Provider; ready?: pulumi.Resource };
        },
    ) {
        const { observer, ...resourceOpts } = opts;
        const { application, cluster } = args;
        super(
            "fleet-observability:index:ApplicationMonitoring",
            name,
            { cluster, application: application.name },
            resourceOpts,
        );
        const inCluster = { parent: this, dependsOn: opts.dependsOn };
        provisionPrometheus(name, args, inCluster);
        for (const service of application.services) {
            scrapeService(`${name}.${service.name}`, application, service, inCluster);
        }
        if (application.gunicorn) {
            provisionStatsd(name, application, inCluster);
        }
        if (application.postgres !== undefined) {
            provisionPostgresExporter(name, { ...args, database: application.postgres }, inCluster);
        }
        const onObserver = {
            parent: this,
            provider: observer.provider,
            dependsOn: observer.ready === undefined ? [] : [observer.ready],
        };
        if (args.expected) {
            const entry = applicationEntry({ cluster, tenant: args.tenant, application: application.name });
            rulerRule(`${name}-inventory`, { name: entry.name, groups: [entry] }, onObserver);
        }
        provisionGrafana(name, { cluster, application }, onObserver);
        this.registerOutputs({});
    }
}
