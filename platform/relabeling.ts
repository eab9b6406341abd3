/** A relabelling step as the operator's objects have it. */
export interface Relabeling {
    sourceLabels?: string[];
    separator?: string;
    regex?: string;
    modulus?: number;
    targetLabel?: string;
    replacement?: string;
    action?: "replace" | "keep" | "drop" | "labeldrop" | "hashmod";
}

/** The same step in Prometheus' own configuration. */
export function relabelConfig({ sourceLabels, targetLabel, ...step }: Relabeling) {
    return {
        ...(sourceLabels === undefined ? {} : { source_labels: sourceLabels }),
        ...(targetLabel === undefined ? {} : { target_label: targetLabel }),
        ...step,
    };
}
