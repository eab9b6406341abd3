import { z } from "zod";
import { key, secret } from "./leaf";

/** How a cluster is reached: exactly one of the three (a rule of rules.ts). */
export const access = {
    kubeconfig: secret("The cluster's kubeconfig as YAML or JSON.").optional(),
    context: key(z.string().min(1).optional(), {
        description: "A context of the ambient kubeconfig (KUBECONFIG or ~/.kube/config).",
        example: "kind-observer",
    }),
    stackReference: key(
        z
            .strictObject({
                stack: key(z.string().min(1), {
                    description: "The stack whose output holds the kubeconfig: organization/project/stack.",
                    example: "example/clusters/prod",
                }),
                output: key(z.string().min(1).default("kubeconfig"), {
                    description: "The name of that output.",
                    example: "kubeconfig",
                }),
            })
            .optional(),
        {
            description: "Another Pulumi stack's output that holds the kubeconfig.",
            example: { stack: "example/clusters/prod", output: "kubeconfig" },
        },
    ),
};

/** Who runs the control plane. A managed one has no scheduler, controller manager or etcd to scrape. */
export const platform = key(z.enum(["aks", "eks", "gke", "kubeadm"]).default("kubeadm"), {
    description:
        "Who runs the control plane. On aks, eks and gke nothing scrapes the components that the cloud hides, and no rule waits for them.",
    example: "kubeadm",
});
