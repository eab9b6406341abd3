import {
    DashboardBuilder,
    DashboardCursorSync,
    DashboardLinkBuilder,
    DashboardLinkType,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { clusterVariable, datasourceVariable, tenantVariable } from "./variables";

/** What a dashboard says about itself. */
export interface BoardArgs {
    title: string;
    uid: string;
    description: string;
    /** The audiences: tre, kaas, iaas, applications, platform. */
    tags: string[];
    /** Where its time range begins; six hours ago when unset. */
    from?: string;
}

/** A dashboard without panels, as all of them begin. */
export function board(args: BoardArgs): DashboardBuilder {
    return new DashboardBuilder(args.title)
        .uid(args.uid)
        .description(args.description)
        .tags(args.tags)
        .time({ from: args.from ?? "now-6h", to: "now" })
        .refresh("1m")
        .tooltip(DashboardCursorSync.Crosshair)
        .readonly()
        .withVariable(datasourceVariable());
}

/** The same for one about clusters of customers, which can be chosen. */
export function clustersBoard(args: BoardArgs): DashboardBuilder {
    return board(args).withVariable(tenantVariable()).withVariable(clusterVariable());
}

/** The way to another dashboard, from the top of one; with `variables`, what is chosen stays chosen. */
export function linkTo(title: string, uid: string, { variables }: { variables: boolean }): DashboardLinkBuilder {
    return new DashboardLinkBuilder(title)
        .type(DashboardLinkType.Link)
        .url(`/d/${uid}`)
        .keepTime(true)
        .includeVars(variables);
}
