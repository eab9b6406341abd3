import { Document, isMap, isScalar, isSeq, Pair, parseDocument, Scalar, YAMLMap, type ParsedNode } from "yaml";

/**
 * A YAML text with another value at `path`, a list of keys of maps. Everything else stays byte for byte. A missing key is added at
 * the end of its map.
 *
 * @param value plain data, or a node of the text itself, whose comments stay
 */
export function withValue(text: string, path: [string, ...string[]], value: unknown): string {
    const key = path.at(-1) ?? "";
    const above = path.slice(0, -1);
    const document = parseDocument(text);
    const map = above.length === 0 ? document.contents : document.getIn(above, true);
    if (!isMap<Scalar, ParsedNode | null>(map)) {
        return above.length === 0
            ? `${text}${lines(key, value, 0)}\n`
            : withValue(text, above as [string, ...string[]], { [key]: value });
    }
    const pair = map.items.find((item) => isScalar(item.key) && item.key.value === key);
    const start = pair?.key.range?.[0];
    if (pair === undefined || start === undefined) {
        const first = map.items[0]?.key.range?.[0] ?? text.length;
        const end = contentEnd(text, map.items.at(-1) ?? { value: null, key: null });
        return `${text.slice(0, end)}\n${" ".repeat(column(text, first))}${lines(key, value, column(text, first))}${text.slice(end)}`;
    }
    return text.slice(0, start) + lines(key, value, column(text, start)) + text.slice(contentEnd(text, pair));
}

/** Where the last character of a pair stands that is neither a comment behind it nor the end of the line. */
function contentEnd(text: string, { key, value }: { key: Scalar | null; value: ParsedNode | null }): number {
    let end = value?.range[1] ?? key?.range?.[1] ?? text.length;
    while (/\s/.test(text.charAt(end - 1))) {
        end -= 1;
    }
    return end;
}

function column(text: string, position: number): number {
    return position - (text.lastIndexOf("\n", position - 1) + 1);
}

/** A key and its value, without the first line's indentation. */
function lines(key: string, value: unknown, indentation: number): string {
    if (isMap(value) || isSeq(value)) {
        // What stands behind the value in the text stays there.
        value.comment = undefined;
    }
    const document = new Document();
    const map = new YAMLMap();
    map.items.push(new Pair(new Scalar(key), document.createNode(value)));
    document.contents = map;
    return document
        .toString({ lineWidth: 0, verifyAliasOrder: false })
        .trimEnd()
        .replace(/\n(?=.)/g, `\n${" ".repeat(indentation)}`);
}
