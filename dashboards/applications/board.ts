import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import * as common from "../board";
import type { Line, PanelArgs } from "../panels";
import { stat, timeseries } from "../panels";

type Args = Omit<common.BoardArgs, "tags">;

/** What every dashboard about applications has. */
export function board(args: Args): DashboardBuilder {
    return common.board({ ...args, tags: ["applications"] });
}

/** The same for one about applications in customer clusters, which can be chosen. */
export function clustersBoard(args: Args): DashboardBuilder {
    return common.clustersBoard({ ...args, tags: ["applications"] });
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

/** Whose series the panels about an application's servers show, and how they tell them apart. */
export interface ServerScope {
    /** Matchers. */
    own: string;
    /** Labels of a service. */
    by: string;
    /** What the line of a service is called, that of a pod, and the tile of a database server. */
    service: string;
    pod: string;
    server: string;
}
