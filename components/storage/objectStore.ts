import type * as pulumi from "@pulumi/pulumi";

/** Where blocks are kept, and what pods need in order to reach them. Every provider's component is one. */
export interface ObjectStore {
    /** Thanos' objstore.yml. A secret, whatever the provider. */
    readonly objstore: pulumi.Output<string>;
    /** The bucket for people to read: `azure:account/container`, `s3:bucket`, … Known in previews. */
    readonly bucket: pulumi.Output<string>;
    /** Annotations of the service accounts of `objectStoreServiceAccounts`. */
    readonly serviceAccountAnnotations: Record<string, pulumi.Input<string>>;
    /** Labels of every pod that reads or writes blocks. */
    readonly podLabels: Record<string, string>;
    /** A PersistentVolumeClaim to mount at `filesystemDirectory` in those pods. Filesystem only. */
    readonly volumeClaim?: string;
    /** A certificate authority, PEM, to mount at `certificateAuthorityFile` in those pods. S3-compatible only. */
    readonly certificateAuthority?: pulumi.Output<string>;
    /** What must stand before those pods start. */
    readonly ready: pulumi.Resource[];
}
