import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import type * as pulumi from "@pulumi/pulumi";
import type { RuleGroup } from "../../alerts";
import { rulerSelector } from "../../platform/ruler";
import { metadata } from "./metadata";

/** Groups of rules on the observer, as the PrometheusRule object that the ruler, and nobody else, evaluates. */
export function rulerRule(
    name: string,
    rule: { name: string; groups: RuleGroup[] },
    opts: pulumi.CustomResourceOptions,
): CustomResource {
    return new CustomResource(
        name,
        {
            apiVersion: "monitoring.coreos.com/v1",
            kind: "PrometheusRule",
            metadata: metadata(rule.name, { labels: rulerSelector }),
            spec: { groups: rule.groups },
        },
        opts,
    );
}
