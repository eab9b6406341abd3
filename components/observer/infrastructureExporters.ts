import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import type * as pulumi from "@pulumi/pulumi";
import { exporterName, exporterSpec } from "../../platform/infrastructure";
import type { Monitors } from "../../platform/monitors";
import { metadata } from "../cluster/metadata";

/** A ScrapeConfig for each exporter of an infrastructure that the observer's Prometheus scrapes itself. */
export function provisionInfrastructureExporters(
    name: string,
    { iaas }: Monitors,
    opts: pulumi.CustomResourceOptions,
): void {
    for (const exporter of iaas?.exporters ?? []) {
        new CustomResource(
            `${name}-exporter-${exporterName(exporter)}`,
            {
                apiVersion: "monitoring.coreos.com/v1alpha1",
                kind: "ScrapeConfig",
                metadata: metadata(exporterName(exporter)),
                spec: exporterSpec(exporter),
            },
            opts,
        );
    }
}
