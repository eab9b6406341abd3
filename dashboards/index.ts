import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { ApplicationMonitor, Monitors } from "../platform/monitors";
import { withEvents } from "./annotations";
import { applications } from "./applications";
import type { Audience, DashboardContext } from "./audience";
import { fleet } from "./fleet";
import { infrastructure } from "./infrastructure";
import { kubernetes } from "./kubernetes";
import { platform } from "./platform";
import { provisioned, type ProvisionedDashboard } from "./provisioned";
import { research } from "./research";

export { applicationDashboards } from "./applications/instance";
export type { DashboardContext } from "./audience";
export type { ProvisionedDashboard } from "./provisioned";
export { dashboardQueries, noValues, variableQueries, type DashboardQuery } from "./queries";

const audiences = [fleet, kubernetes, infrastructure, applications, research, platform];

/** Those whose dashboards show when something of interest happened. */
const aboutClusters: Audience[] = [kubernetes, applications];

/** Every dashboard that what is watched calls for, by folder. */
export function dashboards(context: DashboardContext): ProvisionedDashboard[] {
    return audiences.flatMap((audience) => built(audience, context));
}

/**
 * The dashboards for a tenant's own people: of its clusters and of what runs there. They name no tenant, cluster or
 * application, so all tenants have the same; and they ask for nothing but series with the label `tenant`.
 */
export function tenantDashboards(monitors: Monitors): ProvisionedDashboard[] {
    const context: DashboardContext = {
        observer: "",
        monitors: {
            ...monitors,
            applications: monitors.applications.map(ofNobody),
            argocd: undefined,
            iaas: undefined,
            pushed: [],
            validations: [],
            vault: undefined,
        },
    };
    const theirs = [kubernetes, applications].flatMap((audience) => built(audience, context));
    const uids = new Set(theirs.map(({ uid }) => uid));
    return theirs.map((dashboard) => withoutLinks(dashboard, (uid) => !uids.has(uid)));
}

/** An application without those of its parts that have a dashboard with its name. */
function ofNobody(application: ApplicationMonitor): ApplicationMonitor {
    return { ...application, database: undefined, gunicorn: false, jupyterhub: false, url: undefined };
}

function built(audience: Audience, context: DashboardContext): ProvisionedDashboard[] {
    return audience
        .dashboards(context)
        .map((dashboard) => (aboutClusters.includes(audience) ? withEvents(dashboard, context) : dashboard))
        .map((dashboard) => provisioned(dashboard, audience.folder));
}

/** A dashboard without the links on its top that lead to dashboards that are not there. */
function withoutLinks(dashboard: ProvisionedDashboard, missing: (uid: string) => boolean): ProvisionedDashboard {
    const model = JSON.parse(dashboard.json) as Dashboard;
    const links = model.links?.filter(({ url }) => !missing((url ?? "").replace(/^\/d\//, "")));
    return { ...dashboard, json: JSON.stringify({ ...model, links }) };
}
