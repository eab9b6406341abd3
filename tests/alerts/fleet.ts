import { everyMonitor } from "../../local/simulation";
import { ruleGroups, type FleetInventory } from "../../alerts";

/** The fleet that the rules are tested for; the promtool tests know its names. */
export const fleet: FleetInventory = {
    observer: "observer",
    peers: ["observer-b"],
    monitors: { ...everyMonitor, clusterApi: { cluster: "acme-1", tenantLabel: "fleet-observability/tenant" } },
    clusters: [
        {
            name: "acme-1",
            tenant: "acme",
            profile: "standard",
            platform: "kubeadm",
            credentialExpires: "1971-01-01T00:00:00Z",
        },
        { name: "globex-1", tenant: "globex", profile: "l0", platform: "aks" },
    ],
    applications: [{ cluster: "acme-1", tenant: "acme", application: "portal" }],
};

/** Where its runbooks are. */
export const runbookBase = "https://runbooks.example.org";

/** Its rules. */
export const fleetGroups = ruleGroups(fleet, { runbookBase });
