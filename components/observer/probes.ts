import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import type { PrometheusBlackboxExporterValues } from "../../charts/generated/prometheusBlackboxExporter";
import type { Monitors } from "../../platform/monitors";
import { serviceHost } from "../../platform/names";
import {
    blackboxConfig,
    blackboxExporter,
    peerProbeName,
    peerProbeSpec,
    probeAuthorities,
    probedEndpoints,
    probeGroups,
    probeGroupSpec,
    probeName,
    probeSpec,
    type ProbedCluster,
    type ProbedPeer,
    type ProbedPlatform,
} from "../../platform/probes";
import { metadata } from "../cluster/metadata";
import { chartRelease, type ReleasePolicy } from "../cluster/release";

/** Arguments of what is probed from the observer. */
export interface ProbesArgs {
    monitors: Monitors;
    peers: ProbedPeer[];
    /** Customers' clusters, whoever holds them. */
    clusters: ProbedCluster[];
    /** The platform's own endpoints. */
    platform: ProbedPlatform;
    /** The authorities that the platform's own endpoints are known by, PEM: the environment's and its peers'. */
    authorities: pulumi.Input<string>[];
    releases: ReleasePolicy;
    /** The definitions of the operator's kinds. */
    crds: pulumi.Resource;
}

/**
 * The exporter that probes, and what it probes: a Probe for each endpoint and each peer, and a ScrapeConfig for each kind of
 * thing of which a fleet has many.
 */
export function provisionProbes(name: string, args: ProbesArgs, opts: pulumi.CustomResourceOptions): void {
    // What the exporter mounts waits for no release: with Flux, what does is applied when all releases are ready.
    const authorities = new ConfigMap(
        `${name}-${probeAuthorities.name}`,
        {
            metadata: metadata(probeAuthorities.name),
            data: { [probeAuthorities.key]: pulumi.all(args.authorities).apply((bundle) => bundle.join("\n")) },
        },
        opts,
    );
    const afterCrds = pulumi.mergeOptions(opts, { dependsOn: [args.crds] });
    const values: PrometheusBlackboxExporterValues = {
        fullnameOverride: blackboxExporter.name,
        config: blackboxConfig,
        service: { port: blackboxExporter.port },
        extraConfigmapMounts: [
            {
                name: probeAuthorities.name,
                mountPath: probeAuthorities.directory,
                configMap: probeAuthorities.name,
                readOnly: true,
            },
        ],
        resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } },
    };
    chartRelease(
        `${name}-${blackboxExporter.name}`,
        { releaseName: blackboxExporter.name, chart: "prometheusBlackboxExporter", values, policy: args.releases },
        pulumi.mergeOptions(afterCrds, { dependsOn: [authorities] }),
    );
    const prober = serviceHost(blackboxExporter.name);
    const probes = [
        ...probedEndpoints(args.monitors).map((endpoint) => ({
            name: probeName(endpoint),
            spec: probeSpec(endpoint, prober),
        })),
        ...args.peers.map((peer) => ({ name: peerProbeName(peer), spec: peerProbeSpec(peer, prober) })),
    ];
    for (const probe of probes) {
        new CustomResource(
            `${name}-probe-${probe.name}`,
            {
                apiVersion: "monitoring.coreos.com/v1",
                kind: "Probe",
                metadata: metadata(probe.name),
                spec: probe.spec,
            },
            afterCrds,
        );
    }
    for (const group of probeGroups(args.clusters, args.platform)) {
        new CustomResource(
            `${name}-${group.name}`,
            {
                apiVersion: "monitoring.coreos.com/v1alpha1",
                kind: "ScrapeConfig",
                metadata: metadata(group.name),
                spec: probeGroupSpec(group, prober),
            },
            afterCrds,
        );
    }
}
