import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import type * as pulumi from "@pulumi/pulumi";
import {
    applicationObjectLabel,
    serviceMonitorName,
    type Application,
    type ApplicationService,
} from "../../platform/application";
import { metadata } from "../cluster/metadata";

/** The metadata of what belongs to an application, in its namespace: its Prometheus takes what has the label. */
export function applicationMetadata(
    application: Application,
    name: string,
    { labels, annotations }: { labels?: Record<string, string>; annotations?: Record<string, string> } = {},
) {
    const all = { ...labels, [applicationObjectLabel]: application.name };
    return metadata(name, { labels: all, annotations }, application.namespace);
}

/** A ServiceMonitor for one of the application's own Services. */
export function scrapeService(
    name: string,
    application: Application,
    service: ApplicationService,
    opts: pulumi.CustomResourceOptions,
): void {
    const { port, path, selector } = service;
    serviceMonitor(
        name,
        application,
        {
            name: serviceMonitorName(application.name, service.name),
            selector,
            endpoint: { ...(typeof port === "number" ? { targetPort: port } : { port }), path },
        },
        opts,
    );
}

/** A ServiceMonitor that the application's Prometheus takes. */
export function serviceMonitor(
    name: string,
    application: Application,
    { name: object, selector, endpoint }: { name: string; selector: Record<string, string>; endpoint: object },
    opts: pulumi.CustomResourceOptions,
): void {
    new CustomResource(
        name,
        {
            apiVersion: "monitoring.coreos.com/v1",
            kind: "ServiceMonitor",
            metadata: applicationMetadata(application, object),
            spec: { selector: { matchLabels: selector }, endpoints: [endpoint] },
        },
        opts,
    );
}
