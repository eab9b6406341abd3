import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import type * as pulumi from "@pulumi/pulumi";
import { fleetRuleGroups } from "../../alerts";
import { rulerSelector } from "../../platform/ruler";
import { metadata } from "../cluster/metadata";

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
                metadata: metadata(group.name, { labels: rulerSelector }),
                spec: { groups: [group] },
            },
            opts,
        );
    }
}
