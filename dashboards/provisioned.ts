import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";

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

/** A dashboard as it is given to Grafana. */
export function provisioned(dashboard: DashboardBuilder, folder: string): ProvisionedDashboard {
    const model = dashboard.build();
    // Without numbers Grafana gives its own, and a link to a panel is good for one load.
    const panels = model.panels?.map((panel, index) => ({ ...panel, id: index + 1 }));
    const json = JSON.stringify({ ...model, panels });
    return { uid: model.uid ?? "", folder, title: model.title ?? "", json };
}
