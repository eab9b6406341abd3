import { isIP } from "node:net";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Secret } from "@pulumi/kubernetes/core/v1";
import { Ingress } from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { serverTerms } from "../../platform/certificates";
import { objects, type WebBackend } from "../../platform/names";
import { issueCertificate, type CertificateAuthority } from "../certificateAuthority";
import { metadata, skipAwait } from "../cluster/metadata";

/** Arguments of the web hosts' ingress. */
export interface WebIngressArgs {
    kind: "ingress" | "gateway";
    /** What is published. */
    backends: WebBackend[];
    authority: CertificateAuthority;
    /** The GatewayClass or IngressClass. */
    className?: string;
    /** The static address of the Gateway. */
    address?: string;
    /** Annotations of the Gateway or the Ingress. */
    annotations: Record<string, string>;
    /** Who signs: a cert-manager ClusterIssuer, an existing Secret, or, with neither, the environment's authority. */
    tls: { issuer?: string; secretName?: string };
}

interface Below {
    parent: pulumi.Resource;
    dependsOn: pulumi.ResourceOptions["dependsOn"];
}

/** Publishes Grafana, Prometheus, Alertmanager, Query and the tenants' Grafanas under their hosts, over TLS. */
export class WebIngress extends pulumi.ComponentResource {
    constructor(name: string, args: WebIngressArgs, opts: pulumi.ComponentResourceOptions) {
        super("fleet-observability:index:WebIngress", name, {}, opts);
        const secretName = args.tls.secretName ?? objects.webTls;
        // On the children too: what a component waits for is not in the state of what is below it.
        const below = { parent: this, dependsOn: opts.dependsOn };
        if (args.tls.issuer === undefined && args.tls.secretName === undefined) {
            webCertificate(name, args, below);
        }
        const annotations = {
            ...args.annotations,
            ...(args.tls.issuer === undefined ? {} : { "cert-manager.io/cluster-issuer": args.tls.issuer }),
        };
        if (args.kind === "gateway") {
            gateway(name, args, annotations, secretName, below);
        } else {
            ingress(name, args, annotations, secretName, below);
        }
        this.registerOutputs({});
    }
}

function webCertificate(name: string, args: WebIngressArgs, opts: Below): void {
    const issued = issueCertificate(
        `${name}-server`,
        serverTerms(args.backends.map(({ host }) => host)),
        args.authority,
        { parent: opts.parent },
    );
    new Secret(
        `${name}-tls`,
        {
            metadata: metadata(objects.webTls),
            type: "kubernetes.io/tls",
            stringData: { "tls.crt": issued.certificate, "tls.key": issued.privateKey },
        },
        opts,
    );
}

function gateway(
    name: string,
    args: WebIngressArgs,
    annotations: Record<string, string>,
    secretName: string,
    opts: Below,
): void {
    const apiVersion = "gateway.networking.k8s.io/v1";
    const made = new CustomResource(
        `${name}-gateway`,
        {
            apiVersion,
            kind: "Gateway",
            metadata: metadata(objects.gateway, { annotations }),
            spec: {
                gatewayClassName: args.className,
                ...(args.address === undefined
                    ? {}
                    : {
                          addresses: [
                              { type: isIP(args.address) === 0 ? "Hostname" : "IPAddress", value: args.address },
                          ],
                      }),
                listeners: args.backends.map(({ application, host }) => ({
                    name: application,
                    hostname: host,
                    port: 443,
                    protocol: "HTTPS",
                    tls: { mode: "Terminate", certificateRefs: [{ name: secretName }] },
                    allowedRoutes: { namespaces: { from: "Same" } },
                })),
            },
        },
        opts,
    );
    for (const { application, host, service } of args.backends) {
        new CustomResource(
            `${name}-${application}`,
            {
                apiVersion,
                kind: "HTTPRoute",
                metadata: metadata(application),
                spec: {
                    parentRefs: [{ name: objects.gateway, sectionName: application }],
                    hostnames: [host],
                    rules: [{ backendRefs: [{ name: service.name, port: service.port }] }],
                },
            },
            { parent: opts.parent, dependsOn: [made] },
        );
    }
}

function ingress(
    name: string,
    args: WebIngressArgs,
    annotations: Record<string, string>,
    secretName: string,
    opts: Below,
): void {
    new Ingress(
        `${name}-ingress`,
        {
            // Some controllers never write an address into the status, for which Pulumi would wait in vain.
            metadata: metadata(objects.gateway, { annotations: { ...annotations, ...skipAwait } }),
            spec: {
                ...(args.className === undefined ? {} : { ingressClassName: args.className }),
                tls: [{ secretName, hosts: args.backends.map(({ host }) => host) }],
                rules: args.backends.map(({ host, service }) => ({
                    host,
                    http: {
                        paths: [
                            {
                                path: "/",
                                pathType: "Prefix",
                                backend: { service: { name: service.name, port: { number: service.port } } },
                            },
                        ],
                    },
                })),
            },
        },
        opts,
    );
}
