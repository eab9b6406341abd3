import { Service } from "@pulumi/kubernetes/core/v1";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import type * as pulumi from "@pulumi/pulumi";
import { images, imageReference } from "../../charts/images";
import { grpcEndpoints, kubePrometheusStackRelease, services } from "../../platform/names";
import type { Workload } from "../../platform/sizes";
import { scopedQuery as scopedQueryArgs } from "../../platform/thanos";
import { metadata, skipAwait } from "../cluster/metadata";
import { podLabels, serviceMonitor, statelessDeployment } from "./statelessDeployment";

/** Arguments of a Query that answers each caller with what is the caller's. */
export interface ScopedQueryArgs {
    /** Its Deployment's and Service's name. */
    name: string;
    /** The label that every answer is restricted by, to the value of the header `tenantHeader`. */
    label: string;
    workload: Workload;
    /** The labels of the pods that may call it, besides the observer's Prometheus. */
    callers: Record<string, string>[];
    imageRegistry?: string;
    waitForWorkloads: boolean;
}

/** The labels of the observer's own Grafana: those of tenants reach nothing past the gateway. */
export const observerGrafanaPods = {
    "app.kubernetes.io/name": "grafana",
    "app.kubernetes.io/instance": kubePrometheusStackRelease,
};

const port = services.tenantQuery.port;

/** A Query of the fleet's history that enforces a label; whoever does not say a value sees nothing. */
export function scopedQuery(name: string, args: ScopedQueryArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource {
    const probe = (path: string) => ({ httpGet: { path, port: "http" }, periodSeconds: 5 });
    const deployment = statelessDeployment(
        name,
        {
            ...args,
            container: {
                image: imageReference(images.thanos, args.imageRegistry),
                args: scopedQueryArgs(
                    {
                        http: `0.0.0.0:${port}`,
                        // Its gRPC gives out all series to whoever asks.
                        grpc: "127.0.0.1:10901",
                        // Ruler and sidecar hold the observer's own series, and answer about rules and targets.
                        endpoints: [`${services.receiveIngestor.name}-headless`, services.storeGateway.name].map(
                            grpcEndpoints,
                        ),
                    },
                    args.label,
                ),
                ports: [{ name: "http", containerPort: port }],
                readinessProbe: probe("/-/ready"),
                livenessProbe: { ...probe("/-/healthy"), periodSeconds: 30, failureThreshold: 4 },
            },
        },
        opts,
    );
    new NetworkPolicy(
        `${name}-callers`,
        {
            metadata: metadata(args.name),
            spec: {
                podSelector: { matchLabels: podLabels(args.name) },
                policyTypes: ["Ingress"],
                ingress: [
                    {
                        from: [...args.callers, { "app.kubernetes.io/name": "prometheus" }].map((matchLabels) => ({
                            podSelector: { matchLabels },
                        })),
                        ports: [{ port }],
                    },
                ],
            },
        },
        opts,
    );
    serviceMonitor(name, { name: args.name, port: "http" }, opts);
    return new Service(
        `${name}-service`,
        {
            metadata: metadata(args.name, {
                labels: podLabels(args.name),
                annotations: args.waitForWorkloads ? {} : skipAwait,
            }),
            spec: {
                selector: podLabels(args.name),
                ports: [{ name: "http", port, targetPort: "http" }],
            },
        },
        { ...opts, dependsOn: [deployment] },
    );
}
