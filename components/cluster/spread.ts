/**
 * A constraint by which pods with these labels are spread over the nodes.
 *
 * @param never true: two are never on one node where there are two; false: they prefer not to be
 */
export function overNodes(matchLabels: Record<string, string>, never = false) {
    return {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: never ? "DoNotSchedule" : "ScheduleAnyway",
        labelSelector: { matchLabels },
    };
}
