import {
    DashboardBuilder,
    DashboardCursorSync,
    DashboardLinkBuilder,
    DashboardLinkType,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { Line, PanelArgs } from "../panels";
import { stat, timeseries } from "../panels";
import { clusterVariable, datasourceVariable, tenantVariable } from "../variables";

/** What every dashboard about applications has. */
export function board(args: { title: string; uid: string; description: string }): DashboardBuilder {
    return new DashboardBuilder(args.title)
        .uid(args.uid)
        .description(args.description)
        .tags(["applications"])
        .time({ from: "now-6h", to: "now" })
        .refresh("1m")
        .tooltip(DashboardCursorSync.Crosshair)
        .readonly()
        .withVariable(datasourceVariable());
}

/** The same for one about applications in customer clusters, which can be chosen. */
export function clustersBoard(args: { title: string; uid: string; description: string }): DashboardBuilder {
    return board(args).withVariable(tenantVariable()).withVariable(clusterVariable());
}

/** The way to another dashboard, from the top of one. */
export function linkTo(title: string, uid: string, { variables }: { variables: boolean }): DashboardLinkBuilder {
    return new DashboardLinkBuilder(title)
        .type(DashboardLinkType.Link)
        .url(`/d/${uid}`)
        .keepTime(true)
        .includeVars(variables);
}

/** One number on top of a dashboard. */
export function headline(
    title: string,
    description: string,
    expr: string,
    more: Pick<PanelArgs, "unit"> & Partial<PanelArgs>,
) {
    return stat({ title, description, expr, span: 4, height: 4, ...more });
}

/** Values over time, half as wide as a dashboard. */
export function chart(
    title: string,
    description: string,
    lines: Line[],
    more: Pick<PanelArgs, "unit"> & Partial<PanelArgs> & { stacked?: boolean },
) {
    return timeseries({ title, description, lines, span: 12, height: 8, min: 0, ...more });
}
