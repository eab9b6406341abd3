/** The charts that the platform installs: one set of versions, tested together, and where they are fetched from. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readChart } from "./archive";
import type { AlloyValues } from "./generated/alloy";
import type { GrafanaValues } from "./generated/grafana";
import type { KubePrometheusStackValues } from "./generated/kubePrometheusStack";
import type { LokiValues } from "./generated/loki";
import type { OpentelemetryCollectorValues } from "./generated/opentelemetryCollector";
import type { PrometheusBlackboxExporterValues } from "./generated/prometheusBlackboxExporter";
import type { PrometheusOperatorCrdsValues } from "./generated/prometheusOperatorCrds";
import type { ThanosValues } from "./generated/thanos";
import { isMap } from "./merge";

/** A chart at the one version that this program is tested with. */
export interface Chart {
    readonly name: string;
    /** Exact version of the chart, without a leading `v`. */
    readonly version: string;
    /** Version of the program that the chart installs by default, as its images are tagged. */
    readonly appVersion: string;
    /** The chart's own OCI address, without the version. */
    readonly oci: string;
    /** The chart's own HTTPS repository. */
    readonly repository: string;
}

/**
 * Prometheus Operator, Prometheus or its agent, Alertmanager, ThanosRuler, Grafana, kube-state-metrics, node exporter.
 * https://github.com/prometheus-community/helm-charts/tree/main/charts/kube-prometheus-stack
 */
export const kubePrometheusStack: Chart = {
    name: "kube-prometheus-stack",
    version: "88.5.3",
    appVersion: "v0.93.1",
    oci: "oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack",
    repository: "https://prometheus-community.github.io/helm-charts",
};

/** Every Thanos component but the ruler. https://github.com/thanos-community/helm-charts/tree/main/charts/thanos */
export const thanos: Chart = {
    name: "thanos",
    version: "0.38.0",
    appVersion: "v0.42.4",
    oci: "oci://ghcr.io/thanos-community/helm-charts/thanos",
    repository: "https://thanos-community.github.io/helm-charts",
};

/**
 * The custom resource definitions of the operator in {@link kubePrometheusStack}: the two share their appVersion.
 * https://github.com/prometheus-community/helm-charts/tree/main/charts/prometheus-operator-crds
 */
export const prometheusOperatorCrds: Chart = {
    name: "prometheus-operator-crds",
    version: "31.0.1",
    appVersion: "v0.93.1",
    oci: "oci://ghcr.io/prometheus-community/charts/prometheus-operator-crds",
    repository: "https://prometheus-community.github.io/helm-charts",
};

/**
 * The exporter that probes endpoints from outside.
 * https://github.com/prometheus-community/helm-charts/tree/main/charts/prometheus-blackbox-exporter
 */
export const prometheusBlackboxExporter: Chart = {
    name: "prometheus-blackbox-exporter",
    version: "11.17.2",
    appVersion: "v0.28.0",
    oci: "oci://ghcr.io/prometheus-community/charts/prometheus-blackbox-exporter",
    repository: "https://prometheus-community.github.io/helm-charts",
};

/** The store of logs. https://github.com/grafana-community/helm-charts/tree/main/charts/loki */
export const loki: Chart = {
    name: "loki",
    version: "18.11.0",
    appVersion: "3.7.6",
    oci: "oci://ghcr.io/grafana-community/helm-charts/loki",
    repository: "https://grafana-community.github.io/helm-charts",
};

/** A Grafana of its own for a tenant. https://github.com/grafana-community/helm-charts/tree/main/charts/grafana */
export const grafana: Chart = {
    name: "grafana",
    version: "12.11.1",
    appVersion: "13.2.0",
    oci: "oci://ghcr.io/grafana-community/helm-charts/grafana",
    repository: "https://grafana-community.github.io/helm-charts",
};

/** The collector of logs and events. https://github.com/grafana/alloy/tree/main/operations/helm/charts/alloy */
export const alloy: Chart = {
    name: "alloy",
    version: "1.11.1",
    appVersion: "v1.18.1",
    oci: "oci://ghcr.io/grafana/helm-charts/alloy",
    repository: "https://grafana.github.io/helm-charts",
};

/**
 * The gateway for pushed metrics.
 * https://github.com/open-telemetry/opentelemetry-helm-charts/tree/main/charts/opentelemetry-collector
 */
export const opentelemetryCollector: Chart = {
    name: "opentelemetry-collector",
    version: "0.170.0",
    appVersion: "0.158.0",
    oci: "oci://ghcr.io/open-telemetry/opentelemetry-helm-charts/opentelemetry-collector",
    repository: "https://open-telemetry.github.io/opentelemetry-helm-charts",
};

/** All charts of the version set. */
export const charts: readonly Chart[] = [
    kubePrometheusStack,
    thanos,
    prometheusOperatorCrds,
    prometheusBlackboxExporter,
    loki,
    grafana,
    alloy,
    opentelemetryCollector,
];

/** Where a closed network keeps the charts. Default: nothing, charts come from their own OCI addresses. */
export interface ChartMirror {
    /** Directory with packed charts as `helm pull` writes them, or unpacked ones. Wins over `chartRepository`. */
    readonly chartDirectory?: string | undefined;
    /** `oci://host/path` that holds the charts by their names, or the `https://` address of a chart repository. */
    readonly chartRepository?: string | undefined;
}

/** The arguments of a Pulumi `helm.v3.Release` that say which chart to install. */
export interface ChartSource {
    readonly chart: string;
    /** Absent when `chart` is a path: what lies there is the version. */
    readonly version?: string;
    readonly repositoryOpts?: { readonly repo: string };
}

/**
 * Where to install a chart from.
 *
 * @param found - Path of the chart in `mirror.chartDirectory`, from {@link findChart}; default: the packed chart there.
 */
export function chartSource(chart: Chart, mirror: ChartMirror = {}, found?: string): ChartSource {
    const { chartDirectory, chartRepository } = mirror;
    if (chartDirectory !== undefined) {
        return { chart: found ?? join(chartDirectory, packedName(chart)) };
    }
    if (chartRepository === undefined) {
        return { chart: chart.oci, version: chart.version };
    }
    const address = chartRepository.replace(/\/+$/, "");
    return address.startsWith("oci://")
        ? { chart: `${address}/${chart.name}`, version: chart.version }
        : { chart: chart.name, version: chart.version, repositoryOpts: { repo: address } };
}

/**
 * Path of a chart in a directory: the packed `<name>-<version>.tgz`, or else the directory `<name>`. Only a chart whose
 * `Chart.yaml` carries the pinned version counts.
 *
 * @returns Undefined when the directory holds no such chart; {@link missingChart} says so to the user.
 */
export function findChart(directory: string, chart: Chart): string | undefined {
    return candidates(directory, chart).find((path) => versionAt(path) === chart.version);
}

/** Tells the user that a directory lacks a chart at its pinned version, what lies there instead, and how to fetch it. */
export function missingChart(directory: string, chart: Chart): string {
    const other = candidates(directory, chart).find(existsSync);
    const instead = other === undefined ? "" : ` (${other} is ${versionAt(other) ?? "not a chart"})`;
    return `${directory} has no chart ${chart.name} ${chart.version}${instead}; fetch it with: ${pullCommand(chart, directory)}`;
}

/** The command that fetches a chart into a directory, ready to paste into a shell. */
export function pullCommand(chart: Chart, directory: string): string {
    const quoted = /^[\w@%+=:,./-]+$/.test(directory) ? directory : `'${directory.replaceAll("'", `'\\''`)}'`;
    return `helm pull ${chart.oci} --version ${chart.version} --destination ${quoted}`;
}

/**
 * The values that make a chart's images come from `mirror.imageRegistry`, such as `registry.example.org`; image paths
 * stay as they are upstream.
 */
export const imageRegistryValues = {
    kubePrometheusStack: (registry: string): KubePrometheusStackValues => ({ global: { imageRegistry: registry } }),
    /** Thanos itself; the images of the ruler's rule importer have registries of their own, and we do not use it. */
    thanos: (registry: string): ThanosValues => ({ global: { image: { registry } } }),
    prometheusBlackboxExporter: (registry: string): PrometheusBlackboxExporterValues => ({
        global: { imageRegistry: registry },
    }),
    loki: (registry: string): LokiValues => ({ global: { imageRegistry: registry } }),
    grafana: (registry: string): GrafanaValues => ({ global: { imageRegistry: registry } }),
    alloy: (registry: string): AlloyValues => ({ global: { image: { registry } } }),
    /** The chart has no key for a registry alone. */
    opentelemetryCollector: (registry: string): OpentelemetryCollectorValues => ({
        image: { repository: `${registry}/${collectorImage}` },
    }),
    /** The chart has no images. */
    prometheusOperatorCrds: (_registry: string): PrometheusOperatorCrdsValues => ({}),
};

/** The collector with every component of its community, which the gateway needs; the chart's own choice is none. */
export const collectorImage = "otel/opentelemetry-collector-contrib";

function packedName(chart: Chart): string {
    return `${chart.name}-${chart.version}.tgz`;
}

function candidates(directory: string, chart: Chart): string[] {
    return [join(directory, packedName(chart)), join(directory, chart.name)];
}

function versionAt(path: string): string | undefined {
    if (!existsSync(path)) {
        return undefined;
    }
    try {
        const text = readChart(path, (file) => file === "Chart.yaml").get("Chart.yaml") ?? "";
        const chart: unknown = parse(text);
        return isMap(chart) && typeof chart["version"] === "string" ? chart["version"] : undefined;
    } catch {
        // A truncated download is reported like any other file that is not the chart.
        return undefined;
    }
}
