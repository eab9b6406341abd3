import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { ProvisionedDashboard } from "../../dashboards";
import { metadata } from "../cluster/metadata";

/** One ConfigMap per dashboard, for the sidecar of the operators' Grafana to find. */
export function provisionDashboards(
    name: string,
    dashboards: ProvisionedDashboard[],
    opts: pulumi.CustomResourceOptions,
): void {
    for (const { uid, folder, json } of dashboards) {
        new ConfigMap(
            `${name}-${uid}`,
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
