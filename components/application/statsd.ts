import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";
import {
    applicationObjectLabel,
    applicationObjects,
    applicationPodServiceLabel,
    type Application,
} from "../../platform/application";
import { statsdMapping } from "../../platform/gunicorn";
import { applicationMetadata } from "./monitors";
import { mappingKey, metricsPort } from "./statsdSidecar";

/** What the sidecars beside the application's pods read, and the PodMonitor by which they are scraped. */
export function provisionStatsd(name: string, application: Application, opts: pulumi.CustomResourceOptions): void {
    const { statsd } = applicationObjects(application.name);
    new ConfigMap(
        `${name}-statsd`,
        {
            metadata: applicationMetadata(application, statsd),
            data: { [mappingKey]: stringify(statsdMapping) },
        },
        opts,
    );
    new CustomResource(
        `${name}-statsd-pod-monitor`,
        {
            apiVersion: "monitoring.coreos.com/v1",
            kind: "PodMonitor",
            metadata: applicationMetadata(application, statsd),
            spec: {
                selector: { matchLabels: { [applicationObjectLabel]: application.name } },
                podMetricsEndpoints: [
                    {
                        port: metricsPort,
                        relabelings: [{ sourceLabels: [applicationPodServiceLabel], targetLabel: "service" }],
                    },
                ],
            },
        },
        opts,
    );
}
