import {
    FieldColorModeId,
    ThresholdsMode,
    type FieldConfig,
    type Panel,
    type Threshold,
    type ValueMapping,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { format } from "./units";

/** A value as it is shown. */
export interface Shown {
    text: string;
    colour: string;
}

/** Grafana's colours, and the order in which it gives them to lines. */
const colours: Record<string, string> = {
    green: "#73BF69",
    yellow: "#FADE2A",
    blue: "#5794F2",
    orange: "#FF9830",
    red: "#F2495C",
    purple: "#B877D9",
    text: "#CCCCDC",
    transparent: "transparent",
    "dark-green": "#37872D",
    "dark-yellow": "#E0B400",
    "dark-blue": "#1F60C4",
    "dark-orange": "#FA6400",
    "dark-red": "#C4162A",
    "dark-purple": "#8F3BB8",
    "semi-dark-green": "#56A64B",
    "semi-dark-yellow": "#F2CC0C",
    "semi-dark-blue": "#3274D9",
    "semi-dark-orange": "#FF780A",
    "semi-dark-red": "#E02F44",
    "semi-dark-purple": "#A352CC",
    "light-green": "#96D98D",
    "light-yellow": "#FFEE52",
    "light-blue": "#8AB8FF",
    "light-orange": "#FFB357",
    "light-red": "#FF7383",
    "light-purple": "#CA95E5",
    gray: "#808080",
    white: "#FFFFFF",
    black: "#000000",
};
export const palette = ["green", "yellow", "blue", "orange", "red", "purple"]
    .map(colour)
    .concat(["light-blue", "dark-orange", "light-green", "dark-purple", "light-red", "dark-yellow"].map(colour));

/** What Grafana gives to panels that say nothing of thresholds. */
const unsaidThresholds: Threshold[] = [
    { value: null, color: "green" },
    { value: 80, color: "red" },
];

/** How the values of a field are shown: the panel's settings with the overrides that match. */
export function fieldOf(panel: Panel, name: string, refId?: string): FieldConfig {
    const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
    const field: FieldConfig = { ...defaults, custom: { ...(defaults.custom as object | undefined) } };
    for (const { matcher, properties } of overrides) {
        if (!matches(matcher, name, refId)) {
            continue;
        }
        for (const { id, value } of properties as { id: string; value: unknown }[]) {
            const custom = id.startsWith("custom.");
            const holder = (custom ? field.custom : field) as Record<string, unknown>;
            holder[custom ? id.slice("custom.".length) : id] = value;
        }
    }
    return field;
}

function matches({ id, options }: { id: string; options?: unknown }, name: string, refId?: string): boolean {
    switch (id) {
        case "byName":
            return options === name;
        case "byFrameRefID":
            return options === refId;
        case "byRegexp": {
            const [, pattern = String(options), flags = ""] = /^\/(.*)\/(\w*)$/.exec(String(options)) ?? [];
            return new RegExp(pattern, flags).test(name);
        }
        default:
            throw new Error(`the preview does not know the matcher "${id}" of overrides`);
    }
}

/** A number's or a label's text and colour. */
export function show(value: number | string, field: FieldConfig): Shown {
    const mapped = mappedTo(value, field.mappings ?? []);
    const text = mapped?.text ?? (typeof value === "string" ? value : format(value, field.unit, field.decimals));
    return { text, colour: colour(mapped?.color ?? colourName(value, field)) };
}

/** The hexadecimal form of a colour of Grafana's. */
export function colour(name: string): string {
    const known = name.startsWith("#") ? name : colours[name];
    if (known === undefined) {
        throw new Error(`the preview does not know the colour "${name}"`);
    }
    return known;
}

/** A field's thresholds; in percent they are shares of what lies between its bounds. */
export function thresholds(field: FieldConfig): { from: number; colour: string }[] {
    const { mode, steps = unsaidThresholds } = field.thresholds ?? {};
    const { min = 0, max = 100 } = field;
    return steps.map(({ value, color }) => ({
        from:
            value === null ? -Infinity : mode === ThresholdsMode.Percentage ? min + ((max - min) * value) / 100 : value,
        colour: colour(color),
    }));
}

function colourName(value: number | string, field: FieldConfig): string {
    const { mode = FieldColorModeId.Thresholds, fixedColor = "text" } = field.color ?? {};
    if (mode === FieldColorModeId.Fixed) {
        return fixedColor;
    }
    if (mode !== FieldColorModeId.Thresholds || typeof value === "string") {
        return "text";
    }
    return (
        thresholds(field)
            .filter(({ from }) => value >= from)
            .at(-1)?.colour ?? "text"
    );
}

function mappedTo(value: number | string, mappings: ValueMapping[]): { text?: string; color?: string } | undefined {
    for (const mapping of mappings) {
        const { type, options } = mapping as { type: string; options: Record<string, unknown> };
        if (type === "value" && String(value) in options) {
            return options[String(value)] as { text?: string };
        }
        const { result } = options as { result: { text?: string } };
        if (type === "range" && typeof value === "number" && within(value, options)) {
            return result;
        }
        if (type === "regex" && new RegExp(String(options.pattern)).test(String(value))) {
            return result;
        }
        if (type === "special" && special(value, String(options.match))) {
            return result;
        }
    }
    return undefined;
}

function within(value: number, { from, to }: { from?: unknown; to?: unknown }): boolean {
    return value >= Number(from ?? -Infinity) && value <= Number(to ?? Infinity);
}

function special(value: number | string, match: string): boolean {
    return (match.includes("nan") && Number.isNaN(value)) || (match === "empty" && value === "");
}

/** What a line or a tile is called, by the query's legend. */
export function legend(labels: Record<string, string>, all: Record<string, string>[], template = "__auto"): string {
    if (template !== "__auto" && template !== "") {
        return template.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? "");
    }
    const entries = Object.entries(labels);
    return all.length === 1
        ? ""
        : entries.length === 1
          ? String(entries[0]?.[1])
          : `{${entries.map(([label, value]) => `${label}="${value}"`).join(", ")}}`;
}
