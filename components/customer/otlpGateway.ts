import type * as pulumi from "@pulumi/pulumi";
import type { OpentelemetryCollectorValues } from "../../charts/generated/opentelemetryCollector";
import { collectorImage } from "../../charts/coordinates";
import { namespace, objects, otlpRelease } from "../../platform/names";
import { otlpArguments, otlpGatewayConfig, otlpPermissions, otlpPorts, type OtlpGateway } from "../../platform/otlp";
import { containerResources } from "../../platform/sizes";
import { chartRelease, type ReleasePolicy } from "../cluster/release";
import { caKey, type RemoteWriteDestination } from "../cluster/remoteWriteCredentials";
import { overNodes } from "../cluster/spread";

/** Arguments of a customer cluster's gateway for pushed metrics. */
export interface OtlpGatewayArgs {
    /** The cluster's name: its `cluster` label. */
    cluster: string;
    externalLabels: Record<string, string>;
    gateway: OtlpGateway;
    /** The observers that it writes to. */
    destinations: RemoteWriteDestination[];
    releases: ReleasePolicy;
}

/** An OpenTelemetry Collector: OTLP in, remote-write with the cluster's certificate out. */
export function provisionOtlpGateway(name: string, args: OtlpGatewayArgs, opts: pulumi.CustomResourceOptions): void {
    chartRelease(
        `${name}-${otlpRelease}`,
        {
            releaseName: otlpRelease,
            chart: "opentelemetryCollector",
            values: otlpGatewayValues(args),
            policy: args.releases,
        },
        opts,
    );
}

/** Where the client certificate is mounted. */
const credentials = "/etc/remote-write";

/** What tells the gateway's pods from all others; the chart's own labels. */
const podLabels = {
    "app.kubernetes.io/name": "opentelemetry-collector",
    "app.kubernetes.io/instance": otlpRelease,
    component: "standalone-collector",
};

function otlpGatewayValues({
    cluster,
    externalLabels,
    gateway,
    destinations,
}: OtlpGatewayArgs): OpentelemetryCollectorValues {
    const several = gateway.replicas > 1;
    return {
        mode: "deployment",
        fullnameOverride: otlpRelease,
        image: { repository: collectorImage },
        command: { extraArgs: otlpArguments },
        // The whole configuration: nothing of the chart's default one, which also takes traces and logs, is merged in.
        alternateConfig: otlpGatewayConfig(gateway, {
            cluster: { name: cluster, externalLabels },
            host: "${env:MY_POD_IP}",
            ports: otlpPorts,
            files: { certificate: `${credentials}/tls.crt`, key: `${credentials}/tls.key` },
            destinations: destinations.map((destination) => ({
                name: destination.name,
                url: destination.url,
                ca: `${credentials}/${caKey(destination)}`,
            })),
            kubernetes: true,
        }),
        clusterRole: { create: true, rules: otlpPermissions },
        replicaCount: gateway.replicas,
        podDisruptionBudget: { enabled: several, maxUnavailable: 1 },
        topologySpreadConstraints: several ? [overNodes(podLabels)] : [],
        resources: containerResources({ cpu: "50m", memory: gateway.memory }),
        ports: {
            otlp: { enabled: true },
            "otlp-http": { enabled: true },
            metrics: { enabled: true },
            "jaeger-compact": { enabled: false },
            "jaeger-thrift": { enabled: false },
            "jaeger-grpc": { enabled: false },
            zipkin: { enabled: false },
        },
        serviceMonitor: { enabled: true, metricsEndpoints: [{ port: "metrics" }] },
        securityContext: {
            runAsNonRoot: true,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
            seccompProfile: { type: "RuntimeDefault" },
        },
        // The image's own user, which the files below are made readable for.
        podSecurityContext: { fsGroup: 10001 },
        extraVolumes: [{ name: "credentials", secret: { secretName: objects.remoteWriteTls, defaultMode: 0o440 } }],
        extraVolumeMounts: [{ name: "credentials", mountPath: credentials, readOnly: true }],
        extraManifests: gateway.nodePorts === undefined ? [] : [nodePortService(gateway.nodePorts)],
    };
}

/** A Service of its own: the chart's would open the collectors' own metrics on every node as well. */
function nodePortService({ grpc, http }: { grpc: number; http: number }) {
    return {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: `${otlpRelease}-nodes`, namespace },
        spec: {
            type: "NodePort",
            selector: podLabels,
            ports: [
                { name: "otlp", port: otlpPorts.grpc, nodePort: grpc, appProtocol: "grpc" },
                { name: "otlp-http", port: otlpPorts.http, nodePort: http },
            ],
        },
    };
}
