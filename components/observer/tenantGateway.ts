import { createHash } from "node:crypto";
import { ConfigMap, Service } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { images, imageReference } from "../../charts/images";
import { objects, serviceHost, services } from "../../platform/names";
import { gatewayReadyPath, tenantGatewayConfig } from "../../platform/tenantGateway";
import type { CertificateAuthority } from "../certificateAuthority";
import { metadata, skipAwait } from "../cluster/metadata";
import { publishService, serverTls, type Publishing } from "./publishedService";
import { podLabels, serviceMonitor, statelessDeployment } from "./statelessDeployment";

/** Arguments of the tenant gateway. */
export interface TenantGatewayArgs {
    authority: CertificateAuthority;
    /** Its public host. */
    host: string;
    /** How its Service is published. */
    service: Publishing;
    /** True: external-dns makes the host's record from an annotation. */
    externalDns: boolean;
    /** Certificate authorities besides the environment's own whose clients are let in, PEM. */
    trustedClientCas: string[];
    /** Whether there is a Loki behind it. */
    logs: boolean;
    replicas: number;
    imageRegistry?: string;
    waitForWorkloads: boolean;
}

/** The labels of its pods, by which what is behind it knows them. */
export const tenantGatewayPods = podLabels(services.tenantGateway.name);

const any = "0.0.0.0";
const healthPort = 8080;
const tlsDirectory = "/etc/tenant-gateway-tls";
const configDirectory = "/etc/tenant-gateway";

/**
 * Where a tenant's certificate is all that counts: logs in, the tenant's own metrics and logs out. TLS ends here, and
 * here the tenant's name is written into the headers that Query and Loki believe.
 */
export class TenantGateway extends pulumi.ComponentResource {
    /** What customers connect to: an IP address or a host name. */
    readonly address: pulumi.Output<string>;

    constructor(name: string, args: TenantGatewayArgs, opts: pulumi.ComponentResourceOptions) {
        super("fleet-observability:index:TenantGateway", name, {}, opts);
        // On the children too: what a component waits for is not in the state of what is below it.
        const children = { parent: this, dependsOn: opts.dependsOn };
        const { name: serviceName, port } = services.tenantGateway;
        const inside = (service: { name: string; port: number }) => `${serviceHost(service.name)}:${service.port}`;
        const tls = serverTls(name, { ...args, secretName: objects.tenantGatewayTls, serviceName }, children);
        const configuration = JSON.stringify(
            tenantGatewayConfig({
                listen: `${any}:${port}`,
                health: `${any}:${healthPort}`,
                serverCertificate: `${tlsDirectory}/tls.crt`,
                serverKey: `${tlsDirectory}/tls.key`,
                clientCa: `${tlsDirectory}/ca.crt`,
                query: inside(services.tenantQuery),
                ...(args.logs ? { loki: inside(services.loki) } : {}),
            }),
            undefined,
            2,
        );
        const config = new ConfigMap(
            `${name}-config`,
            { metadata: metadata(objects.tenantGatewayConfig), data: { "caddy.json": configuration } },
            children,
        );
        const probe = { httpGet: { path: gatewayReadyPath, port: "health" }, periodSeconds: 5 };
        const deployment = statelessDeployment(
            name,
            {
                name: serviceName,
                workload: { replicas: args.replicas > 1 ? 2 : 1, cpu: "50m", memory: "256Mi" },
                waitForWorkloads: args.waitForWorkloads,
                // Caddy reads both once, when it starts.
                podAnnotations: {
                    "fleet-observability/config": digest(configuration),
                    "fleet-observability/certificate": tls.publicPart.apply(digest),
                },
                // The image's program carries this capability, and without it is not even started.
                capabilities: ["NET_BIND_SERVICE"],
                container: {
                    image: imageReference(images.caddy, args.imageRegistry),
                    command: ["caddy", "run", "--config", `${configDirectory}/caddy.json`],
                    ports: [
                        { name: "https", containerPort: port },
                        { name: "health", containerPort: healthPort },
                    ],
                    env: [
                        { name: "XDG_CONFIG_HOME", value: "/config" },
                        { name: "XDG_DATA_HOME", value: "/data" },
                    ],
                    readinessProbe: probe,
                    livenessProbe: { ...probe, periodSeconds: 30, failureThreshold: 4 },
                    // Whoever balances learns only after a moment that this pod goes.
                    lifecycle: { preStop: { sleep: { seconds: 5 } } },
                    volumeMounts: [
                        { name: "tls", mountPath: tlsDirectory, readOnly: true },
                        { name: "configuration", mountPath: configDirectory, readOnly: true },
                        { name: "config", mountPath: "/config" },
                        { name: "data", mountPath: "/data" },
                    ],
                },
                volumes: [
                    { name: "tls", secret: { secretName: objects.tenantGatewayTls, defaultMode: 0o440 } },
                    { name: "configuration", configMap: { name: objects.tenantGatewayConfig } },
                    { name: "config", emptyDir: {} },
                    { name: "data", emptyDir: {} },
                ],
            },
            { parent: this, dependsOn: [tls.secret, config] },
        );
        this.monitor(name, args, deployment);
        this.address = publishService(
            name,
            {
                ...args,
                serviceName,
                port: { name: "https", number: port },
                selector: tenantGatewayPods,
            },
            { parent: this, dependsOn: [deployment] },
        );
        this.registerOutputs({});
    }

    /** A Service of its own for the metrics, because the published one must not lead there. */
    private monitor(name: string, { waitForWorkloads }: TenantGatewayArgs, deployment: pulumi.Resource): void {
        const metrics = services.tenantGatewayMetrics.name;
        const after = { parent: this, dependsOn: [deployment] };
        new Service(
            `${name}-metrics`,
            {
                metadata: metadata(metrics, {
                    labels: tenantGatewayPods,
                    annotations: waitForWorkloads ? {} : skipAwait,
                }),
                spec: {
                    selector: tenantGatewayPods,
                    ports: [{ name: "health", port: healthPort, targetPort: "health" }],
                },
            },
            after,
        );
        serviceMonitor(name, { name: services.tenantGateway.name, port: "health" }, after);
    }
}

function digest(text: string): string {
    return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
