import { Secret, Service } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { serverTerms } from "../../platform/certificates";
import { serviceHost, servicePort } from "../../platform/names";
import { issueCertificate, type CertificateAuthority } from "../certificateAuthority";
import { metadata, skipAwait } from "../cluster/metadata";

/** How a Service is published whose TLS ends in its pods. */
export interface Publishing {
    serviceType: "LoadBalancer" | "NodePort" | "ClusterIP";
    port: number;
    /** The IP address or host name that clients connect to, where config knows it. */
    address?: string;
    annotations: Record<string, string>;
}

/** Arguments of the certificate of such a Service. */
export interface ServerTlsArgs {
    /** The Secret's name. */
    secretName: string;
    /** The Service's name inside the cluster. */
    serviceName: string;
    /** Its public host. */
    host: string;
    service: Publishing;
    authority: CertificateAuthority;
    /** Certificate authorities besides the environment's own whose clients are let in, PEM. */
    trustedClientCas: string[];
}

/** A server's certificate in its Secret: `tls.crt`, `tls.key`, and `ca.crt` with everyone whose clients are let in. */
export interface ServerTls {
    secret: Secret;
    /** All of it that is public, to tell one version from another. */
    publicPart: pulumi.Output<string>;
}

/** Has the environment's authority sign a server certificate for every name that the Service is reached by. */
export function serverTls(
    name: string,
    args: ServerTlsArgs,
    opts: { parent: pulumi.Resource; dependsOn?: pulumi.ResourceOptions["dependsOn"] },
): ServerTls {
    const { address } = args.service;
    const issued = issueCertificate(
        `${name}-server`,
        serverTerms([args.host, ...(address === undefined ? [] : [address]), serviceHost(args.serviceName)]),
        args.authority,
        { parent: opts.parent },
    );
    const bundle = pulumi
        .all([args.authority.certificate, ...args.trustedClientCas])
        .apply((authorities) => authorities.join("\n"));
    const secret = new Secret(
        `${name}-tls`,
        {
            metadata: metadata(args.secretName),
            type: "kubernetes.io/tls",
            stringData: { "tls.crt": issued.certificate, "tls.key": issued.privateKey, "ca.crt": bundle },
        },
        opts,
    );
    return { secret, publicPart: pulumi.interpolate`${issued.certificate}\n${bundle}` };
}

/** Arguments of the Service itself. */
export interface PublishedServiceArgs {
    /** Its name inside the cluster. */
    serviceName: string;
    host: string;
    service: Publishing;
    /** The port of the pods: its name, and the Service's own number behind a node port. */
    port: { name: string; number: number };
    selector: Record<string, string>;
    /** True: external-dns makes the host's record from an annotation. */
    externalDns: boolean;
    waitForWorkloads: boolean;
}

/**
 * Publishes pods at layer 4: nothing in between may open TLS. Pulumi waits for a Service until pods answer for it.
 *
 * @returns the IP address or host name that clients connect to
 */
export function publishService(
    name: string,
    { serviceName, host, service, port, selector, externalDns, waitForWorkloads }: PublishedServiceArgs,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const published = new Service(
        `${name}-service`,
        {
            metadata: metadata(serviceName, {
                annotations: {
                    ...service.annotations,
                    ...(externalDns ? { "external-dns.alpha.kubernetes.io/hostname": host } : {}),
                    ...(waitForWorkloads ? {} : skipAwait),
                },
            }),
            spec: {
                type: service.serviceType,
                selector,
                ports: [
                    {
                        name: port.name,
                        port: servicePort(service, port.number),
                        targetPort: port.name,
                        ...(service.serviceType === "NodePort" ? { nodePort: service.port } : {}),
                    },
                ],
            },
        },
        opts,
    );
    return pulumi.output(
        service.address ??
            published.status.apply((status) => {
                const balancer = status?.loadBalancer?.ingress?.[0];
                return balancer?.ip ?? balancer?.hostname ?? "";
            }),
    );
}
