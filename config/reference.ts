import { schema, type JsonSchema } from "./jsonSchema";
import { namespace } from "./schema";

/** The reference of every config key, docs/config.md. */
export function reference(): string {
    const sections = Object.entries(schema.properties ?? {}).map(([name, node]) =>
        [
            `## ${namespace}:${name}`,
            ...(node.properties === undefined && node.oneOf === undefined && node.items === undefined
                ? []
                : sectionText(node)),
            ...table(rows(node, "", new Set(schema.required?.includes(name) === true ? [""] : []))),
        ].join("\n\n"),
    );
    return [
        "# Config reference",
        "Generated from the schema in `config/schema/` by `npm run generate`; do not edit.",
        [
            "Every key lives in `Pulumi.<stack>.yaml`. A key that is not listed here is an error, and every problem of a config",
            "is printed at once, before anything is created. For completion and checks in an editor, put this line first in the",
            "stack file:",
        ].join("\n"),
        "```yaml\n# yaml-language-server: $schema=./docs/config.schema.json\n```",
        [
            "**Secret** keys are set with `pulumi config set --secret --path '<key>'`, which asks for the value; they stay encrypted",
            "in the stack file and in the state.",
        ].join("\n"),
        ...sections,
        "",
    ]
        .join("\n\n")
        .replace(/\n{3,}/g, "\n\n")
        .replace(/\n+$/, "\n");
}

function sectionText(node: JsonSchema): string[] {
    return node.description === undefined ? [] : [node.description];
}

interface Row {
    key: string;
    type: string;
    default: string;
    text: string;
}

function rows(node: JsonSchema, path: string, required: Set<string>): Row[] {
    const variants = node.oneOf ?? node.anyOf?.filter((choice) => choice.properties !== undefined);
    if (variants !== undefined) {
        return variants.flatMap((choice) => variantRows(choice, path));
    }
    if (node.properties !== undefined) {
        return Object.entries(node.properties).flatMap(([name, child]) => {
            const key = path === "" ? name : `${path}.${name}`;
            const own = row(key, child, node.required?.includes(name) === true);
            return [own, ...below(child, key)];
        });
    }
    if (path === "") {
        return node.items === undefined ? [row("", node, required.has(""))] : below(node, "");
    }
    return [];
}

/** The rows of one variant of a union, under a heading row that names it. */
function variantRows(choice: JsonSchema, path: string): Row[] {
    const [discriminator, property] = Object.entries(choice.properties ?? {}).find(
        ([, child]) => child.const !== undefined,
    ) ?? ["", {}];
    const prefix = path === "" ? "" : `${path}.`;
    const properties = Object.fromEntries(
        Object.entries(choice.properties ?? {}).filter(([name]) => name !== discriminator),
    );
    return [
        {
            key: `${prefix}${discriminator}: ${String(property.const)}`,
            type: "choice",
            default: "",
            text: property.description ?? "",
        },
        ...rows({ ...choice, properties }, path, new Set()),
    ];
}

function below(node: JsonSchema, path: string): Row[] {
    if (node.items !== undefined) {
        return rows(node.items, `${path}[]`, new Set());
    }
    if (typeof node.additionalProperties === "object" && Object.keys(node.additionalProperties).length > 0) {
        return rows(node.additionalProperties, `${path}.<name>`, new Set());
    }
    return rows(node, path, new Set());
}

function row(key: string, node: JsonSchema, required: boolean): Row {
    const marks = [
        ...(node.secret === true ? ["**Secret.**"] : []),
        node.description ?? "",
        ...(node.allowed === undefined ? [] : [`Allowed: ${node.allowed}.`]),
    ];
    return {
        key,
        type: typeName(node),
        default: node.default === undefined ? (required ? "required" : "") : code(JSON.stringify(node.default)),
        text: marks.join(" ").trim(),
    };
}

function typeName(node: JsonSchema): string {
    if (node.enum !== undefined) {
        return node.enum.map((value) => code(String(value))).join(", ");
    }
    if (node.oneOf !== undefined || node.anyOf !== undefined || node.type === "object") {
        return "map";
    }
    const names: Record<string, string> = {
        array: "list",
        integer: "whole number",
        number: "number",
        boolean: "true or false",
        string: "text",
    };
    return names[node.type ?? ""] ?? "text";
}

function table(tableRows: Row[]): string[] {
    if (tableRows.length === 0) {
        return [];
    }
    const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
    return [
        [
            "| key | type | default | what it is |",
            "| --- | --- | --- | --- |",
            ...tableRows.map(
                (each) =>
                    `| ${each.key === "" ? "(the value itself)" : code(each.key)} | ${cell(each.type)} | ${cell(each.default)} | ${cell(each.text)} |`,
            ),
        ].join("\n"),
    ];
}

function code(text: string): string {
    return `\`${text}\``;
}
