/**
 * What PodSecurity's level restricted asks of a pod. Namespaces of applications may enforce it, and what stands there for
 * their monitoring must not be what fails; what stands elsewhere needs no more.
 */
export function restrictedPod(user: number) {
    return { runAsNonRoot: true, runAsUser: user, seccompProfile: { type: "RuntimeDefault" } };
}

/** What it asks of a container; nothing that runs here writes anywhere else than to its volumes. */
export const restrictedContainer = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
};
