import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import type { DashboardContext } from "../audience";

/** TODO */
export function applicationServers(_context: DashboardContext): DashboardBuilder[] {
    return [];
}
