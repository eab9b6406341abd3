import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Monitors } from "../platform/monitors";

/** What dashboards are made for. */
export interface DashboardContext {
    /** The observer's name: the `cluster` label of what it measures itself. */
    observer: string;
    monitors: Monitors;
}

/** A folder of Grafana: those dashboards that one kind of people look at. */
export interface Audience {
    folder: string;
    /** Those that what is watched calls for. */
    dashboards: (context: DashboardContext) => DashboardBuilder[];
}
