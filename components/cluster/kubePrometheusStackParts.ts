import type { KubePrometheusStackValues } from "../../charts/generated/kubePrometheusStack";
import type { ControlPlaneTargets } from "../../platform/agent";
import { notOfApplications } from "../../platform/application";

/**
 * Every monitor in the cluster counts, whoever made it, but for those that belong to an application with a Prometheus of
 * its own. The chart's own default takes only those with its release's label and ignores the others without a word.
 */
export const selectEverything = {
    serviceMonitorSelector: notOfApplications,
    podMonitorSelector: notOfApplications,
    probeSelector: notOfApplications,
    scrapeConfigSelector: notOfApplications,
    ruleSelector: notOfApplications,
};

/** kube-state-metrics says how it fares itself only when it is asked to. */
export const selfMonitored = { selfMonitor: { enabled: true } } as const;

/** Switches of the control plane's monitors, and with them of the rules that would wait for targets that never come. */
export function controlPlaneValues(targets: ControlPlaneTargets): KubePrometheusStackValues {
    return {
        kubeApiServer: { enabled: targets.apiServer },
        coreDns: { enabled: targets.coreDns },
        kubeControllerManager: { enabled: targets.controllerManager },
        kubeScheduler: { enabled: targets.scheduler },
        kubeEtcd: { enabled: targets.etcd },
        kubeProxy: { enabled: targets.proxy },
    };
}

/** The volume of each replica, as the operator's objects take it; of the cluster's default class when unset. */
export function volumeClaim(size: string, storageClass: string | undefined) {
    return {
        volumeClaimTemplate: {
            spec: {
                ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
                accessModes: ["ReadWriteOnce"],
                resources: { requests: { storage: size } },
            },
        },
    };
}
