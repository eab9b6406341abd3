import type { ValidationMonitor } from "./monitors";

/** The name of a validation's CronJob, of the ConfigMap with its script, and of the Secret that it may have. */
export function validationName(name: string): string {
    return `validation-${name}`;
}

/** The script's file in its ConfigMap. */
const scriptFile = "validate.sh";

/** What a validation's ConfigMap holds. */
export function validationScript({ script }: ValidationMonitor): Record<string, string> {
    return { [scriptFile]: script };
}

/**
 * The spec of a validation's CronJob. A run that finds something fails its Job, and kube-state-metrics says so; nothing
 * is tried again, because a finding is no accident.
 */
export function validationCronJob({ name, schedule, image }: ValidationMonitor) {
    return {
        schedule,
        concurrencyPolicy: "Forbid",
        // A hundred missed runs stop a CronJob for good, unless it need only look back a little.
        startingDeadlineSeconds: 600,
        successfulJobsHistoryLimit: 1,
        failedJobsHistoryLimit: 1,
        jobTemplate: {
            spec: {
                backoffLimit: 0,
                // One that hangs has to end, or no other would ever start.
                activeDeadlineSeconds: 3600,
                template: {
                    metadata: { labels: { "app.kubernetes.io/name": validationName(name) } },
                    spec: {
                        restartPolicy: "Never",
                        automountServiceAccountToken: false,
                        enableServiceLinks: false,
                        securityContext: {
                            runAsNonRoot: true,
                            runAsUser: 65534,
                            runAsGroup: 65534,
                            seccompProfile: { type: "RuntimeDefault" },
                        },
                        containers: [
                            {
                                name: "validation",
                                image,
                                command: ["/bin/sh", `/validation/${scriptFile}`],
                                workingDir: "/tmp",
                                env: [{ name: "HOME", value: "/tmp" }],
                                // Its credentials, where somebody has put some there.
                                envFrom: [{ secretRef: { name: validationName(name), optional: true } }],
                                resources: {
                                    requests: { cpu: "10m", memory: "64Mi" },
                                    limits: { memory: "256Mi" },
                                },
                                securityContext: {
                                    allowPrivilegeEscalation: false,
                                    readOnlyRootFilesystem: true,
                                    capabilities: { drop: ["ALL"] },
                                },
                                volumeMounts: [
                                    { name: "script", mountPath: "/validation", readOnly: true },
                                    { name: "tmp", mountPath: "/tmp" },
                                ],
                            },
                        ],
                        volumes: [
                            { name: "script", configMap: { name: validationName(name) } },
                            { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
                        ],
                    },
                },
            },
        },
    };
}
