import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import { applicationDashboards } from "../../dashboards";
import { applicationDatasource, type Application } from "../../platform/application";
import { metadata } from "../cluster/metadata";

/** What the observer's Grafana shows of an application: a datasource that has its series alone, and its dashboards. */
export function provisionGrafana(
    name: string,
    instance: { cluster: string; application: Application },
    opts: pulumi.CustomResourceOptions,
): void {
    const { cluster, application } = instance;
    const datasource = applicationDatasource(cluster, application.name);
    new ConfigMap(
        `${name}-datasource`,
        {
            metadata: metadata(`datasource-${datasource.uid}`, { labels: { grafana_datasource: "1" } }),
            data: {
                // Pruned: what no file has any more goes.
                [`${datasource.uid}.yaml`]: stringify({ apiVersion: 1, prune: true, datasources: [datasource] }),
            },
        },
        opts,
    );
    for (const { uid, folder, json } of applicationDashboards(instance)) {
        new ConfigMap(
            `${name}-dashboard-${uid}`,
            {
                metadata: metadata(`dashboard-${uid}`, {
                    labels: { grafana_dashboard: "1" },
                    annotations: { grafana_folder: folder },
                }),
                data: { [`${uid}.json`]: json },
            },
            opts,
        );
    }
}
