import { namespace } from "../../platform/names";

/** Labels and annotations of an object beyond those that every object has. */
export interface ExtraMetadata {
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
}

/** The metadata of an object in the platform's namespace, or in the one that is given. */
export function metadata(name: string, extra: ExtraMetadata = {}, inNamespace = namespace) {
    return { ...clusterMetadata(name, extra), namespace: inNamespace };
}

/** The metadata of an object that belongs to no namespace. */
export function clusterMetadata(name: string, { labels, annotations }: ExtraMetadata = {}) {
    return {
        name,
        labels: { "app.kubernetes.io/managed-by": "fleet-observability", ...labels },
        annotations: {
            // Nothing that is made here owns anything, so there is nothing to wait for in the foreground; and a cluster
            // whose controllers do not run yet, or no more, would never end a foreground deletion.
            "pulumi.com/deletionPropagationPolicy": "background",
            ...annotations,
        },
    };
}

/** Annotations by which Pulumi does not wait for an object to become ready. */
export const skipAwait = { "pulumi.com/skipAwait": "true" };
