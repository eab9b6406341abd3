import type { Simulation } from "./series";

/** TODO */
export const applicationServers: Simulation = () => [];
