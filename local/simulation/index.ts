import { applications } from "./applications";
import { applicationServers } from "./applicationServers";
import { endpoints } from "./endpoints";
import { harbor } from "./harbor";
import { infrastructure } from "./infrastructure";
import { kubernetes } from "./kubernetes";
import { platform } from "./platform";
import { research } from "./research";
import type { SimulatedCluster, SimulatedTarget } from "./series";

export { baseMonitors, everyMonitor } from "./monitors";
export { exposition, type SimulatedCluster, type SimulatedTarget } from "./series";

const simulations = [
    kubernetes,
    endpoints,
    harbor,
    infrastructure,
    research,
    applications,
    applicationServers,
    platform,
];

/** Every target that a cluster would have, had it what is watched. */
export function simulatedTargets(cluster: SimulatedCluster): SimulatedTarget[] {
    return simulations.flatMap((simulate) => simulate(cluster));
}
