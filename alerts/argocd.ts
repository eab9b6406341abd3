import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** Argo CD: sync and health. */
export function argocdRules(_context: RuleContext): RuleGroupDefinition[] {
    return [];
}
