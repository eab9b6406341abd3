import type * as pulumi from "@pulumi/pulumi";
import { fleetRuleGroups, type RuleContext } from "../../alerts";
import { rulerRule } from "../cluster/rulerRule";

/** One PrometheusRule per group of fleet rules, for the ruler to evaluate. */
export function provisionFleetRules(
    name: string,
    args: RuleContext & { runbookBase: string },
    opts: pulumi.CustomResourceOptions,
): void {
    for (const group of fleetRuleGroups(args, args)) {
        rulerRule(`${name}-${group.name}`, { name: group.name, groups: [group] }, opts);
    }
}
