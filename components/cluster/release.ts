import { Release } from "@pulumi/kubernetes/helm/v3";
import type * as pulumi from "@pulumi/pulumi";
import {
    alloy,
    chartSource,
    findChart,
    grafana,
    imageRegistryValues,
    kubePrometheusStack,
    loki,
    opentelemetryCollector,
    prometheusBlackboxExporter,
    prometheusOperatorCrds,
    thanos,
    type Chart,
    type ChartMirror,
    type ChartSource,
} from "../../charts/coordinates";
import { mergeValues } from "../../charts/merge";
import { namespace } from "../../platform/names";

/** How releases are made on every cluster of the environment. */
export interface ReleasePolicy {
    /** Where each chart comes from. */
    charts: Record<keyof typeof imageRegistryValues, ChartSource>;
    /** Replaces every image's registry. */
    imageRegistry?: string;
    /** False: `up` does not wait for workloads, and nothing may need a pod to run. */
    waitForWorkloads: boolean;
}

/** The policy of a whole environment. */
export function releasePolicy({
    mirror,
    readiness,
}: {
    mirror: ChartMirror & { imageRegistry?: string };
    readiness: "wait" | "skip";
}): ReleasePolicy {
    const source = (chart: Chart) =>
        chartSource(
            chart,
            mirror,
            mirror.chartDirectory === undefined ? undefined : findChart(mirror.chartDirectory, chart),
        );
    return {
        charts: {
            kubePrometheusStack: source(kubePrometheusStack),
            thanos: source(thanos),
            prometheusOperatorCrds: source(prometheusOperatorCrds),
            prometheusBlackboxExporter: source(prometheusBlackboxExporter),
            loki: source(loki),
            grafana: source(grafana),
            alloy: source(alloy),
            opentelemetryCollector: source(opentelemetryCollector),
        },
        imageRegistry: mirror.imageRegistry,
        waitForWorkloads: readiness === "wait",
    };
}

/** Arguments of a release. */
export interface ReleaseArgs {
    /** Helm's name for it. */
    releaseName: string;
    chart: keyof ReleasePolicy["charts"];
    values: object;
    /** The user's own values; they win. */
    overlay?: object;
    policy: ReleasePolicy;
}

/**
 * A Helm release in the platform's namespace. CRDs are never a release's own affair: Helm installs them once, never
 * upgrades them, and deleting them deletes every rule in the cluster.
 */
export function chartRelease(
    name: string,
    { releaseName, chart, values, overlay, policy }: ReleaseArgs,
    opts: pulumi.CustomResourceOptions,
): Release {
    const mirrored = policy.imageRegistry === undefined ? {} : imageRegistryValues[chart](policy.imageRegistry);
    return new Release(
        name,
        {
            ...policy.charts[chart],
            name: releaseName,
            namespace,
            values: mergeValues(values, mirrored, overlay ?? {}) as Record<string, unknown>,
            skipCrds: true,
            skipAwait: !policy.waitForWorkloads,
            // Grafana's and Prometheus' volumes can take minutes to attach; five minutes, the default, is not enough.
            timeout: 900,
            cleanupOnFail: true,
            maxHistory: 5,
        },
        opts,
    );
}
