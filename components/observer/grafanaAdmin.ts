import { createHash } from "node:crypto";
import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { objects } from "../../platform/names";
import { metadata } from "../cluster/metadata";

/**
 * Grafana's admin password, in the Secret that the chart is told of. Without one from config it is made once and kept in
 * the state: the digest of a random key, so that no further provider is needed for one password.
 */
export function grafanaAdmin(
    name: string,
    args: { password?: pulumi.Input<string> },
    opts: pulumi.CustomResourceOptions,
): { secret: Secret; password: pulumi.Output<string> } {
    const password = pulumi.secret(args.password ?? generated(name, opts));
    const secret = new Secret(
        name,
        {
            metadata: metadata(objects.grafanaAdmin),
            type: "Opaque",
            stringData: { "admin-user": "admin", "admin-password": password },
        },
        opts,
    );
    return { secret, password };
}

function generated(name: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
    const seed = new tls.PrivateKey(`${name}-seed`, { algorithm: "ED25519" }, { parent: opts.parent });
    return seed.privateKeyPem.apply((pem) => createHash("sha256").update(pem).digest("base64url").slice(0, 32));
}
