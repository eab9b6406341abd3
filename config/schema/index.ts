import { z } from "zod";
import { alerting } from "./alerting";
import { customer } from "./customers";
import { ingress } from "./ingress";
import { allowed, key, labels, name } from "./leaf";
import { logs } from "./logs";
import { mirror } from "./mirror";
import { auth } from "./auth";
import { monitors } from "./monitors";
import { observer } from "./observer";
import { storage } from "./storage";

/** The namespace of every key: the Pulumi project's name. */
export const namespace = "fleet-observability";

/** The sections of a stack's config: one Pulumi config key each, in the order in which the reference lists them. */
export const sections = {
    environment: key(z.string().regex(/^[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?$/, "is not an environment name"), {
        description:
            "The environment's name: part of the names of what is made in clouds, and the label `environment`.",
        allowed: "1 to 20 characters of a-z, 0-9 and hyphens, not at the ends",
        example: "prod",
    }),
    role: key(z.enum(["environment", "customers"]).default("environment"), {
        description:
            "What this stack holds. environment: storage, the observer, and the customers listed here that name no shard. customers: a shard, one to about fifty customer clusters of an environment that is a stack of its own; of all sections it has only environment, role, environmentStack, shard, observer (name and access), readiness, mirror and customers. `npm run fleet` writes it.",
        example: "environment",
    }),
    environmentStack: key(z.string().min(1).optional(), {
        description: "Role customers: the environment's stack, whose outputs this one reads.",
        allowed: "a stack of this project, such as prod, or organization/project/stack",
        example: "prod",
    }),
    shard: key(name().optional(), {
        description: "Role customers: the shard's name, unique in its environment.",
        allowed: allowed.name,
        example: "shard-01",
    }),
    labels: key(labels().default({}), {
        description: "Tags for everything that is made in a cloud, such as an owner or a cost centre.",
        allowed: allowed.labels,
        example: { owner: "platform-team" },
    }),
    readiness: key(z.enum(["wait", "skip"]).default("wait"), {
        description:
            "wait: `up` ends when every workload is ready. skip: `up` ends when the API servers have accepted everything; for clusters whose nodes come later. Nothing then needs a pod to run.",
        example: "wait",
    }),
    observer: observer.meta({ description: "The cluster that stores, queries, alerts and shows." }),
    storage: storage.meta({ description: "Where the blocks are kept." }),
    ingress: ingress.meta({ description: "How people and agents reach the observer." }),
    auth: auth.default({}).meta({ description: "Who may sign in." }),
    logs: logs.prefault({}).meta({ description: "Logs and events of the whole fleet." }),
    alerting: alerting.prefault({}).meta({ description: "Who is told what." }),
    customers: key(z.array(customer).default([]), {
        description: "The customer clusters. Adding an entry onboards a cluster, removing it offboards it.",
        example: [{ name: "acme-1", tenant: "acme", context: "kind-acme-1" }],
    }),
    monitors: monitors.prefault({}).meta({ description: "What is watched besides the fleet's own health." }),
    mirror: mirror
        .prefault({})
        .meta({ description: "Where charts, images and runbooks come from in a closed network." }),
};

/** A section's name. */
export type Section = keyof typeof sections;

/** The whole config, checked, with defaults filled in and secrets as Pulumi secret Outputs. */
export type StackConfig = { [Name in Section]: z.output<(typeof sections)[Name]> };

/** The sections of a stack of role customers. */
export const shardSections = [
    "environment",
    "role",
    "environmentStack",
    "shard",
    "readiness",
    "observer",
    "customers",
    "mirror",
] as const satisfies Section[];

/** The schema of a whole stack's config. */
export const stackConfig = z.strictObject(sections);

export { customer };
