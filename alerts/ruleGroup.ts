import type { Layer, Severity } from "../platform/alertmanager";
import type { Monitors } from "../platform/monitors";

/** What rules are made for. */
export interface RuleContext {
    /** The observer's name: its `cluster` label. */
    observer: string;
    /** The names of the observers that it watches; none when unset. */
    peers?: string[];
    monitors: Monitors;
}

/** A Prometheus duration of one unit. */
export type Duration = `${number}${"s" | "m" | "h" | "d"}`;

/** Minutes of config as Prometheus takes them, which are whole. */
export function minutes(value: number): Duration {
    return `${Math.max(1, Math.round(value))}m`;
}

/** A rule that stores an expression's result as a series. */
export interface RecordingRule {
    /** The series: `level:metric:operations`, or `…_info` for one that says that something exists. */
    record: string;
    expr: string;
    labels?: Record<string, string>;
}

/** An alert, as its author writes it. A page wakes someone up, so it has to say what to do. */
export type Alert = {
    /** CamelCase, without a severity in it. A ticket and a page about the same thing have the same name. */
    alert: string;
    expr: string;
    /** How long the expression must hold before anyone is told; at once when unset. */
    for?: Duration;
    /** Labels that the expression does not carry. */
    labels?: Record<string, string>;
    /** One line that names who is affected. It may use labels, never the value, which changes while the alert fires. */
    summary: string;
    /** What was measured, with the value. */
    description: string;
} & ({ severity: "page"; action: string } | { severity: Exclude<Severity, "page">; action?: undefined });

/** A group, as its author writes it. */
export interface RuleGroupDefinition {
    /** Unique in the fleet; also the name of a Kubernetes object. */
    name: string;
    /** Whose affair its alerts are: their label `layer`. */
    layer: Layer;
    /** Between two evaluations; the ruler's default when unset. */
    interval?: Duration;
    /** Evaluated one after the other, at one instant: an alert sees what a rule before it has recorded. */
    rules: (RecordingRule | Alert)[];
}

/** An alert, as Prometheus takes it. */
export interface AlertingRule {
    alert: string;
    expr: string;
    for?: Duration;
    labels: Record<string, string> & { severity: Severity; layer: Layer };
    annotations: { summary: string; description: string; action?: string; runbook_url: string };
}

/** Either kind of rule, as Prometheus takes it. */
export type Rule = RecordingRule | AlertingRule;

/** A group, as Prometheus takes it. */
export interface RuleGroup {
    name: string;
    interval?: Duration;
    rules: Rule[];
}

/** What a Prometheus rule file holds; also the spec of a PrometheusRule object. */
export interface RuleFile {
    groups: RuleGroup[];
}

/** The group as Prometheus takes it, each alert with the runbook of its name under `runbookBase`. */
export function ruleGroup({ layer, ...definition }: RuleGroupDefinition, runbookBase: string): RuleGroup {
    return {
        ...definition,
        rules: definition.rules.map((rule) => ("record" in rule ? rule : alertingRule(rule, layer, runbookBase))),
    };
}

function alertingRule(alert: Alert, layer: Layer, runbookBase: string): AlertingRule {
    return {
        alert: alert.alert,
        expr: alert.expr,
        ...(alert.for === undefined ? {} : { for: alert.for }),
        labels: { ...alert.labels, layer, severity: alert.severity },
        annotations: {
            summary: alert.summary,
            description: alert.description,
            ...(alert.action === undefined ? {} : { action: alert.action }),
            runbook_url: `${runbookBase.replace(/\/+$/, "")}/${alert.alert}.md`,
        },
    };
}

/** The rule file of `groups`. */
export function ruleFile(groups: RuleGroup[]): RuleFile {
    return { groups };
}
