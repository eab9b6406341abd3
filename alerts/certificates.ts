import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** Certificates that run out: of endpoints, control planes, cert-manager and agents. */
export function certificateRules(_context: RuleContext): RuleGroupDefinition[] {
    return [];
}
