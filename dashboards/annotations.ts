import { AnnotationQueryBuilder, type DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { recentEvents } from "../alerts/events";
import { countedEvents } from "../platform/interestingEvents";
import type { DashboardContext } from "./audience";
import { chosen, datasource } from "./variables";

/** Marks interesting events on every panel of a dashboard on which clusters can be chosen. */
export function withEvents(dashboard: DashboardBuilder, { monitors }: DashboardContext): DashboardBuilder {
    const variables = dashboard.build().templating?.list ?? [];
    return countedEvents(monitors.events).length > 0 && variables.some(({ name }) => name === "cluster")
        ? dashboard.annotation(interestingEvents())
        : dashboard;
}

function interestingEvents(): AnnotationQueryBuilder {
    return new AnnotationQueryBuilder()
        .name("Interesting events")
        .datasource(datasource)
        .enable(true)
        .iconColor("purple")
        .expr(`${recentEvents}{${chosen}} > 0`)
        .step("60s")
        .titleFormat("{{event}}")
        .textFormat("{{namespace}} on {{cluster}} of {{tenant}}");
}
