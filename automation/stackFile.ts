import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { isMap } from "../charts/merge";
import { nearest } from "../config/problems";
import { UsageError } from "./commandLine";

/** The directory of Pulumi.yaml. */
export const programDirectory = join(__dirname, "..");

/** A stack's config as the engine would hand it to the program, but for what is encrypted. */
export interface StackFile {
    /** The project's name. */
    project: string;
    /** Every key with its namespace, such as `fleet-observability:storage`. An encrypted leaf is a placeholder. */
    config: Record<string, unknown>;
    /** The keys that hold anything encrypted. */
    encrypted: ReadonlySet<string>;
}

/**
 * Reads `Pulumi.<stack>.yaml`, or the file `path`, without the engine. What is encrypted stays so: nobody is asked for a
 * passphrase.
 *
 * @throws UsageError that names the file, the line and what is wrong
 */
export function readStackFile(stack: string, path?: string, directory = programDirectory): StackFile {
    const project = readYaml(join(directory, "Pulumi.yaml"));
    const file = path ?? stackFilePath(stack, directory);
    const written = readYaml(file)["config"] ?? {};
    if (!isMap(written)) {
        throw new UsageError(`${file}: config must be a map`);
    }
    for (const key of Object.keys(written)) {
        if (!key.includes(":")) {
            throw new UsageError(
                `${file}: config key ${key} has no namespace; write ${String(project["name"])}:${key}`,
            );
        }
    }
    const config = { ...projectDefaults(project), ...written };
    return {
        project: String(project["name"]),
        config: Object.fromEntries(Object.entries(config).map(([key, value]) => [key, withoutCiphertext(value)])),
        encrypted: new Set(Object.keys(config).filter((key) => holdsCiphertext(config[key]))),
    };
}

function stackFilePath(stack: string, directory: string): string {
    const path = join(directory, `Pulumi.${stack}.yaml`);
    if (existsSync(path)) {
        return path;
    }
    const stacks = readdirSync(directory)
        .flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? [])
        .sort();
    const meant = nearest(stack, stacks);
    throw new UsageError(
        `There is no stack ${stack}: ${path} does not exist` +
            (meant === undefined ? "" : `; did you mean ${meant}?`) +
            `\nStacks here: ${stacks.join(", ") || "none"}. For another file: --config FILE`,
    );
}

function readYaml(path: string): Readonly<Record<string, unknown>> {
    const lines = new LineCounter();
    // The parser's pretty errors quote the line, and a line of a stack file may be a secret.
    const document = parseDocument(text(path), { lineCounter: lines, prettyErrors: false, merge: true });
    const [error] = document.errors;
    if (error !== undefined) {
        const { line, col } = lines.linePos(error.pos[0]);
        throw new UsageError(`${path}:${line}:${col}: ${error.message}`);
    }
    // Customers may share an anchor, however many they are.
    const content: unknown = document.toJS({ maxAliasCount: -1 }) ?? {};
    if (!isMap(content)) {
        throw new UsageError(`${path}:1:1: must be a map`);
    }
    return content;
}

function text(path: string): string {
    try {
        return readFileSync(path, "utf8");
    } catch (error) {
        throw new UsageError(`${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
    }
}

/** What the project sets for every stack: `value` and `default` of a declared key, or the value itself. */
function projectDefaults(project: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const declared = isMap(project["config"]) ? project["config"] : {};
    const values = Object.entries(declared).map(([key, declaration]) => [
        key.includes(":") ? key : `${String(project["name"])}:${key}`,
        isMap(declaration) ? (declaration["value"] ?? declaration["default"]) : declaration,
    ]);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Record<string, unknown>;
}

/** What `pulumi config set --secret` writes: a map whose only key is `secure`. */
function isCiphertext(value: unknown): boolean {
    return isMap(value) && Object.keys(value).length === 1 && typeof value["secure"] === "string";
}

function holdsCiphertext(value: unknown): boolean {
    return (
        isCiphertext(value) ||
        (typeof value === "object" && value !== null && Object.values(value).some(holdsCiphertext))
    );
}

function withoutCiphertext(value: unknown): unknown {
    if (isCiphertext(value)) {
        return "<encrypted>";
    }
    if (Array.isArray(value)) {
        return value.map(withoutCiphertext);
    }
    return isMap(value)
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutCiphertext(item)]))
        : value;
}
