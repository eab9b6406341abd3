import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** OpenStack and Ceph. */
export function infrastructureRules(_context: RuleContext): RuleGroupDefinition[] {
    return [];
}
