import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** What applications run on: Gunicorn, PostgreSQL, statsd_exporter. */
export function applicationServerRules(_context: RuleContext): RuleGroupDefinition[] {
    return [];
}
