import * as pulumi from "@pulumi/pulumi";
import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";
import { child, schema, variant, type JsonSchema } from "./jsonSchema";
import { namespace } from "./schema";

/** Where in the config: a section, then keys and list positions. */
export type Path = (string | number)[];

/** One thing that is wrong with a stack's config, and how to mend it. */
export interface Problem {
    /** The key's place. */
    path: Path;
    /** The value as it stands, for people; never that of a secret or of an unknown key. */
    value?: string;
    /** What is wrong with it. */
    problem: string;
    /** What is accepted there. */
    allowed?: string;
    /** A line to paste: a command, or YAML for the stack file. */
    paste: string;
}

/** Every problem of a stack's config at once. Thrown before anything is created; the engine prints its text alone. */
export class ConfigError extends pulumi.RunError {
    constructor(
        readonly stackName: string,
        readonly problems: Problem[],
    ) {
        super(format(stackName, problems));
        this.name = "ConfigError";
    }
}

/** A path as `pulumi config set --path` takes it. */
export function written(path: Path): string {
    return path.reduce<string>(
        (text, step) =>
            typeof step === "number"
                ? `${text}[${step}]`
                : text === ""
                  ? `${namespace}:${step}`
                  : /^[-\w]+$/.test(step)
                    ? `${text}.${step}`
                    : `${text}["${step}"]`,
        "",
    );
}

/** The command that sets a plain scalar. */
export function setCommand(path: Path, value: string | number | boolean): string {
    return `pulumi config set --path '${written(path)}' ${shellWord(String(value))}`;
}

/** The command that sets a secret; it asks for the value, so that none is left in the shell's history. */
export function setSecretCommand(path: Path): string {
    return `pulumi config set --secret --path '${written(path)}'`;
}

/** The command that removes a key. */
export function removeCommand(path: Path): string {
    return `pulumi config rm --path '${written(path)}'`;
}

/** Zod's issues as problems. `data` is the whole config as it was read. */
export function explain(issues: z.core.$ZodIssue[], data: unknown): Problem[] {
    return issues.flatMap((issue) => explainOne(issue, data));
}

function explainOne(issue: z.core.$ZodIssue, data: unknown): Problem[] {
    const path = issue.path as Path;
    if (issue.code === "unrecognized_keys") {
        const { node } = resolve(path, data);
        return issue.keys.map((unknown) => unknownKey([...path, unknown], Object.keys(node?.properties ?? {})));
    }
    if (issue.code === "invalid_union" && issue.discriminator !== undefined) {
        return [explainDiscriminator(path, path.slice(0, -1), data)];
    }
    const { node, value } = resolve(path, data);
    const described = describeAllowed(node);
    if (issue.code === "invalid_key") {
        return [{ path, problem: "is not accepted as a name here", allowed: described, paste: removeCommand(path) }];
    }
    return [
        {
            path,
            ...shown(node, value),
            problem: value === undefined ? "is missing" : wording(issue),
            allowed: described,
            paste: pasteLine(path, node),
        },
    ];
}

/** An unknown key; its value is not shown, because it may be a secret under a mistyped name. */
export function unknownKey(path: Path, known: string[]): Problem {
    const key = String(path.at(-1));
    const meant = nearest(key, known);
    return {
        path,
        problem: meant === undefined ? "is not a key that exists" : `is not a key that exists; did you mean ${meant}?`,
        allowed: known.join(", "),
        paste:
            removeCommand(path) +
            (meant === undefined ? "" : `   # then set ${written([...path.slice(0, -1), meant])}`),
    };
}

/** The nearest of `known`, where one is near enough to be meant. */
export function nearest(word: string, known: string[]): string | undefined {
    if (known.length === 0) {
        return undefined;
    }
    const candidate = closest(word, known);
    const far = distance(word.toLowerCase(), candidate.toLowerCase());
    return far <= Math.max(2, Math.floor(word.length / 3)) ? candidate : undefined;
}

function explainDiscriminator(path: Path, parent: Path, data: unknown): Problem {
    const { node, value } = resolve(parent, data);
    const key = String(path.at(-1));
    const choices = (node?.oneOf ?? node?.anyOf ?? []).map((choice) => String(choice.properties?.[key]?.const));
    const got = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    const meant = typeof got === "string" ? nearest(got, choices) : undefined;
    return {
        path,
        ...shown(undefined, got),
        problem:
            got === undefined
                ? "is missing"
                : "is not one of the choices" + (meant === undefined ? "" : `; did you mean ${meant}?`),
        allowed: choices.join(", "),
        paste: setCommand(path, meant ?? choices[0] ?? ""),
    };
}

/** Follows a path through the schema and the data, choosing union variants by the data. */
function resolve(path: Path, data: unknown): { node: JsonSchema | undefined; value: unknown } {
    let node: JsonSchema | undefined = schema;
    let value = data;
    for (const step of path) {
        node = node && child(variant(node, value), step);
        value =
            typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[step] : undefined;
    }
    return { node: node && variant(node, value), value };
}

function shown(node: JsonSchema | undefined, value: unknown): { value?: string } {
    if (value === undefined || node?.secret === true) {
        return {};
    }
    if (typeof value === "object" && value !== null) {
        return { value: Array.isArray(value) ? "a list" : "a map" };
    }
    const text = JSON.stringify(value);
    return { value: text.length > 80 ? `${text.slice(0, 77)}…` : text };
}

function wording(issue: z.core.$ZodIssue): string {
    switch (issue.code) {
        case "invalid_type":
            return `must be ${article(issue.expected)}`;
        case "invalid_value":
            return "is not one of the choices";
        case "too_small":
            return `is too ${issue.origin === "number" || issue.origin === "int" ? "small" : "short"}`;
        case "too_big":
            return `is too ${issue.origin === "number" || issue.origin === "int" ? "large" : "long"}`;
        case "invalid_format":
            return issue.message.startsWith("Invalid") ? "is not accepted" : issue.message;
        default:
            return "is not accepted";
    }
}

function article(type: string): string {
    const names: Record<string, string> = {
        object: "a map",
        record: "a map",
        array: "a list",
        int: "a whole number",
        number: "a number",
        string: "text",
        boolean: "true or false",
    };
    return names[type] ?? type;
}

function describeAllowed(node: JsonSchema | undefined): string | undefined {
    if (node?.allowed !== undefined) {
        return node.allowed;
    }
    if (node?.enum !== undefined) {
        return node.enum.map(String).join(", ");
    }
    if (node?.properties !== undefined) {
        return `a map of ${Object.keys(node.properties).join(", ")}`;
    }
    return node?.secret === true
        ? "a secret"
        : node?.type === undefined
          ? undefined
          : article(node.type === "integer" ? "int" : node.type);
}

function pasteLine(path: Path, node: JsonSchema | undefined): string {
    if (node?.secret === true) {
        return setSecretCommand(path);
    }
    const example = node?.examples?.[0] ?? node?.enum?.[0] ?? node?.const;
    if (typeof example === "string" || typeof example === "number" || typeof example === "boolean") {
        return setCommand(path, example);
    }
    const key = path.length === 1 ? `${namespace}:${path[0]}` : String(path.at(-1));
    return `${key}: ${JSON.stringify(example ?? exampleOf(node))}   # in the stack file`;
}

/** The smallest map that the schema could accept, from its required keys. */
function exampleOf(node: JsonSchema | undefined): unknown {
    const chosen = node?.oneOf?.[0] ?? node?.anyOf?.[0] ?? node;
    if (chosen?.properties === undefined) {
        return chosen?.type === "array" ? [] : "…";
    }
    return Object.fromEntries(
        (chosen.required ?? []).map((name) => {
            const property = chosen.properties?.[name];
            return [
                name,
                property?.const ?? property?.examples?.[0] ?? (property?.secret === true ? "…" : exampleOf(property)),
            ];
        }),
    );
}

function shellWord(text: string): string {
    return /^[-\w.:/=@%+,]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function format(stack: string, problems: Problem[]): string {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const blocks = problems.map((problem, index) =>
        [
            `  ${index + 1}. ${written(problem.path)}${problem.value === undefined ? "" : ` = ${problem.value}`} ${problem.problem}`,
            ...(problem.allowed === undefined ? [] : [`     allowed: ${problem.allowed}`]),
            `     paste:   ${problem.paste}`,
        ].join("\n"),
    );
    return [`The config of stack ${stack} has ${count}. Nothing was created.`, ...blocks].join("\n\n");
}
