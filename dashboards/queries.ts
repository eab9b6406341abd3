import type { Dashboard, Panel, RowPanel } from "@grafana/grafana-foundation-sdk/dashboard";

/** A query of a panel, as Grafana would send it. */
export interface DashboardQuery {
    /** The panel's title. */
    panel: string;
    refId: string;
    /** PromQL, with every variable replaced. */
    expr: string;
    /** Whether it asks for one instant; else for a range. */
    instant: boolean;
}

/** What Grafana would put for its own variables, with panels of an hour and a scrape interval of half a minute. */
const builtIn: Record<string, string> = { __rate_interval: "2m", __interval: "30s", __range: "1h" };

/**
 * The queries of a dashboard's panels.
 *
 * @param values of the dashboard's variables; the others are "All"
 * @throws where a query has a variable that the dashboard does not have
 */
export function dashboardQueries(
    dashboard: { title: string; json: string },
    values: Record<string, string> = {},
): DashboardQuery[] {
    const { panels = [], templating } = JSON.parse(dashboard.json) as Dashboard;
    const all = (templating?.list ?? []).map(({ name, allValue = ".*" }) => [name, allValue] as const);
    const variables: Record<string, string> = { ...builtIn, ...Object.fromEntries(all), ...values };

    const replace = (expr: string) =>
        expr.replaceAll(/\$(?:\{([a-zA-Z_]\w*)(?::\w+)?\}|([a-zA-Z_]\w*))/g, (_, braced?: string, plain?: string) => {
            const name = braced ?? plain ?? "";
            const value = variables[name];
            if (value === undefined) {
                throw new Error(
                    `${dashboard.title}: the query "${expr}" has the variable ${name}, the dashboard has none`,
                );
            }
            return value;
        });

    return panels.flatMap(panelsOf).flatMap((panel) =>
        (panel.targets ?? []).map((target) => {
            const { expr, refId, instant } = target as { expr?: string; refId?: string; instant?: boolean };
            return {
                panel: panel.title ?? "",
                refId: refId ?? "",
                expr: replace(expr ?? ""),
                instant: instant === true,
            };
        }),
    );
}

/** The series whose labels are the values of a dashboard's variables. */
export function variableQueries(dashboard: { json: string }): { variable: string; series: string }[] {
    const { templating } = JSON.parse(dashboard.json) as Dashboard;
    return (templating?.list ?? []).flatMap(({ name, query }) => {
        const text = typeof query === "object" && typeof query["query"] === "string" ? query["query"] : "";
        const series = /^label_values\((.*), \w+\)$/s.exec(text)?.[1];
        return series === undefined ? [] : [{ variable: name, series }];
    });
}

/** Why a panel may be empty, in its own words, by the panel's title; a panel without must never be. */
export function noValues(dashboard: { json: string }): Map<string, string> {
    const { panels = [] } = JSON.parse(dashboard.json) as Dashboard;
    return new Map(
        panels.flatMap(panelsOf).flatMap(({ title, fieldConfig }) => {
            const reason = fieldConfig?.defaults.noValue;
            return title === undefined || reason === undefined ? [] : [[title, reason] as const];
        }),
    );
}

function panelsOf(panel: Panel | RowPanel): Panel[] {
    return "panels" in panel ? panel.panels : [panel];
}
