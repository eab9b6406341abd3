import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Deployment } from "@pulumi/kubernetes/apps/v1";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1";
import type { core } from "@pulumi/kubernetes/types/input";
import type * as pulumi from "@pulumi/pulumi";
import { containerResources, type Workload } from "../../platform/sizes";
import { metadata, skipAwait } from "../cluster/metadata";
import { restrictedContainer, restrictedPod } from "../cluster/restricted";
import { overNodes } from "../cluster/spread";

/** Arguments of a Deployment that keeps nothing. */
export interface StatelessDeploymentArgs {
    /** Its name, its pods' and its monitor's. */
    name: string;
    workload: Workload;
    /** The only container but for what every one has. */
    container: Omit<core.v1.Container, "name" | "resources">;
    volumes?: core.v1.Volume[];
    /** Annotations of the pods: what changes there makes new pods. */
    podAnnotations?: Record<string, pulumi.Input<string>>;
    /** Linux capabilities that the container needs; it has no others. */
    capabilities?: string[];
    waitForWorkloads: boolean;
}

/** The label by which the pods of a Deployment are found. */
export function podLabels(name: string): Record<string, string> {
    return { "app.kubernetes.io/name": name };
}

/** A Deployment whose pods prefer different nodes, and are never all away at once where there are several. */
export function statelessDeployment(
    resource: string,
    args: StatelessDeploymentArgs,
    opts: pulumi.CustomResourceOptions,
): Deployment {
    const { name, workload, container, volumes = [], podAnnotations = {}, capabilities = [] } = args;
    const matchLabels = podLabels(name);
    const several = workload.replicas > 1;
    if (several) {
        new PodDisruptionBudget(
            `${resource}-disruption`,
            { metadata: metadata(name), spec: { maxUnavailable: 1, selector: { matchLabels } } },
            opts,
        );
    }
    return new Deployment(
        resource,
        {
            metadata: metadata(name, {
                labels: matchLabels,
                annotations: args.waitForWorkloads ? {} : skipAwait,
            }),
            spec: {
                replicas: workload.replicas,
                selector: { matchLabels },
                strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
                template: {
                    metadata: { labels: matchLabels, annotations: podAnnotations },
                    spec: {
                        automountServiceAccountToken: false,
                        // A Service called CADDY or THANOS would else be a variable of the same name.
                        enableServiceLinks: false,
                        securityContext: { ...restrictedPod(1000), runAsGroup: 2000, fsGroup: 2000 },
                        topologySpreadConstraints: [overNodes(matchLabels)],
                        containers: [
                            {
                                name,
                                resources: containerResources(workload),
                                securityContext: {
                                    ...restrictedContainer,
                                    capabilities: {
                                        ...restrictedContainer.capabilities,
                                        ...(capabilities.length === 0 ? {} : { add: capabilities }),
                                    },
                                },
                                ...container,
                            },
                        ],
                        ...(volumes.length === 0 ? {} : { volumes }),
                    },
                },
            },
        },
        opts,
    );
}

/** Has the observer's Prometheus scrape the pods behind a Service; the job is the Service's name. */
export function serviceMonitor(
    resource: string,
    { name, port }: { name: string; port: string },
    opts: pulumi.CustomResourceOptions,
): void {
    new CustomResource(
        `${resource}-monitor`,
        {
            apiVersion: "monitoring.coreos.com/v1",
            kind: "ServiceMonitor",
            metadata: metadata(name),
            spec: { selector: { matchLabels: podLabels(name) }, endpoints: [{ port }] },
        },
        opts,
    );
}
