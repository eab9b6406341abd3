import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { stringify } from "yaml";
import { ruleFile, ruleGroups, type ExpectedApplication, type ExpectedCluster } from "../alerts";
import type { Monitors } from "../platform/monitors";
import { profile, type LocalCustomer } from "./customers";
import { repository } from "./goBuild";
import { hurried } from "./haste";

/** The ruler's rule file: what the platform evaluates in clusters, for the customers and the peers of this machine. */
export function fleetRules(
    observer: string,
    customers: LocalCustomer[],
    {
        monitors,
        hurry,
        peers,
        applications,
    }: { monitors: Monitors; hurry: boolean; peers: string[]; applications: ExpectedApplication[] },
): string {
    const clusters = customers.map(({ name, tenant }): ExpectedCluster => ({
        name,
        tenant,
        profile,
        platform: "kubeadm",
    }));
    const runbookBase = pathToFileURL(join(repository, "docs", "runbooks")).href;
    const groups = ruleGroups({ observer, peers, clusters, applications, monitors }, { runbookBase });
    return stringify(ruleFile(hurry ? hurried(groups) : groups), { lineWidth: 0 });
}
