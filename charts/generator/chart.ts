/** Reads a chart, and the charts it depends on, into the tree of its keys. */
import { parse } from "yaml";
import { readChart } from "../archive";
import {
    alloy,
    type Chart,
    grafana,
    kubePrometheusStack,
    loki,
    opentelemetryCollector,
    prometheusBlackboxExporter,
    prometheusOperatorCrds,
    thanos,
} from "../coordinates";
import { isMap, mergeValues } from "../merge";
import type { KeyTree } from "../values";
import { keyTree } from "./keyTree";
import { parseTemplate } from "./template";
import { followValues, type Templates } from "./usage";

/** A chart whose key tree is generated. */
export interface GeneratedChart {
    readonly chart: Chart;
    /** Name of the file in `charts/generated`, and what the names of the constant and of the type in it start with. */
    readonly name: string;
    /** Dependencies that the platform never switches on: what is under their keys is left free. */
    readonly unused: ReadonlySet<string>;
}

/** All charts whose key trees are generated. */
export const generatedCharts: readonly GeneratedChart[] = [
    {
        chart: kubePrometheusStack,
        name: "kubePrometheusStack",
        // Its version floats in the chart, so its keys are not those of one pinned version.
        unused: new Set(["prometheus-windows-exporter"]),
    },
    { chart: thanos, name: "thanos", unused: new Set(["kube-prometheus-stack", "rustfs"]) },
    { chart: prometheusOperatorCrds, name: "prometheusOperatorCrds", unused: new Set() },
    { chart: prometheusBlackboxExporter, name: "prometheusBlackboxExporter", unused: new Set() },
    { chart: loki, name: "loki", unused: new Set(["minio", "rollout_operator", "rollout-operator"]) },
    { chart: grafana, name: "grafana", unused: new Set() },
    { chart: alloy, name: "alloy", unused: new Set() },
    { chart: opentelemetryCollector, name: "opentelemetryCollector", unused: new Set() },
];

/**
 * The key tree of a chart.
 *
 * @param path - The chart, packed or as a directory, with its dependencies inside.
 * @throws Error when the chart at the path uses template syntax that the generator does not know.
 */
export function chartKeys({ unused }: GeneratedChart, path: string): KeyTree {
    const { templates, defaults } = chartParts("", readChart(path, isSource), unused);
    return keyTree(defaults, followValues(templates), unused);
}

/** Packed charts may leave the `helm test` hooks out, so what only those read is not part of the tree. */
function isSource(file: string): boolean {
    return /^(charts\/[^/]+\/)?(values\.yaml$|templates\/(?!tests\/).*\.(ya?ml|tpl|txt)$)/.test(file);
}

interface ChartParts {
    readonly templates: Templates;
    readonly defaults: object;
}

function chartParts(name: string, files: ReadonlyMap<string, string>, unused: ReadonlySet<string>): ChartParts {
    const dependencies = [...filesOfDependencies(files)]
        .filter(([dependency]) => !unused.has(dependency))
        .map(([dependency, inside]) => chartParts(dependency, inside, unused));
    const sources = [...files].filter(([file]) => file.startsWith("templates/")).sort();
    const own: unknown = parse(files.get("values.yaml") ?? "") ?? {};
    const inherited = dependencies.map(({ templates, defaults }) => withSharedGlobal(templates.name, defaults));
    return {
        templates: {
            name,
            files: sources.map(([, source]) => parseTemplate(source)),
            dependencies: dependencies.map(({ templates }) => templates),
        },
        defaults: mergeValues({}, ...inherited, isMap(own) ? own : {}),
    };
}

/** Helm merges the parent's `global` into each dependency, so the key is offered once, at the top. */
function withSharedGlobal(name: string, defaults: object): object {
    const { global = {}, ...own } = defaults as { global?: unknown };
    return { global, [name]: own };
}

function filesOfDependencies(files: ReadonlyMap<string, string>): Map<string, Map<string, string>> {
    const dependencies = new Map<string, Map<string, string>>();
    for (const [file, content] of [...files].sort()) {
        const [, name, inside] = /^charts\/([^/]+)\/(.*)$/.exec(file) ?? [];
        if (name !== undefined && inside !== undefined) {
            dependencies.set(name, (dependencies.get(name) ?? new Map<string, string>()).set(inside, content));
        }
    }
    return dependencies;
}
