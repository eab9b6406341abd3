import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** Service endpoints, probed from the observer. */
export function endpointRules(_context: RuleContext): RuleGroupDefinition[] {
    return [];
}
