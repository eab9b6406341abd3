import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import type * as pulumi from "@pulumi/pulumi";
import type { PrometheusBlackboxExporterValues } from "../../charts/generated/prometheusBlackboxExporter";
import type { Monitors } from "../../platform/monitors";
import { serviceHost } from "../../platform/names";
import {
    blackboxConfig,
    blackboxExporter,
    peerProbeName,
    peerProbeSpec,
    probedEndpoints,
    probeName,
    probeSpec,
    type ProbedPeer,
} from "../../platform/probes";
import { metadata } from "../cluster/metadata";
import { chartRelease, type ReleasePolicy } from "../cluster/release";

/** Where there is something to probe: the exporter that probes, and a Probe for each endpoint and each peer. */
export function provisionProbes(
    name: string,
    { monitors, peers, releases }: { monitors: Monitors; peers: ProbedPeer[]; releases: ReleasePolicy },
    opts: pulumi.CustomResourceOptions,
): void {
    const prober = serviceHost(blackboxExporter.name);
    const probes = [
        ...probedEndpoints(monitors).map((endpoint) => ({
            name: probeName(endpoint),
            spec: probeSpec(endpoint, prober),
        })),
        ...peers.map((peer) => ({ name: peerProbeName(peer), spec: peerProbeSpec(peer, prober) })),
    ];
    if (probes.length === 0) {
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
    for (const probe of probes) {
        new CustomResource(
            `${name}-probe-${probe.name}`,
            {
                apiVersion: "monitoring.coreos.com/v1",
                kind: "Probe",
                metadata: metadata(probe.name),
                spec: probe.spec,
            },
            opts,
        );
    }
}
