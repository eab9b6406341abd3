import type { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { board, type BoardArgs } from "../board";
import { labelVariable } from "../variables";

/** Restricts a selector to the infrastructures that are chosen. */
export const chosenInfrastructure = 'cluster=~"$infrastructure"';

/** A dashboard about infrastructures, which can be chosen. */
export function infrastructureBoard(args: Omit<BoardArgs, "tags">): DashboardBuilder {
    return board({ ...args, tags: ["iaas"] }).withVariable(
        labelVariable("infrastructure", {
            label: "Infrastructure",
            from: "fleet_infrastructure_info",
            of: "cluster",
            // A customer may run a Ceph, and what the observer scrapes itself is its own before it is an infrastructure's.
            all: "listed",
        }),
    );
}
