import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** A trusted research environment: who uses what, and what goes wrong with workspaces. */
export function researchRules(_context: RuleContext): RuleGroupDefinition[] {
    return [];
}
