import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import type { Datasource } from "../../platform/datasources";
import { metadata } from "../cluster/metadata";

/**
 * A datasource for the operators' Grafana, in a ConfigMap for its sidecar to find. What changes with the customers stands
 * here and not in the chart's values: a new customer should not upgrade a release.
 */
export function grafanaDatasource(name: string, datasource: Datasource, opts: pulumi.CustomResourceOptions): void {
    new ConfigMap(
        name,
        {
            metadata: metadata(`datasource-${datasource.uid}`, { labels: { grafana_datasource: "1" } }),
            // Pruned: what no file has any more goes.
            data: { [`${datasource.uid}.yaml`]: stringify({ apiVersion: 1, prune: true, datasources: [datasource] }) },
        },
        opts,
    );
}
