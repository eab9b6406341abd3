import type { Simulation } from "./series";

/** TODO */
export const applications: Simulation = () => [];
