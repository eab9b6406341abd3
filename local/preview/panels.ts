import type { FieldConfig, Panel } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Answer, Series, TimeRange } from "./ask";
import type { Gauge, Lines, Slices } from "./charts";
import { colour, fieldOf, legend, palette, show, thresholds, type Shown } from "./fields";
import { frames, sorted, transformed, type CellValue } from "./tables";

/** What there is to draw in a panel. */
export type Drawing =
    | { kind: "words"; markdown: string }
    | { kind: "errors"; errors: string[] }
    /** `explained` by the panel itself, in the words that stand there; else it should never be empty. */
    | { kind: "nothing"; text: string; explained: boolean }
    | { kind: "tiles"; filled: boolean; tiles: Tile[] }
    | { kind: "gauges"; gauges: (Named & { gauge: Gauge })[] }
    | { kind: "table"; headings: { text: string; number: boolean }[]; rows: Cell[][] }
    | Lines
    | Slices;

/** What belongs to one series, and where a click on it leads. */
export interface Named {
    /** Empty where there is but one. */
    name: string;
    link?: string;
}

/** A big value. */
export type Tile = Named & Shown;

/** A cell of a table. */
export interface Cell extends Shown {
    link?: string;
    /** What is coloured. */
    fill: "none" | "text" | "background";
    number: boolean;
}

/** An answer with the query's refId and legend. */
export interface Answered {
    refId: string;
    legend?: string;
    answer: Answer;
}

/**
 * What a panel shows of the answers to its queries.
 *
 * @throws on anything that the preview does not know: it would be drawn wrong
 */
export function drawing(panel: Panel, answers: Answered[], range: TimeRange): Drawing {
    if (panel.type === "text") {
        return { kind: "words", markdown: String((panel.options as { content?: string }).content ?? "") };
    }
    const errors = answers.flatMap(({ answer }) => ("error" in answer ? [answer.error] : []));
    if (errors.length > 0) {
        return { kind: "errors", errors };
    }
    const draw = kinds[panel.type];
    if (draw === undefined) {
        throw new Error(`the preview does not know panels of the type "${panel.type}"`);
    }
    const named = namedSeries(panel, answers);
    if (named.every(({ series }) => series.points.every(([, value]) => Number.isNaN(value)))) {
        const text = panel.fieldConfig?.defaults.noValue;
        return { kind: "nothing", text: text ?? "No data", explained: text !== undefined };
    }
    return draw(panel, named, range);
}

interface NamedSeries {
    refId: string;
    name: string;
    field: FieldConfig;
    series: Series;
}

/** Every series of the answers with its name, and how its values are shown. */
function namedSeries(panel: Panel, answers: Answered[]): NamedSeries[] {
    const answered = answers.flatMap(({ answer, ...query }) =>
        "series" in answer ? answer.series.map((series) => ({ ...query, series })) : [],
    );
    const all = answered.map(({ series }) => series.labels);
    return answered.map(({ refId, legend: template, series }) => {
        const plain = legend(series.labels, all, template);
        const field = fieldOf(panel, plain, refId);
        return { refId, name: field.displayName ?? plain, field, series };
    });
}

type Draw = (panel: Panel, named: NamedSeries[], range: TimeRange) => Drawing;

const kinds: Record<string, Draw> = {
    stat: (panel, named) => {
        const { colorMode, textMode } = panel.options as { colorMode?: string; textMode?: string };
        const nameless = textMode === "value" || (textMode !== "value_and_name" && named.length === 1);
        const tiles = named.map((one) => ({ ...tile(one), ...(nameless ? { name: "" } : {}) }));
        return { kind: "tiles", filled: colorMode?.startsWith("background") === true, tiles };
    },
    gauge: (_, named) => ({
        kind: "gauges",
        gauges: named.map((one) => {
            const { text, colour, name, link } = tile(one);
            const { min = 0, max = one.field.unit === "percentunit" ? 1 : 100 } = one.field;
            const steps = thresholds({ ...one.field, min, max });
            const bands = steps.map(({ colour }, index): [number, string] => {
                const end = steps[index + 1]?.from ?? max;
                return [Math.min(1, Math.max(0, (end - min) / (max - min))), colour];
            });
            const gauge: Gauge = { kind: "gauge", value: last(one.series), text, colour, min, max, bands };
            return { name, link, gauge };
        }),
    }),
    piechart: (panel, named) => ({
        kind: "slices",
        slices: named.map((one, index) => ({
            name: one.name,
            colour: lineColour(one, index),
            value: last(one.series),
        })),
        ring: (panel.options as { pieType?: string }).pieType === "donut",
        legend: hasLegend(panel),
        unit: panel.fieldConfig?.defaults.unit,
        decimals: panel.fieldConfig?.defaults.decimals,
    }),
    timeseries: (panel, named, { from, to }) => {
        const field = fieldOf(panel, "");
        const { unit, decimals, min, max } = field;
        const { fillOpacity = 0, stacking, thresholdsStyle } = field.custom as LineStyle;
        const stacked = stacking !== undefined && stacking.mode !== "none";
        const times = stacked ? [...new Set(named.flatMap(({ series }) => series.points.map(([time]) => time)))] : [];
        return {
            kind: "lines",
            lines: named.map((one, index) => ({
                name: one.name,
                colour: lineColour(one, index),
                unit: one.field.unit,
                points: drawable(one.series, times),
            })),
            from,
            to,
            stacked,
            fill: fillOpacity / 100,
            legend: hasLegend(panel),
            ...{ unit, decimals, min, max },
            marks:
                (thresholdsStyle?.mode ?? "off") === "off"
                    ? []
                    : thresholds(field)
                          .filter((step) => Number.isFinite(step.from))
                          .map((step) => ({ at: step.from, colour: step.colour })),
        };
    },
    table,
};

/** The points of a line, with a gap at each further time: lines are stacked point by point. */
function drawable({ points }: Series, times: number[]): [number, number | null][] {
    const at = new Map<number, number | null>(times.map((time) => [time, null]));
    points.forEach(([time, value]) => at.set(time, Number.isFinite(value) ? value : null));
    return [...at].sort(([one], [other]) => one - other);
}

interface LineStyle {
    fillOpacity?: number;
    stacking?: { mode?: string };
    thresholdsStyle?: { mode?: string };
}

function table(panel: Panel, named: NamedSeries[]): Drawing {
    const queries = (panel.targets ?? []) as { refId?: string }[];
    const answers = queries.map(({ refId = "" }) => ({
        refId,
        series: named.filter((one) => one.refId === refId).map(({ series }) => series),
    }));
    const { fields, rows } = transformed(frames(answers), panel.transformations ?? []);
    const order = (panel.options as { sortBy?: { displayName: string; desc?: boolean }[] }).sortBy?.[0];
    const columns = fields.map((name) => {
        const field = fieldOf(panel, name);
        const { align = "auto" } = field.custom as { align?: string };
        return { name, field, number: align === "auto" && rows.some((row) => typeof row[name] === "number") };
    });
    return {
        kind: "table",
        headings: columns.map(({ name, field, number }) => ({ text: field.displayName ?? name, number })),
        rows: (order === undefined ? rows : sorted(rows, order.displayName, order.desc === true)).map((row) =>
            columns.map(({ name, field, number }) => cell(row[name], field, number)),
        ),
    };
}

function cell(value: CellValue | undefined, field: FieldConfig, number: boolean): Cell {
    if (value === undefined) {
        return { text: field.noValue ?? "", colour: colour("text"), fill: "none", number };
    }
    const { cellOptions } = field.custom as { cellOptions?: { type?: string } };
    const type = cellOptions?.type ?? "auto";
    const fill = type === "color-background" ? "background" : type === "color-text" ? "text" : "none";
    return { ...show(value, field), link: field.links?.[0]?.url, fill, number };
}

function tile({ name, field, series }: NamedSeries): Tile {
    return { name, ...show(last(series), field), link: field.links?.[0]?.url };
}

/** The SDK writes that there is none where nothing is said, and Grafana obeys. */
function hasLegend(panel: Panel): boolean {
    return (panel.options as { legend?: { showLegend?: boolean } }).legend?.showLegend !== false;
}

/** By value where thresholds say so, else in turn. */
function lineColour({ field, series }: NamedSeries, index: number): string {
    return field.color === undefined || field.color.mode.startsWith("palette")
        ? (palette[index % palette.length] ?? colour("text"))
        : show(last(series), field).colour;
}

/** The last value that is a number. */
function last({ points }: Series): number {
    return points.filter(([, value]) => !Number.isNaN(value)).at(-1)?.[1] ?? NaN;
}
