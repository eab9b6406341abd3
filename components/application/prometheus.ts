import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Service, ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { Role, RoleBinding } from "@pulumi/kubernetes/rbac/v1";
import type * as pulumi from "@pulumi/pulumi";
import { imageReference, images } from "../../charts/images";
import { agentLabels } from "../../platform/agent";
import {
    applicationInstance,
    applicationLabel,
    applicationObjectLabel,
    applicationObjects,
    applicationPrometheus,
    applicationRelabelings,
    retentionSize,
} from "../../platform/application";
import { remoteWriteSpec } from "../../platform/remoteWrite";
import { containerResources } from "../../platform/sizes";
import { volumeClaim } from "../cluster/kubePrometheusStackParts";
import { skipAwait } from "../cluster/metadata";
import { caKey, remoteWriteCredentials } from "../cluster/remoteWriteCredentials";
import { restrictedPod } from "../cluster/restricted";
import type { ApplicationMonitoringArgs } from "./applicationMonitoring";
import { applicationMetadata, serviceMonitor } from "./monitors";

/**
 * The application's Prometheus, which the operator of the cluster's kube-prometheus-stack runs: it sees the application's
 * namespace and no other, keeps its samples on a volume of its own, and sends all of them to the observers.
 */
export function provisionPrometheus(
    name: string,
    args: ApplicationMonitoringArgs,
    opts: pulumi.CustomResourceOptions,
): void {
    const { application, cluster } = args;
    const objects = applicationObjects(application.name);
    const serviceAccount = discovery(`${name}-prometheus`, args, opts);
    const instance = applicationInstance(cluster, application.name);
    const credentials = remoteWriteCredentials(
        `${name}-credentials`,
        {
            secretName: objects.remoteWriteTls,
            namespace: application.namespace,
            // A key of its own: the cluster's agents are another namespace's affair.
            writer: { cluster: instance, tenant: args.tenant },
            sign: args.sign,
            now: args.now,
            destinations: args.destinations,
        },
        opts,
    );
    const selector = { "app.kubernetes.io/name": "prometheus", "app.kubernetes.io/instance": objects.prometheus };
    // The operator's own Service is one for all Prometheus of a namespace.
    const service = new Service(
        `${name}-prometheus`,
        {
            metadata: applicationMetadata(application, objects.prometheusService, {
                labels: selector,
                annotations: skipAwait,
            }),
            spec: {
                clusterIP: "None",
                selector: {
                    "app.kubernetes.io/name": "prometheus",
                    "operator.prometheus.io/name": objects.prometheus,
                },
                ports: [{ name: "http-web", port: applicationPrometheus.port, targetPort: "web" }],
            },
        },
        opts,
    );
    serviceMonitor(
        `${name}-prometheus`,
        application,
        { name: objects.prometheusService, selector, endpoint: { port: "http-web" } },
        opts,
    );
    const own = { matchLabels: { [applicationObjectLabel]: application.name } };
    const here = { matchLabels: { "kubernetes.io/metadata.name": application.namespace } };
    new CustomResource(
        `${name}-prometheus`,
        {
            apiVersion: "monitoring.coreos.com/v1",
            kind: "Prometheus",
            metadata: applicationMetadata(application, objects.prometheus),
            spec: {
                replicas: 1,
                version: images.prometheus.tag.replace(/^v|-.*$/g, ""),
                image: imageReference(images.prometheus, args.imageRegistry),
                serviceName: objects.prometheusService,
                serviceAccountName: objects.prometheusService,
                serviceMonitorSelector: own,
                serviceMonitorNamespaceSelector: here,
                podMonitorSelector: own,
                podMonitorNamespaceSelector: here,
                probeSelector: own,
                probeNamespaceSelector: here,
                scrapeConfigSelector: own,
                scrapeConfigNamespaceSelector: here,
                ruleSelector: own,
                ruleNamespaceSelector: here,
                // Monitors are written by the application's team; what they must not reach or claim is decided here.
                ignoreNamespaceSelectors: true,
                enforcedNamespaceLabel: "namespace",
                arbitraryFSAccessThroughSMs: { deny: true },
                scrapeInterval: applicationPrometheus.scrapeInterval,
                evaluationInterval: applicationPrometheus.scrapeInterval,
                externalLabels: {
                    ...agentLabels({ name: cluster, externalLabels: args.externalLabels }),
                    [applicationLabel]: instance,
                },
                remoteWrite: args.destinations.map((destination) =>
                    remoteWriteSpec(
                        {
                            name: destination.name,
                            url: destination.url,
                            ca: caKey(destination),
                            relabelings: applicationRelabelings(objects.prometheusService),
                        },
                        objects.remoteWriteTls,
                    ),
                ),
                retention: application.retention,
                retentionSize: retentionSize(application.volumeSize),
                storage: volumeClaim(application.volumeSize, application.storageClass),
                persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
                resources: containerResources(applicationPrometheus),
                // The operator's containers have the rest of what PodSecurity's restricted asks for.
                securityContext: { ...restrictedPod(1000), runAsGroup: 2000, fsGroup: 2000 },
            },
        },
        { ...opts, dependsOn: [serviceAccount, credentials, service] },
    );
}

/** Who the Prometheus is in its cluster: it may find targets in its own namespace. */
function discovery(
    name: string,
    { application }: ApplicationMonitoringArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
    const object = () => applicationMetadata(application, applicationObjects(application.name).prometheusService);
    const account = new ServiceAccount(name, { metadata: object(), automountServiceAccountToken: false }, opts);
    const verbs = ["get", "list", "watch"];
    const role = new Role(
        name,
        {
            metadata: object(),
            rules: [
                { apiGroups: [""], resources: ["services", "endpoints", "pods"], verbs },
                { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs },
            ],
        },
        opts,
    );
    return new RoleBinding(
        name,
        {
            metadata: object(),
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: object().name },
            subjects: [{ kind: "ServiceAccount", name: object().name, namespace: application.namespace }],
        },
        { ...opts, dependsOn: [account, role] },
    );
}
