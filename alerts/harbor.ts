import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** A Harbor registry. */
export function harborRules(_context: RuleContext): RuleGroupDefinition[] {
    return [];
}
