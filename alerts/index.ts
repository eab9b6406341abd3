import { fleetInventory, inventoryGroup, type ExpectedCluster } from "./inventory";
import { fleetPlatform } from "./platform";
import { ruleGroup, type RuleGroup } from "./ruleGroup";

export { inventoryGroup, type ExpectedCluster } from "./inventory";
export { ruleFile, type AlertingRule, type RecordingRule, type Rule, type RuleFile, type RuleGroup } from "./ruleGroup";

/** Who is expected, and who watches. */
export interface FleetInventory {
    /** The observer's name: its `cluster` label. */
    observer: string;
    clusters: ExpectedCluster[];
}

/** The registry: every rule group of a fleet except the inventory's entries. */
export function fleetRuleGroups({ observer, runbookBase }: { observer: string; runbookBase: string }): RuleGroup[] {
    return [fleetInventory, fleetPlatform(observer)].map((definition) => ruleGroup(definition, runbookBase));
}

/** Everything that a fleet's ruler evaluates, where all clusters are known at once; their order is no matter. */
export function ruleGroups(fleet: FleetInventory, { runbookBase }: { runbookBase: string }): RuleGroup[] {
    const entries = fleet.clusters.map(inventoryGroup).sort((a, b) => (a.name < b.name ? -1 : 1));
    return [...entries, ...fleetRuleGroups({ observer: fleet.observer, runbookBase })];
}
