import { agents } from "./platform/agents";
import { alerting } from "./platform/alerting";
import { logStore } from "./platform/logs";
import { fleetPlatform } from "./platform/observer";
import { peerObservers } from "./platform/peers";
import { queries } from "./platform/query";
import { receive } from "./platform/receive";
import { blocks } from "./platform/blocks";
import type { RuleContext, RuleGroupDefinition } from "./ruleGroup";

/**
 * What the platform watches of itself, after the intent of the mixins of Thanos, Prometheus, Alertmanager and Grafana:
 * only what someone can act on, and each thing once. What the observer measures of itself is asked for by its own
 * `cluster`: a customer that runs Thanos may send metrics of the same names.
 */
export function platformRules({ observer, peers, monitors }: RuleContext): RuleGroupDefinition[] {
    return [
        fleetPlatform(observer),
        receive(observer),
        queries(observer, monitors.iaas?.storeEndpoints.length ?? 0),
        blocks(observer),
        logStore(observer),
        alerting(observer),
        agents(),
        ...peerObservers(observer, peers ?? []),
    ];
}
