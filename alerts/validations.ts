import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** Scripts that check something now and then. */
export function validationRules(_context: RuleContext): RuleGroupDefinition[] {
    return [];
}
