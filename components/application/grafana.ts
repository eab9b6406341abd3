import type * as pulumi from "@pulumi/pulumi";
import { applicationDashboards } from "../../dashboards";
import { applicationDatasource, type Application } from "../../platform/application";
import { provisionDashboards } from "../observer/dashboards";
import { grafanaDatasource } from "../observer/grafanaDatasource";

/** What the observer's Grafana shows of an application: a datasource that has its series alone, and its dashboards. */
export function provisionGrafana(
    name: string,
    instance: { cluster: string; application: Application },
    opts: pulumi.CustomResourceOptions,
): void {
    grafanaDatasource(`${name}-datasource`, applicationDatasource(instance.cluster, instance.application.name), opts);
    provisionDashboards(`${name}-dashboard`, applicationDashboards(instance), opts);
}
