/** Charts that the browser draws, as the page carries them. */
export type Chart = Lines | Gauge | Slices;

/** Values over time. */
export interface Lines {
    kind: "lines";
    lines: { name: string; colour: string; unit?: string; points: [number, number | null][] }[];
    /** Seconds since 1970. */
    from: number;
    to: number;
    stacked: boolean;
    /** How opaque the area under a line is, 0 to 1. */
    fill: number;
    /** Whether one can tell the lines apart by their names. */
    legend: boolean;
    unit?: string;
    decimals?: number;
    min?: number;
    max?: number;
    /** Lines across the chart. */
    marks: { at: number; colour: string }[];
}

/** One value between two bounds. */
export interface Gauge {
    kind: "gauge";
    value: number;
    text: string;
    colour: string;
    min: number;
    max: number;
    /** Up to which share each colour of the scale reaches. */
    bands: [number, string][];
}

/** How a whole is divided. */
export interface Slices {
    kind: "slices";
    slices: { name: string; colour: string; value: number }[];
    ring: boolean;
    legend: boolean;
    unit?: string;
    decimals?: number;
}
