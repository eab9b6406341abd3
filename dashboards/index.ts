import { applications } from "./applications";
import type { DashboardContext } from "./audience";
import { fleet } from "./fleet";
import { infrastructure } from "./infrastructure";
import { kubernetes } from "./kubernetes";
import { platform } from "./platform";
import { research } from "./research";

export type { DashboardContext } from "./audience";
export { dashboardQueries, noValues, variableQueries, type DashboardQuery } from "./queries";

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

const audiences = [fleet, kubernetes, infrastructure, applications, research, platform];

/** Every dashboard that what is watched calls for, by folder. */
export function dashboards(context: DashboardContext): ProvisionedDashboard[] {
    return audiences.flatMap((audience) =>
        audience.dashboards(context).map((dashboard) => {
            const model = dashboard.build();
            // Without numbers Grafana gives its own, and a link to a panel is good for one load.
            const panels = model.panels?.map((panel, index) => ({ ...panel, id: index + 1 }));
            const json = JSON.stringify({ ...model, panels });
            return { uid: model.uid ?? "", folder: audience.folder, title: model.title ?? "", json };
        }),
    );
}
