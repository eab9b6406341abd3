/**
 * Reads the actions of a Go template (https://pkg.go.dev/text/template) into a tree: as much of the language as is needed
 * to follow where chart values go. Text between actions is dropped.
 */

/** A value inside an action. Numbers are texts; `opaque` is what carries nothing to follow: booleans, `nil`, methods. */
export type Expression =
    | { readonly type: "dot" }
    | { readonly type: "variable"; readonly name: string }
    | { readonly type: "text"; readonly value: string }
    | { readonly type: "field"; readonly of: Expression; readonly name: string }
    | { readonly type: "call"; readonly name: string; readonly args: readonly Expression[] }
    | { readonly type: "opaque"; readonly args: readonly Expression[] };

/** A pipeline and the variables it fills: none when it is printed, two in `range $key, $value := …`. */
export interface Pipeline {
    readonly variables: readonly string[];
    /** `:=` makes new variables, `=` changes existing ones. */
    readonly declares: boolean;
    readonly value: Expression;
}

/** One action, or a block of actions between its opening and its `end`. */
export type Statement =
    | { readonly type: "action"; readonly pipeline: Pipeline }
    | {
          readonly type: "if" | "with" | "range";
          readonly pipeline: Pipeline;
          readonly body: readonly Statement[];
          readonly otherwise: readonly Statement[];
      };

/** The statements of one template file, and the named templates defined in it. */
export interface Template {
    readonly body: readonly Statement[];
    readonly defines: ReadonlyMap<string, readonly Statement[]>;
}

interface Token {
    readonly type: "text" | "variable" | "field" | "dot" | "word" | "symbol" | "number";
    readonly text: string;
    /** True when nothing separates it from the token before: `$x.field` is a chain, `$x .field` are two arguments. */
    readonly joined: boolean;
}

const tokenPattern =
    /\s+|(?<raw>`[^`]*`)|(?<quoted>"(?:[^"\\]|\\.)*")|(?<char>'(?:[^'\\]|\\.)*')|(?<variable>\$\w*)|(?<number>-?\d[\w.]*)|(?<field>\.\w+)|(?<dot>\.)|(?<word>\w+)|(?<symbol>:=|[=|,()])/y;

/**
 * Parses a template.
 *
 * @throws Error when it uses syntax that this reader does not know, or leaves a block open.
 */
export function parseTemplate(source: string): Template {
    const reader = new BlockReader([...actionsOf(source)].map(tokenize).filter((tokens) => tokens.length > 0));
    const body = reader.statements();
    if (!reader.done) {
        throw new Error("a template closes a block that it never opened");
    }
    return { body, defines: reader.defines };
}

class BlockReader {
    readonly defines = new Map<string, readonly Statement[]>();
    private position = 0;

    constructor(private readonly actions: readonly (readonly Token[])[]) {}

    get done(): boolean {
        return this.position === this.actions.length;
    }

    /** The statements up to the next `else` or `end` of the block that is being read. */
    statements(): Statement[] {
        const statements: Statement[] = [];
        while (!this.done && !["else", "end"].includes(keyword(this.actions[this.position]))) {
            statements.push(...this.statement(this.next()));
        }
        return statements;
    }

    private statement(action: readonly Token[]): Statement[] {
        const type = keyword(action);
        switch (type) {
            case "if":
            case "with":
            case "range":
                return [this.branches(type, action.slice(1))];
            case "define": {
                this.defines.set(action[1]?.text ?? "", this.statements());
                this.next();
                return [];
            }
            case "break":
            case "continue":
                return [];
            default:
                return [{ type: "action", pipeline: parsePipeline(asInclude(action)) }];
        }
    }

    private branches(type: "if" | "with" | "range", condition: readonly Token[]): Statement {
        const pipeline = parsePipeline(condition);
        const body = this.statements();
        const closing = this.next();
        if (keyword(closing) === "end") {
            return { type, pipeline, body, otherwise: [] };
        }
        const chained = keyword(closing.slice(1));
        if (chained === "if" || chained === "with") {
            // `else if` shares the `end` of the block it belongs to, so it is read without one of its own.
            return { type, pipeline, body, otherwise: [this.branches(chained, closing.slice(2))] };
        }
        const otherwise = this.statements();
        this.next();
        return { type, pipeline, body, otherwise };
    }

    private next(): readonly Token[] {
        const action = this.actions[this.position++];
        if (action === undefined) {
            throw new Error("a template leaves a block open");
        }
        return action;
    }
}

function keyword(action: readonly Token[] | undefined): string {
    const first = action?.[0];
    return first?.type === "word" ? first.text : "";
}

function* actionsOf(source: string): Generator<string> {
    const action = /\{\{-?((?:\/\*|\s*\/\*)[^]*?\*\/\s*|(?:`[^`]*`|"(?:[^"\\\n]|\\.)*"|[^`"])*?)-?\}\}/g;
    for (const match of source.matchAll(action)) {
        const text = match[1] ?? "";
        if (!text.trimStart().startsWith("/*")) {
            yield text;
        }
    }
}

function tokenize(action: string): Token[] {
    const tokens: Token[] = [];
    let joined = false;
    tokenPattern.lastIndex = 0;
    while (tokenPattern.lastIndex < action.length) {
        const at = tokenPattern.lastIndex;
        const groups = tokenPattern.exec(action)?.groups;
        if (groups === undefined) {
            throw new Error(`cannot read the template action {{${action}}} at "${action.slice(at, at + 10)}"`);
        }
        const token = tokenOf(groups);
        if (token !== undefined) {
            tokens.push({ ...token, joined });
        }
        joined = token !== undefined;
    }
    return tokens;
}

function tokenOf(groups: Record<string, string | undefined>): Omit<Token, "joined"> | undefined {
    const string = groups["raw"] ?? groups["quoted"] ?? groups["char"];
    if (string !== undefined) {
        return { type: "text", text: string.slice(1, -1) };
    }
    for (const type of ["variable", "number", "field", "dot", "word", "symbol"] as const) {
        const text = groups[type];
        if (text !== undefined) {
            return { type, text: type === "field" ? text.slice(1) : text };
        }
    }
    return undefined;
}

/** `{{ template "name" . }}` prints what `{{ include "name" . }}` prints. */
function asInclude(tokens: readonly Token[]): readonly Token[] {
    const [first, ...rest] = tokens;
    return first !== undefined && keyword(tokens) === "template" ? [{ ...first, text: "include" }, ...rest] : tokens;
}

function parsePipeline(tokens: readonly Token[]): Pipeline {
    const assignment = tokens.findIndex((token) => token.type === "symbol" && /^:?=$/.test(token.text));
    const variables = tokens.slice(0, Math.max(assignment, 0)).filter((token) => token.type === "variable");
    const reader = new PipelineReader(tokens.slice(assignment + 1));
    return {
        variables: variables.map((token) => token.text),
        declares: tokens[assignment]?.text === ":=",
        value: reader.pipeline(),
    };
}

class PipelineReader {
    private position = 0;

    constructor(private readonly tokens: readonly Token[]) {}

    pipeline(): Expression {
        let value = this.command();
        while (this.takes("|")) {
            value = this.command(value);
        }
        return value;
    }

    private command(piped?: Expression): Expression {
        const head = this.tokens[this.position];
        const name = head?.type === "word" && !["true", "false", "nil"].includes(head.text) ? head.text : undefined;
        if (name !== undefined) {
            this.position++;
        }
        const args: Expression[] = [];
        while (this.position < this.tokens.length && !this.sees("|") && !this.sees(")")) {
            args.push(this.operand());
        }
        if (piped !== undefined) {
            args.push(piped);
        }
        if (name !== undefined) {
            return { type: "call", name, args };
        }
        const [only, ...others] = args;
        // Several operands without a function are a method call, such as `.Files.Get "name"`.
        return only !== undefined && others.length === 0 ? only : { type: "opaque", args };
    }

    private operand(): Expression {
        let operand = this.primary();
        for (let next = this.tokens[this.position]; next?.type === "field" && next.joined;) {
            operand = { type: "field", of: operand, name: next.text };
            next = this.tokens[++this.position];
        }
        return operand;
    }

    private primary(): Expression {
        const token = this.tokens[this.position++];
        switch (token?.type) {
            case "text":
            case "number":
                return { type: "text", value: token.text };
            case "variable":
                return { type: "variable", name: token.text };
            case "dot":
                return { type: "dot" };
            case "field":
                return { type: "field", of: { type: "dot" }, name: token.text };
            case "word":
                return { type: "call", name: token.text, args: [] };
            case "symbol":
                if (token.text === "(") {
                    const value = this.pipeline();
                    this.takes(")");
                    return value;
                }
                throw new Error(`a template has "${token.text}" where a value belongs`);
            default:
                return { type: "opaque", args: [] };
        }
    }

    private sees(symbol: string): boolean {
        const token = this.tokens[this.position];
        return token?.type === "symbol" && token.text === symbol;
    }

    private takes(symbol: string): boolean {
        const seen = this.sees(symbol);
        this.position += seen ? 1 : 0;
        return seen;
    }
}
