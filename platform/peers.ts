import type { Relabeling } from "./relabeling";

/**
 * What observers of the same customers know of each other. Each writes to the others whether its own components answer,
 * as the tenant of its name, and each may probe the others from outside. Both have metrics of their own, so that no rule
 * or dashboard about clusters or endpoints takes a peer for one.
 */

/** Whether a component of a peer answers: the peer's `up` of it. */
export const peerUp = "peer_up";

/** Whether a peer answers from outside: the `probe_success` of its probe. */
export const peerProbeSuccess = "peer_probe_success";

/** What an observer's Prometheus does to a series before it is sent to a peer: all but `up` of its components stays. */
export const peerRelabelings: Relabeling[] = [
    { sourceLabels: ["__name__", "job"], regex: "up;(thanos|kps)-.+", action: "keep" },
    { targetLabel: "__name__", replacement: peerUp },
];
