import type { Simulation } from "./series";

/** TODO */
export const infrastructure: Simulation = () => [];
