import { dirname } from "node:path/posix";
import { objects } from "../../platform/names";
import { certificateAuthorityFile, filesystemDirectory } from "../../platform/objstore";
import type { ObjectStore } from "../storage/objectStore";

/** What of the object store has to be mounted besides objstore.yml, in every pod that reads or writes blocks. */
export interface BucketMounts {
    /** The claim of a filesystem store's volume. */
    volumeClaim?: string;
    /** True: the Secret of objstore.yml also holds the endpoint's certificate authority. */
    certificateAuthority: boolean;
}

/** What of `store` has to be mounted. */
export function bucketMounts(store: ObjectStore): BucketMounts {
    return { volumeClaim: store.volumeClaim, certificateAuthority: store.certificateAuthority !== undefined };
}

/** The volumes of a pod, and where its container mounts them. */
export function bucketVolumes(mounts: BucketMounts) {
    const mounted = [
        ...(mounts.volumeClaim === undefined
            ? []
            : [
                  {
                      volume: { name: "bucket", persistentVolumeClaim: { claimName: mounts.volumeClaim } },
                      mount: { name: "bucket", mountPath: filesystemDirectory },
                  },
              ]),
        ...(mounts.certificateAuthority
            ? [
                  {
                      volume: {
                          name: "objstore-ca",
                          secret: { secretName: objects.objectStore, items: [{ key: "ca.crt", path: "ca.crt" }] },
                      },
                      mount: { name: "objstore-ca", mountPath: dirname(certificateAuthorityFile), readOnly: true },
                  },
              ]
            : []),
    ];
    return { volumes: mounted.map(({ volume }) => volume), volumeMounts: mounted.map(({ mount }) => mount) };
}
