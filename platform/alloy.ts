/** Grafana Alloy's configuration language, as far as the collectors need it. */

/** Something that stands without quotes: a reference to a component's export, or a call. */
export class Expression {
    constructor(readonly text: string) {}
}

/** What an attribute may be. */
export type Value = string | number | boolean | Expression | Value[] | { [key: string]: Value };

/** A block: a component of the configuration, or a part of one. */
export interface Block {
    /** Its name, and its label in quotes where it has one. */
    header: string;
    attributes: Record<string, Value>;
    blocks: Block[];
}

/** A block of a component, with the label that others refer to it by. */
export function component(name: string, label: string, attributes: Record<string, Value>, ...blocks: Block[]): Block {
    return { header: `${name} ${quoted(label)}`, attributes, blocks };
}

/** A block without a label. */
export function block(header: string, attributes: Record<string, Value>, ...blocks: Block[]): Block {
    return { header, attributes, blocks };
}

/** The text of a configuration file. */
export function alloyText(blocks: Block[]): string {
    return blocks.map((each) => blockText(each, "")).join("\n");
}

function blockText({ header, attributes, blocks }: Block, indent: string): string {
    const inner = `${indent}\t`;
    const lines = [
        ...Object.entries(attributes).map(([name, value]) => `${inner}${name} = ${valueText(value)}\n`),
        ...blocks.map((each) => blockText(each, inner)),
    ];
    return lines.length === 0 ? `${indent}${header} { }\n` : `${indent}${header} {\n${lines.join("")}${indent}}\n`;
}

function valueText(value: Value): string {
    if (value instanceof Expression) {
        return value.text;
    }
    if (typeof value === "string") {
        return quoted(value);
    }
    if (Array.isArray(value)) {
        return `[${value.map(valueText).join(", ")}]`;
    }
    return typeof value === "object"
        ? `{${Object.entries(value)
              .map(([key, inner]) => `${quoted(key)} = ${valueText(inner)}`)
              .join(", ")}}`
        : String(value);
}

/** A string as Alloy and LogQL take it: both know JSON's escapes. */
export function quoted(text: string): string {
    return JSON.stringify(text);
}
