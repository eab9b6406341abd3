import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import type * as pulumi from "@pulumi/pulumi";
import type { PrometheusBlackboxExporterValues } from "../../charts/generated/prometheusBlackboxExporter";
import type { Monitors } from "../../platform/monitors";
import { serviceHost } from "../../platform/names";
import { blackboxConfig, blackboxExporter, probedEndpoints, probeName, probeSpec } from "../../platform/probes";
import { metadata } from "../cluster/metadata";
import { chartRelease, type ReleasePolicy } from "../cluster/release";

/** Where there is something to probe: the exporter that probes, and a Probe for each endpoint. */
export function provisionProbes(
    name: string,
    { monitors, releases }: { monitors: Monitors; releases: ReleasePolicy },
    opts: pulumi.CustomResourceOptions,
): void {
    const endpoints = probedEndpoints(monitors);
    if (endpoints.length === 0) {
        return;
    }
    const values: PrometheusBlackboxExporterValues = {
        fullnameOverride: blackboxExporter.name,
        config: blackboxConfig,
        service: { port: blackboxExporter.port },
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
    };
    chartRelease(
        `${name}-${blackboxExporter.name}`,
        { releaseName: blackboxExporter.name, chart: "prometheusBlackboxExporter", values, policy: releases },
        opts,
    );
    for (const endpoint of endpoints) {
        new CustomResource(
            `${name}-probe-${probeName(endpoint)}`,
            {
                apiVersion: "monitoring.coreos.com/v1",
                kind: "Probe",
                metadata: metadata(probeName(endpoint)),
                spec: probeSpec(endpoint, serviceHost(blackboxExporter.name)),
            },
            opts,
        );
    }
}
