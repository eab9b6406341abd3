import type { DataTransformerConfig } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Series } from "./ask";

/** What stands in a cell: a label, or the value of a query. */
export type CellValue = string | number;

/** A table, as Grafana's transformations pass it on. */
export interface Frame {
    /** The columns, in order. */
    fields: string[];
    rows: Record<string, CellValue>[];
}

/** One table a query, as the Prometheus datasource makes it of an instant answer: the labels, then the value. */
export function frames(answers: { refId: string; series: Series[] }[]): Frame[] {
    return answers.map(({ refId, series }) => {
        const value = answers.length === 1 ? "Value" : `Value #${refId}`;
        const labels = [...new Set(series.flatMap((one) => Object.keys(one.labels)))].sort();
        return {
            fields: series.length === 0 ? [] : ["Time", ...labels, value],
            rows: series.map((one) => {
                const [time = 0, number = NaN] = one.points.at(-1) ?? [];
                return { Time: time, ...one.labels, [value]: number };
            }),
        };
    });
}

/**
 * The one table that the transformations make.
 *
 * @throws on a transformation that the preview does not know
 */
export function transformed(tables: Frame[], transformations: DataTransformerConfig[]): Frame {
    const result = transformations
        .filter(({ disabled }) => disabled !== true)
        .reduce((before, { id, options }) => {
            const transformation = known[id];
            if (transformation === undefined) {
                throw new Error(`the preview does not know the transformation "${id}"`);
            }
            return transformation(before, options as object);
        }, tables);
    // Without `merge` Grafana shows the first table and lets one choose another.
    return result[0] ?? { fields: [], rows: [] };
}

const known: Record<string, (tables: Frame[], options: object) => Frame[]> = {
    merge,
    organize: (tables, options) => tables.map((table) => organize(table, options)),
};

/** Joins rows that agree in every field that all tables have, and contradict each other in none. */
function merge(tables: Frame[]): Frame[] {
    const filled = tables.filter(({ fields }) => fields.length > 0);
    const fields = [...new Set(filled.flatMap((table) => table.fields))];
    const common = fields.filter((field) => filled.every((table) => table.fields.includes(field)));
    if (common.length === 0) {
        return tables;
    }
    const rows: Frame["rows"] = [];
    const byKey = new Map<string, Frame["rows"]>();
    for (const row of filled.flatMap((table) => table.rows)) {
        const key = JSON.stringify(common.map((field) => row[field]));
        const alike = byKey.get(key) ?? [];
        const partners = alike.filter((other) =>
            Object.entries(row).every(([field, value]) => !(field in other) || other[field] === value),
        );
        partners.forEach((partner) => Object.assign(partner, row));
        if (partners.length === 0) {
            const added = { ...row };
            rows.push(added);
            byKey.set(key, [...alike, added]);
        }
    }
    return [{ fields, rows }];
}

interface OrganizeOptions {
    excludeByName?: Record<string, boolean>;
    indexByName?: Record<string, number>;
    renameByName?: Record<string, string>;
}

function organize(table: Frame, options: OrganizeOptions): Frame {
    const { excludeByName = {}, indexByName = {}, renameByName = {} } = options;
    const renamed = (field: string) => renameByName[field] ?? field;
    const index = (field: string) => indexByName[field] ?? Number.MAX_SAFE_INTEGER;
    return {
        fields: table.fields
            .filter((field) => excludeByName[field] !== true)
            .toSorted((one, other) => index(one) - index(other))
            .map(renamed),
        rows: table.rows.map((row) =>
            Object.fromEntries(Object.entries(row).map(([field, value]) => [renamed(field), value])),
        ),
    };
}

/** The rows in a field's order; those without it come last. */
export function sorted(rows: Frame["rows"], field: string, descending: boolean): Frame["rows"] {
    const sign = descending ? -1 : 1;
    return rows.toSorted((one, other) => {
        const [a, b] = [one[field], other[field]];
        if (a === undefined || b === undefined) {
            return Number(a === undefined) - Number(b === undefined);
        }
        return sign * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
    });
}
