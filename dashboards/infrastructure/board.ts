import { DashboardBuilder, DashboardCursorSync } from "@grafana/grafana-foundation-sdk/dashboard";
import { datasourceVariable, labelVariable } from "../variables";

/** Restricts a selector to the infrastructures that are chosen. */
export const chosenInfrastructure = 'cluster=~"$infrastructure"';

/** What every dashboard of this folder has. */
export function board(args: { title: string; uid: string; description: string; tags: string[] }): DashboardBuilder {
    return new DashboardBuilder(args.title)
        .uid(args.uid)
        .description(args.description)
        .tags(args.tags)
        .time({ from: "now-6h", to: "now" })
        .refresh("1m")
        .tooltip(DashboardCursorSync.Crosshair)
        .readonly()
        .withVariable(datasourceVariable());
}

/** The same for one about infrastructures, which can be chosen. */
export function infrastructureBoard(args: { title: string; uid: string; description: string }): DashboardBuilder {
    return board({ ...args, tags: ["iaas"] }).withVariable(
        labelVariable("infrastructure", {
            label: "Infrastructure",
            from: "fleet_infrastructure_info",
            of: "cluster",
        }),
    );
}
