import type { Simulation } from "./series";

/** TODO */
export const research: Simulation = () => [];
