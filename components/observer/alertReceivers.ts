import { Secret } from "@pulumi/kubernetes/core/v1";
import type * as pulumi from "@pulumi/pulumi";
import { deadMansSwitchFile } from "../../platform/alertmanager";
import { objects } from "../../platform/names";
import { metadata } from "../cluster/metadata";

/** What each receiver is reached with, by the receiver's name. Secrets. */
export type ReceiverSecrets = Record<string, pulumi.Input<string>>;

/** The Secret that Alertmanager mounts: one file a receiver, so that its configuration holds no secret. */
export function alertReceiversSecret(
    name: string,
    args: { receivers: ReceiverSecrets; deadMansSwitchUrl?: pulumi.Input<string> },
    opts: pulumi.CustomResourceOptions,
): Secret {
    const files = {
        ...args.receivers,
        ...(args.deadMansSwitchUrl === undefined ? {} : { [deadMansSwitchFile]: args.deadMansSwitchUrl }),
    };
    return new Secret(
        name,
        {
            metadata: metadata(objects.alertReceivers),
            type: "Opaque",
            // An empty map is a difference to the cluster, which drops it, at every `up`.
            ...(Object.keys(files).length === 0 ? {} : { stringData: files }),
        },
        opts,
    );
}
