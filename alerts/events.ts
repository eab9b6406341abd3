import { countedEvents, interestingEvents } from "../platform/interestingEvents";
import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** The interesting events of the last ten minutes, by cluster, namespace and event; 0 where they are older. */
export const recentEvents = "namespace:interesting_events:increase10m";

/** Interesting events. */
export function eventRules({ monitors }: RuleContext): RuleGroupDefinition[] {
    return countedEvents(monitors.events).length === 0 ? [] : [events];
}

const events: RuleGroupDefinition = {
    name: "events",
    layer: "applications",
    rules: [
        {
            record: recentEvents,
            // A collector has no series before the first event: it is there at once, and has never increased.
            expr: [
                "sum by (cluster, tenant, namespace, event) (",
                `  (${interestingEvents} unless ${interestingEvents} offset 10m)`,
                `  or increase(${interestingEvents}[10m])`,
                ")",
            ].join("\n"),
        },
        {
            alert: "InterestingEvent",
            expr: `${recentEvents} > 0`,
            for: "1m",
            severity: "info",
            summary:
                "Event {{ $labels.event }} in {{ $labels.namespace }} on {{ $labels.cluster }} of {{ $labels.tenant }}",
            description:
                'It happened {{ $value | printf "%.0f" }} times within ten minutes. The lines are in the logs.',
        },
    ],
};
