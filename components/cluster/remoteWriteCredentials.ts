import { Secret } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { Sign, Writer } from "../../platform/credentials";
import { metadata } from "./metadata";

/** An observer that is written to. */
export interface RemoteWriteDestination {
    /** The observer's name: the queue's name in the writer's metrics. */
    name: string;
    /** The whole URL, https. */
    url: string;
    /** The certificate authority of the endpoint, PEM. */
    ca: pulumi.Input<string>;
    /** The observer's tenant gateway, where logs go; it keeps none when unset. */
    tenantsUrl?: string;
}

/** Arguments of the Secret that a cluster writes with. */
export interface RemoteWriteCredentialsArgs {
    /** The Secret's name. */
    secretName: string;
    /** Its namespace; the platform's own when unset. */
    namespace?: string;
    writer: Writer;
    /** What signs the writer's certificate. */
    sign: pulumi.Output<Sign>;
    /** When the program runs: it decides which certificate is due. */
    now: Date;
    destinations: RemoteWriteDestination[];
}

/** The Secret with a writer's certificate and key, and each destination's authority under {@link caKey}. */
export function remoteWriteCredentials(
    name: string,
    { secretName, namespace, writer, sign, now, destinations }: RemoteWriteCredentialsArgs,
    opts: pulumi.CustomResourceOptions,
): Secret {
    const issued = sign.apply((issue) => issue(writer, now));
    return new Secret(
        name,
        {
            metadata: metadata(secretName, {}, namespace),
            type: "kubernetes.io/tls",
            stringData: {
                "tls.crt": issued.certificate,
                "tls.key": issued.privateKey,
                ...Object.fromEntries(destinations.map((destination) => [caKey(destination), destination.ca])),
            },
        },
        opts,
    );
}

/** The key of a destination's certificate authority in the credentials. */
export function caKey(destination: { name: string }): string {
    return `ca-${destination.name}.crt`;
}
