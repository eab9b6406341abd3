import { unknownValues, wrongKinds } from "../../charts/check";
import {
    alloy,
    charts,
    findChart,
    grafana,
    loki,
    opentelemetryCollector,
    pullCommand,
    type Chart,
} from "../../charts/coordinates";
import { kubePrometheusStackKeys } from "../../charts/generated/kubePrometheusStack";
import { lokiKeys } from "../../charts/generated/loki";
import { thanosKeys } from "../../charts/generated/thanos";
import { isMap } from "../../charts/merge";
import type { KeyTree } from "../../charts/values";
import { removeCommand, type Path, type Problem } from "../problems";
import type { StackConfig } from "../schema";
import type { Checked } from "./checked";

/**
 * The charts that a stack installs. A stack that keeps no logs, say, needs none of their charts; a shard does not know whether
 * its observer keeps them.
 */
export function neededCharts({ logs, auth, customers }: Partial<StackConfig>): Chart[] {
    const collects = customers?.some((customer) => customer.logs.enabled === true) === true;
    const pushes = customers?.some(({ otlp, profile }) => otlp.enabled ?? profile === "full") === true;
    const unneeded = [
        ...(logs?.enabled === true ? [] : [loki]),
        ...(logs?.enabled === true || collects ? [] : [alloy]),
        ...(pushes ? [] : [opentelemetryCollector]),
        ...(Object.keys(auth?.oidc?.tenants ?? {}).length > 0 ? [] : [grafana]),
    ];
    return charts.filter((chart) => !unneeded.includes(chart));
}

/** Charts come from one place, and are there. */
export function chartPlaces({ config }: Pick<Checked, "config">): Problem[] {
    const { mirror } = config;
    if (mirror?.chartDirectory === undefined) {
        return [];
    }
    const directory = mirror.chartDirectory;
    if (mirror.chartRepository !== undefined) {
        return [
            {
                path: ["mirror", "chartRepository"],
                value: `"${mirror.chartRepository}"`,
                problem: "stands beside mirror.chartDirectory; charts come from one place",
                allowed: "chartRepository or chartDirectory",
                paste: removeCommand(["mirror", "chartRepository"]),
            },
        ];
    }
    return neededCharts(config)
        .filter((chart) => findChart(directory, chart) === undefined)
        .map((chart) => ({
            path: ["mirror", "chartDirectory"],
            value: `"${directory}"`,
            problem: `does not hold ${chart.name} ${chart.version}`,
            allowed: `${chart.name}-${chart.version}.tgz, or a directory ${chart.name} of that version`,
            paste: pullCommand(chart, directory),
        }));
}

/** A user's own values that the charts know, and one compactor. */
export function overlays({ config: { observer }, customers }: Checked): Problem[] {
    const check = (path: Path, keys: KeyTree, values: Record<string, unknown>): Problem[] => [
        ...unknownValues(keys, values).map((unknown) => ({
            path: [...path, ...unknown.keys],
            problem:
                unknown.suggestion === undefined
                    ? "is not a value of the chart"
                    : `is not a value of the chart; did you mean ${unknown.suggestion}?`,
            allowed: unknown.allowed.join(", "),
            paste: removeCommand([...path, ...unknown.keys]),
        })),
        ...wrongKinds(keys, values).map((wrong) => ({
            path: [...path, ...wrong.keys],
            problem: "is of another kind than the chart's own value",
            allowed: wrong.expected,
            paste: removeCommand([...path, ...wrong.keys]),
        })),
    ];
    const compactor = observer?.values.thanos.compactor;
    const replicas = isMap(compactor) ? compactor.replicaCount : undefined;
    const replicasPath: Path = ["observer", "values", "thanos", "compactor", "replicaCount"];
    return [
        ...(observer === undefined
            ? []
            : [
                  ...check(
                      ["observer", "values", "kubePrometheusStack"],
                      kubePrometheusStackKeys,
                      observer.values.kubePrometheusStack,
                  ),
                  ...check(["observer", "values", "thanos"], thanosKeys, observer.values.thanos),
                  ...check(["observer", "values", "loki"], lokiKeys, observer.values.loki),
              ]),
        ...customers.flatMap(({ position, customer }) =>
            check(["customers", position, "values"], kubePrometheusStackKeys, customer.values),
        ),
        ...(replicas === undefined || replicas === 1
            ? []
            : [
                  {
                      path: replicasPath,
                      value: JSON.stringify(replicas),
                      problem: "asks for other than one compactor; two on one bucket corrupt it",
                      allowed: "1",
                      paste: removeCommand(replicasPath),
                  },
              ]),
    ];
}
