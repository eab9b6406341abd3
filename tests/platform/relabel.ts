import { createHash } from "node:crypto";
import type { Relabeling } from "../../platform/relabeling";

/** What Prometheus' relabelling makes of a series; `undefined` is dropped. */
export function relabel(steps: Relabeling[], series: Record<string, string>): Record<string, string> | undefined {
    const labels = { ...series };
    const set = (label: string, value: string) => {
        // An empty label is none.
        if (value === "") {
            delete labels[label];
        } else {
            labels[label] = value;
        }
    };
    for (const step of steps) {
        const { action = "replace", separator = ";", targetLabel = "", replacement = "$1" } = step;
        const value = (step.sourceLabels ?? []).map((label) => labels[label] ?? "").join(separator);
        const regex = new RegExp(`^(?:${step.regex ?? "(.*)"})$`, "s");
        const match = regex.exec(value);
        switch (action) {
            case "replace":
                if (match !== null) {
                    set(
                        targetLabel,
                        replacement.replaceAll(/\$(\d+)/g, (_, group: string) => match[Number(group)] ?? ""),
                    );
                }
                break;
            case "keep":
            case "drop":
                if ((match !== null) === (action === "drop")) {
                    return undefined;
                }
                break;
            case "labeldrop":
                Object.keys(labels)
                    .filter((label) => regex.test(label))
                    .forEach((label) => set(label, ""));
                break;
            case "hashmod":
                set(targetLabel, String(md5Tail(value) % BigInt(step.modulus ?? 0)));
                break;
        }
    }
    return labels;
}

/** The last eight bytes of a text's MD5, as a number. */
function md5Tail(text: string): bigint {
    return createHash("md5").update(text).digest().readBigUInt64BE(8);
}
