import { MappingType, type Threshold, type ValueMapping } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Threshold as Bounds } from "../../platform/monitors";

/** A cluster's health in one number: -1 is silent, each ticket adds 1 and each page 10000. */
export const score = "cluster:health:score";

/** From where on a score has a page in it. */
export const critical = 10_000;

/** What a score means. */
export const scoreMappings: ValueMapping[] = [
    { type: MappingType.ValueToText, options: { "-1": { text: "Down", index: 0 }, "0": { text: "OK", index: 1 } } },
    { type: MappingType.RangeToText, options: { from: 1, to: critical - 1, result: { text: "Warning", index: 2 } } },
    { type: MappingType.RangeToText, options: { from: critical, to: null, result: { text: "Critical", index: 3 } } },
];

/** The colours of scores. */
export const scoreColors: Threshold[] = [
    { value: null, color: "dark-red" },
    { value: 0, color: "green" },
    { value: 1, color: "orange" },
    { value: critical, color: "red" },
];

/** Colours of a value that is bad above: orange where its ticket begins, red where its page does. */
export function colorsAbove({ ticket, page }: Bounds): Threshold[] {
    return [
        { value: null, color: "green" },
        ...(ticket === false ? [] : [{ value: ticket, color: "orange" }]),
        ...(page === false ? [] : [{ value: page, color: "red" }]),
    ];
}

/** Colours of a value that is bad below: red where its page begins, orange where its ticket does. */
export function colorsBelow({ ticket, page }: Bounds): Threshold[] {
    const bounds = [
        ...(page === false ? [] : [{ value: page, color: "red" }]),
        ...(ticket === false ? [] : [{ value: ticket, color: "orange" }]),
    ];
    // Grafana's colours begin at a value, these end at one.
    return [...bounds, { value: null, color: "green" }].map(({ color }, index) => ({
        value: bounds[index - 1]?.value ?? null,
        color,
    }));
}
