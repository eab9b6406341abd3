import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** Web applications, from one list. */
export function applicationRules(_context: RuleContext): RuleGroupDefinition[] {
    return [];
}
