import { kubePrometheusStackRelease } from "../../platform/names";

/** A resource as its URN tells it. */
export interface ResourceIdentity {
    /** Without the types above it, such as `kubernetes:helm.sh/v3:Release`. */
    type: string;
    name: string;
}

/** What each resource of a customer's cluster is called after the cluster, by type. */
const suffixes: Record<string, string[]> = {
    "pulumi:providers:kubernetes": [""],
    "kubernetes:core/v1:Namespace": ["-namespace"],
    "kubernetes:helm.sh/v3:Release": ["-crds", `-${kubePrometheusStackRelease}`],
    "kubernetes:core/v1:Secret": ["-credentials"],
};

/** @param urn as the engine gives it: `urn:pulumi:<stack>::<project>::<types>::<name>` */
export function identityOf(urn: string): ResourceIdentity {
    const [, , types = "", ...name] = urn.split("::");
    return { type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}

/**
 * The customer that a resource belongs to, by its type and its name together: the release `acme-kps` is of customer acme, the
 * provider of that name of customer acme-kps. Undefined for what belongs to the observer or to all.
 */
export function customerOf(urn: string, observer: string): string | undefined {
    const { type, name } = identityOf(urn);
    const suffix = suffixes[type]?.find((ending) => name.endsWith(ending));
    const customer = suffix === undefined ? undefined : name.slice(0, name.length - suffix.length);
    return customer === observer ? undefined : customer;
}

/** Whether a resource is what a cluster is reached by. */
export function isProvider(urn: string): boolean {
    return identityOf(urn).type === "pulumi:providers:kubernetes";
}

/** Whether a resource is the inventory of a stack's customers. */
export function isInventory(urn: string): boolean {
    const { type, name } = identityOf(urn);
    return type === "kubernetes:monitoring.coreos.com/v1:PrometheusRule" && name === "customers-inventory";
}

/** A resource as people say it: `Release acme-1-kps`, `provider acme-1`. */
export function spoken(urn: string): string {
    const { type, name } = identityOf(urn);
    return type.startsWith("pulumi:providers:")
        ? `provider ${name}`
        : `${type.slice(type.lastIndexOf(":") + 1)} ${name}`;
}
