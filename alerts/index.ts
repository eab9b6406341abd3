import { applicationRules } from "./applications";
import { applicationServerRules } from "./applicationServers";
import { argocdRules } from "./argocd";
import { certificateRules } from "./certificates";
import { endpointRules } from "./endpoints";
import { eventRules } from "./events";
import { harborRules } from "./harbor";
import { infrastructureRules } from "./infrastructure";
import {
    applicationEntry,
    inventoryGroup,
    inventoryRules,
    type ExpectedApplication,
    type ExpectedCluster,
} from "./inventory";
import { kubernetesRules } from "./kubernetes";
import { logRules } from "./logs";
import { platformRules } from "./platform";
import { pushedRules } from "./pushed";
import { researchRules } from "./research";
import { ruleGroup, type RuleContext, type RuleGroup } from "./ruleGroup";
import { validationRules } from "./validations";
import { vaultRules } from "./vault";

export {
    applicationEntry,
    credentialExpiry,
    inventoryGroup,
    type ExpectedApplication,
    type ExpectedCluster,
} from "./inventory";
export {
    ruleFile,
    type AlertingRule,
    type Duration,
    type RecordingRule,
    type Rule,
    type RuleContext,
    type RuleFile,
    type RuleGroup,
} from "./ruleGroup";

/** What rules are made for, and who is expected. */
export interface FleetInventory extends RuleContext {
    clusters: ExpectedCluster[];
    /** Applications with a Prometheus of their own. */
    applications: ExpectedApplication[];
}

/** The registry: every rule group of a fleet except the inventory's entries. */
export function fleetRuleGroups(context: RuleContext, { runbookBase }: { runbookBase: string }): RuleGroup[] {
    return [
        inventoryRules,
        platformRules,
        pushedRules,
        kubernetesRules,
        certificateRules,
        endpointRules,
        harborRules,
        infrastructureRules,
        researchRules,
        applicationRules,
        applicationServerRules,
        argocdRules,
        vaultRules,
        validationRules,
        logRules,
        eventRules,
    ]
        .flatMap((rules) => rules(context))
        .map((definition) => ruleGroup(definition, runbookBase));
}

/** Everything that a fleet's ruler evaluates, where all clusters are known at once; their order is no matter. */
export function ruleGroups(
    { clusters, applications, ...context }: FleetInventory,
    { runbookBase }: { runbookBase: string },
): RuleGroup[] {
    return [
        inventoryGroup(clusters),
        ...applications.map(applicationEntry),
        ...fleetRuleGroups(context, { runbookBase }),
    ];
}
