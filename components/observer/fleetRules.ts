import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import type * as pulumi from "@pulumi/pulumi";
import { fleetRuleGroups } from "../../alerts";
import { namespace } from "../../platform/names";
import { rulerSelector } from "../../platform/ruler";

/** One PrometheusRule per group of fleet rules, for the ruler to evaluate. */
export function provisionFleetRules(
    name: string,
    args: { observer: string; runbookBase: string },
    opts: pulumi.CustomResourceOptions,
): void {
    for (const group of fleetRuleGroups(args)) {
        new CustomResource(
            `${name}-${group.name}`,
            {
                apiVersion: "monitoring.coreos.com/v1",
                kind: "PrometheusRule",
                metadata: { name: group.name, namespace, labels: { ...rulerSelector } },
                spec: { groups: [group] },
            },
            opts,
        );
    }
}
