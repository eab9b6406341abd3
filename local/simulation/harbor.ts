import type { Simulation } from "./series";

/** TODO */
export const harbor: Simulation = () => [];
