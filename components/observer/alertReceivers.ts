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
    return new Secret(
        name,
        {
            metadata: metadata(objects.alertReceivers),
            type: "Opaque",
            stringData: {
                ...args.receivers,
                ...(args.deadMansSwitchUrl === undefined ? {} : { [deadMansSwitchFile]: args.deadMansSwitchUrl }),
            },
        },
        opts,
    );
}
