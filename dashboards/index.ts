import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { fleetOverview } from "./fleetOverview";

export { dashboardQueries, type DashboardQuery } from "./queries";

/** A dashboard, ready for Grafana. */
export interface ProvisionedDashboard {
    /** Stable and readable: links and bookmarks name it. */
    uid: string;
    /** The folder in Grafana. */
    folder: string;
    title: string;
    /** The dashboard's JSON model; the same text for the same program. */
    json: string;
}

const registry: { folder: string; build: () => DashboardBuilder }[] = [{ folder: "Fleet", build: fleetOverview }];

/** Every dashboard, by folder. */
export function dashboards(): ProvisionedDashboard[] {
    return registry.map(({ folder, build }) => {
        const model = build().build();
        // Without numbers Grafana gives its own, and a link to a panel is good for one load.
        const panels = model.panels?.map((panel, index) => ({ ...panel, id: index + 1 }));
        return { uid: model.uid ?? "", folder, title: model.title ?? "", json: JSON.stringify({ ...model, panels }) };
    });
}
