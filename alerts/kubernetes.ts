import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/** Health of every managed Kubernetes cluster: nodes, workloads, volumes, control plane. */
export function kubernetesRules(_context: RuleContext): RuleGroupDefinition[] {
    return [];
}
