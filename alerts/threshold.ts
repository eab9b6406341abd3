import type { Threshold } from "../platform/monitors";
import type { Alert, Duration } from "./ruleGroup";

/** A check whose value is bad from one bound on, and worse from another. */
export interface ThresholdCheck {
    alert: string;
    threshold: Threshold;
    /** The expression with a bound in it. */
    expr: (bound: number) => string;
    for: Duration;
    labels?: Record<string, string>;
    summary: string;
    description: string;
    /** What to do when it is a page. */
    action: string;
}

/** The ticket and the page of a check, under one name; without those whose threshold is `false`. */
export function thresholdAlerts({ threshold, expr, action, ...alert }: ThresholdCheck): Alert[] {
    return [
        ...(threshold.ticket === false
            ? []
            : [{ ...alert, expr: expr(threshold.ticket), severity: "ticket" as const }]),
        ...(threshold.page === false
            ? []
            : [{ ...alert, expr: expr(threshold.page), severity: "page" as const, action }]),
    ];
}
