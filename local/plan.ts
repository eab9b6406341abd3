import type { FleetProgram } from "./programs";

/** A process of the local fleet: everything to start it, decided before any is started. */
export interface ProcessPlan {
    /** Unique in the fleet; also the name of its log and its data directory. */
    name: string;
    program: FleetProgram;
    args: string[];
    /** What its environment has besides ours. */
    environment?: Record<string, string>;
    /** A URL that answers 2xx once the process does its work. */
    ready: string;
}

/** A file that a process reads. */
export interface PlannedFile {
    path: string;
    content: string;
    /** Only for its owner's eyes. */
    secret?: boolean;
}

/** Processes that start together, and only after those of the stage before are ready. */
export interface Stage {
    title: string;
    processes: ProcessPlan[];
}
