import { ConfigMap } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { objects, serviceHost, services, thanosRelease } from "../../platform/names";
import type { TenantLimits } from "../../platform/tenancy";
import { receiveLimits } from "../../platform/thanos";
import type { CertificateAuthority } from "../certificateAuthority";
import { metadata } from "../cluster/metadata";
import { publishService, serverTls, type Publishing } from "./publishedService";

/** Arguments of the endpoint that agents write to. */
export interface ReceiveEndpointArgs {
    authority: CertificateAuthority;
    /** The public host of remote-write. */
    host: string;
    /** How the receive routers' Service is published. */
    service: Publishing;
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
        const { secret } = serverTls(
            name,
            { ...args, secretName: objects.receiveTls, serviceName: objects.receiveService },
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
        this.mounted = [secret, limits];
        this.registerOutputs({});
    }

    /**
     * Publishes the routers, once they are there: Pulumi waits for a Service until pods answer for it.
     *
     * @returns the IP address or host name that agents connect to
     */
    publish(routers: pulumi.Resource): pulumi.Output<string> {
        return publishService(
            this.name,
            {
                ...this.args,
                serviceName: objects.receiveService,
                port: { name: "remote-write", number: services.receiveRouter.port },
                selector: {
                    "app.kubernetes.io/name": "thanos",
                    "app.kubernetes.io/instance": thanosRelease,
                    "app.kubernetes.io/component": "receive-router",
                },
            },
            { parent: this, dependsOn: [routers] },
        );
    }
}
