import { Percent } from "@grafana/grafana-foundation-sdk/units";
import type { Threshold } from "../../platform/monitors";
import { stat } from "../panels";
import { chosen } from "../variables";
import { colorsBelow } from "./health";
import { to, type Level } from "./levels";

/** A tile for each component of a control plane, which leads to `level`. */
export function components(threshold: Threshold, level: Level) {
    return stat({
        title: "Components",
        description: "Percent of each component's targets that answer.",
        unit: Percent,
        span: 24,
        height: 4,
        decimals: 0,
        expr: `max by (cluster, tenant, job) (component:control_plane_healthy:percent{${chosen}})`,
        legend: "{{job}} on {{cluster}}",
        tiles: true,
        thresholds: colorsBelow(threshold),
        link: to(level),
    });
}
