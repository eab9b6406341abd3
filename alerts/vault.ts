import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** Vault: tokens that run out, secrets that are not refreshed. */
export function vaultRules(_context: RuleContext): RuleGroupDefinition[] {
    return [];
}
