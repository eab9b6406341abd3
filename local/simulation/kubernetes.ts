import type { Simulation } from "./series";

/** TODO */
export const kubernetes: Simulation = () => [];
