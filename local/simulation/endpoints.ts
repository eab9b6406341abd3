import type { Simulation } from "./series";

/** TODO */
export const endpoints: Simulation = () => [];
