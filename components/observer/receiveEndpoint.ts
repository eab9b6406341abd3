import { ConfigMap, Secret, Service } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { serverTerms } from "../../platform/certificates";
import { objects, serviceHost, services, thanosRelease } from "../../platform/names";
import type { TenantLimits } from "../../platform/tenancy";
import { receiveLimits } from "../../platform/thanos";
import { issueCertificate, type CertificateAuthority } from "../certificateAuthority";
import { metadata, skipAwait } from "../cluster/metadata";

/** Arguments of the endpoint that agents write to. */
export interface ReceiveEndpointArgs {
    authority: CertificateAuthority;
    /** The public host of remote-write. */
    host: string;
    /** How the receive routers' Service is published. */
    service: {
        serviceType: "LoadBalancer" | "NodePort" | "ClusterIP";
        port: number;
        /** The IP address or host name that agents connect to, where config knows it. */
        address?: string;
        annotations: Record<string, string>;
    };
    /** True: external-dns makes the host's record from an annotation. */
    externalDns: boolean;
    /** Certificate authorities besides the environment's own whose clients may write, PEM. */
    trustedClientCas: string[];
    /** What tenants may send. */
    limits: TenantLimits[];
    replicationFactor: number;
    waitForWorkloads: boolean;
}

/**
 * What stands before the receive routers: their certificate, everyone whose clients may write, the tenants' limits and
 * the Service. TLS ends in the router, because only there does the tenant come from the client's certificate.
 */
export class ReceiveEndpoint extends pulumi.ComponentResource {
    /** The Secret and the ConfigMap that the routers mount. */
    readonly mounted: pulumi.Resource[];
    private readonly name: string;
    private readonly args: ReceiveEndpointArgs;

    constructor(name: string, args: ReceiveEndpointArgs, opts: pulumi.ComponentResourceOptions) {
        super("fleet-observability:index:ReceiveEndpoint", name, {}, opts);
        this.name = name;
        this.args = args;
        // On the children too: what a component waits for is not in the state of what is below it.
        const { dependsOn } = opts;
        const { address } = args.service;
        const issued = issueCertificate(
            `${name}-server`,
            serverTerms([args.host, ...(address === undefined ? [] : [address]), serviceHost(objects.receiveService)]),
            args.authority,
            { parent: this },
        );
        const tls = new Secret(
            `${name}-tls`,
            {
                metadata: metadata(objects.receiveTls),
                type: "kubernetes.io/tls",
                stringData: {
                    "tls.crt": issued.certificate,
                    "tls.key": issued.privateKey,
                    "ca.crt": pulumi
                        .all([args.authority.certificate, ...args.trustedClientCas])
                        .apply((bundle) => bundle.join("\n")),
                },
            },
            { parent: this, dependsOn },
        );
        const limits = new ConfigMap(
            `${name}-limits`,
            {
                metadata: metadata(objects.receiveLimits),
                data: {
                    "limits.yaml": receiveLimits(
                        args.limits,
                        args.replicationFactor,
                        `http://${serviceHost(services.prometheus.name)}:${services.prometheus.port}`,
                    ),
                },
            },
            { parent: this, dependsOn },
        );
        this.mounted = [tls, limits];
        this.registerOutputs({});
    }

    /**
     * Publishes the routers, once they are there: Pulumi waits for a Service until pods answer for it.
     *
     * @returns the IP address or host name that agents connect to
     */
    publish(routers: pulumi.Resource): pulumi.Output<string> {
        const { service, externalDns, host, waitForWorkloads } = this.args;
        const published = new Service(
            `${this.name}-service`,
            {
                metadata: metadata(objects.receiveService, {
                    annotations: {
                        ...service.annotations,
                        ...(externalDns ? { "external-dns.alpha.kubernetes.io/hostname": host } : {}),
                        ...(waitForWorkloads ? {} : skipAwait),
                    },
                }),
                spec: {
                    type: service.serviceType,
                    selector: {
                        "app.kubernetes.io/name": "thanos",
                        "app.kubernetes.io/instance": thanosRelease,
                        "app.kubernetes.io/component": "receive-router",
                    },
                    ports: [
                        {
                            name: "remote-write",
                            port: service.serviceType === "NodePort" ? services.receiveRouter.port : service.port,
                            targetPort: "remote-write",
                            ...(service.serviceType === "NodePort" ? { nodePort: service.port } : {}),
                        },
                    ],
                },
            },
            { parent: this, dependsOn: [routers] },
        );
        return pulumi.output(
            service.address ??
                published.status.apply((status) => {
                    const balancer = status?.loadBalancer?.ingress?.[0];
                    return balancer?.ip ?? balancer?.hostname ?? "";
                }),
        );
    }
}
