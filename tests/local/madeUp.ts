import type { Ask, TimeRange } from "../../local/preview/ask";

/**
 * Answers any query with two made-up series that have the labels of its first `by`: enough to draw a panel. A query that
 * has `refused` in it is refused, and one that has `vanished` in it finds nothing.
 */
export function madeUp({ from, to }: TimeRange): Ask {
    return ({ expr, instant }) => {
        if (expr.includes("refused")) {
            return Promise.resolve({ error: `<b>refused</b>: ${expr}` });
        }
        const labels = (/\bby \(([^)]*)\)/.exec(expr)?.[1] ?? "").split(",").map((label) => label.trim());
        const times = instant ? [to] : Array.from({ length: 60 }, (_, index) => from + ((to - from) * index) / 59);
        const all = expr.includes("vanished") ? [] : labels[0] === "" ? [0] : [0, 1];
        return Promise.resolve({
            series: all.map((index) => ({
                labels: Object.fromEntries(labels.filter(Boolean).map((label) => [label, `${label}-${index}`])),
                points: times.map((time): [number, number] => [time, index + 0.5 + 0.4 * Math.sin(time / 300)]),
            })),
        });
    };
}
