/**
 * Follows chart values through the templates of a chart: which keys are read by name, which maps are printed or walked as a
 * whole. The first cannot hold a key of its own, the second can. Values flow through variables, `with`, `range`, `dict`,
 * `include`d templates and every function; both branches of an `if` are taken unless a constant decides.
 */
import type { Expression, Pipeline, Statement, Template } from "./template";

/** What the templates do with one place in the values. */
export class Usage {
    /** The keys that are read by name. */
    readonly fields = new Map<string, Usage>();
    /** What is done with each entry, when the templates walk over all of them or pick one by a computed name. */
    entries: Usage | undefined;
    /** True when the value reaches the output whole, so that its inside is no business of the chart. */
    printed = false;
    /** True when a template asks what kind of value it is, so that it may be of more than one. */
    kindAsked = false;

    /** The usage of one key, which counts as read from now on. */
    field(name: string): Usage {
        let field = this.fields.get(name);
        if (field === undefined) {
            field = new Usage();
            this.fields.set(name, field);
        }
        return field;
    }

    /** The usage of any one entry. */
    entry(): Usage {
        return (this.entries ??= new Usage());
    }
}

/** A chart whose templates are followed, with its dependencies. */
export interface Templates {
    /** Key of the chart's values within those of its parent; empty for the chart itself. */
    readonly name: string;
    readonly files: readonly Template[];
    readonly dependencies: readonly Templates[];
}

/** Follows the values of a chart, and of its dependencies under their names, through all templates. */
export function followValues(chart: Templates): Usage {
    const values = new Usage();
    const defines = new Map<string, readonly Statement[]>();
    // Named templates are global: a chart and its dependencies share them.
    for (const { files } of [chart, ...chart.dependencies]) {
        for (const file of files) {
            file.defines.forEach((body, name) => defines.set(name, body));
        }
    }
    // Helm hands `global` to every dependency, so all of them read the same one.
    const shared = values.field("global");
    const subcharts = new Dict();
    for (const { name, files } of chart.dependencies) {
        const own = values.field(name);
        own.fields.set("global", shared);
        const context = rootContext(own, new Dict());
        subcharts.entries.set(name, new Set([context]));
        render(files, context, defines);
        own.fields.delete("global");
    }
    render(chart.files, rootContext(values, subcharts), defines);
    return values;
}

/** A map or list that a template makes itself. */
class Dict {
    readonly entries = new Map<string, Value>();
    /** What was merged into it, and entries under computed names. */
    readonly merged = new Set<Thing>();

    constructor(readonly isContext = false) {}
}

type Thing = Usage | Dict | string;

/** Everything that a value may be. */
type Value = ReadonlySet<Thing>;

const nothing: Value = new Set();

function rootContext(values: Usage, subcharts: Dict): Dict {
    const context = new Dict(true);
    context.entries.set("Values", new Set([values]));
    context.entries.set("Subcharts", new Set([subcharts]));
    return context;
}

function render(files: readonly Template[], context: Dict, defines: ReadonlyMap<string, readonly Statement[]>): void {
    for (const file of files) {
        print(new Rendering(defines, new Set([context]), []).run(file.body));
    }
}

function print(value: Value): void {
    for (const thing of value) {
        if (thing instanceof Usage) {
            thing.printed = true;
        } else if (thing instanceof Dict && !thing.isContext) {
            thing.entries.forEach(print);
            print(thing.merged);
        }
    }
}

/** Functions whose result holds nothing of their arguments. */
const predicates = new Set([
    ...["not", "eq", "ne", "lt", "le", "gt", "ge", "empty", "has", "contains", "hasPrefix", "hasSuffix", "regexMatch"],
    ...["semverCompare", "len", "keys", "until", "lookup", "fail"],
]);

const kindQuestions = new Set(["kindIs", "kindOf", "typeIs", "typeIsLike", "typeOf"]);

/** One execution of a template: its variables, and the values it has printed so far. */
class Rendering {
    private readonly output = new Set<Thing>();
    private scopes: Map<string, Value>[] = [new Map<string, Value>()];
    private dot: Value;

    constructor(
        private readonly defines: ReadonlyMap<string, readonly Statement[]>,
        private readonly data: Value,
        private readonly callers: readonly string[],
    ) {
        this.dot = data;
    }

    run(body: readonly Statement[]): Value {
        body.forEach((statement) => this.execute(statement));
        return this.output;
    }

    private execute(statement: Statement): void {
        const { variables, value } = statement.pipeline;
        const result = this.evaluate(value);
        if (statement.type === "action") {
            if (variables.length === 0) {
                result.forEach((thing) => this.output.add(thing));
            } else {
                this.assign(statement.pipeline, [result]);
            }
            return;
        }
        const held = statement.type === "range" ? entriesOf(result) : result;
        if (truth(result) !== false) {
            this.block(() => {
                // Of the two variables of a range, the first holds the key.
                this.assign(statement.pipeline, variables.length > 1 ? [nothing, held] : [held]);
                this.within(statement.type === "if" ? this.dot : held, statement.body);
            });
        }
        if (truth(result) !== true) {
            this.block(() => this.within(this.dot, statement.otherwise));
        }
    }

    private block(content: () => void): void {
        this.scopes.push(new Map());
        content();
        this.scopes.pop();
    }

    private within(dot: Value, body: readonly Statement[]): void {
        const outer = this.dot;
        this.dot = dot;
        body.forEach((statement) => this.execute(statement));
        this.dot = outer;
    }

    private assign({ variables, declares }: Pipeline, values: readonly Value[]): void {
        variables.forEach((name, index) => {
            const value = values[index] ?? nothing;
            const scope = declares ? undefined : this.scopes.findLast((candidate) => candidate.has(name));
            // A variable may keep its old value, because the assignment may stand in a branch that is not taken.
            (scope ?? this.scopes.at(-1))?.set(name, union([scope?.get(name) ?? nothing, value]));
        });
    }

    private evaluate(expression: Expression): Value {
        switch (expression.type) {
            case "dot":
                return this.dot;
            case "variable":
                return expression.name === "$"
                    ? this.data
                    : (this.scopes.findLast((scope) => scope.has(expression.name))?.get(expression.name) ?? nothing);
            case "text":
                return new Set([expression.value]);
            case "field":
                return fieldOf(this.evaluate(expression.of), expression.name);
            case "call":
                return this.call(
                    expression.name,
                    expression.args.map((argument) => this.evaluate(argument)),
                );
            case "opaque":
                expression.args.forEach((argument) => this.evaluate(argument));
                return nothing;
        }
    }

    private call(name: string, args: readonly Value[]): Value {
        const [first = nothing, second = nothing] = args;
        if (predicates.has(name)) {
            return nothing;
        }
        if (kindQuestions.has(name)) {
            // Asking for "invalid" asks whether it is set at all.
            if (!first.has("invalid")) {
                usagesOf(args.at(-1) ?? nothing).forEach((usage) => (usage.kindAsked = true));
            }
            return nothing;
        }
        switch (name) {
            case "include":
                return union(textsOf(first).map((template) => this.include(template, second)));
            case "default":
                return truth(second) === true ? second : union(args);
            case "ternary":
                return union(args.slice(0, -1));
            case "tpl":
            case "omit":
            case "pick":
                return first;
            case "list":
            case "tuple":
                return new Set([dictOf(args.map((value, index) => [String(index), value]))]);
            case "dict":
                return new Set([dictOf(pairsOf(args))]);
            case "index":
            case "get":
                return args.slice(1).reduce(pick, first);
            case "dig":
                return union([args.slice(0, -2).reduce(pick, args.at(-1) ?? nothing), args.at(-2) ?? nothing]);
            case "hasKey":
                pick(first, second);
                return nothing;
            case "set":
                pick(first, second);
                dictsOf(first).forEach((dict) => put(dict, second, args[2] ?? nothing));
                return first;
            case "values":
                return entriesOf(first);
            case "merge":
            case "mergeOverwrite":
            case "mustMerge":
            case "mustMergeOverwrite":
                dictsOf(first).forEach((dict) => absorb(dict, union(args.slice(1))));
                return union(args);
            default:
                return union(args);
        }
    }

    private include(template: string, data: Value): Value {
        const body = this.defines.get(template);
        return body === undefined || this.callers.includes(template)
            ? nothing
            : new Rendering(this.defines, data, [...this.callers, template]).run(body);
    }
}

/** Whether a condition holds, where the templates alone decide: one text, given by the caller of a named template. */
function truth(value: Value): boolean | undefined {
    const [only, ...others] = value;
    return typeof only === "string" && others.length === 0 ? only !== "" : undefined;
}

function union(values: readonly Value[]): Value {
    return values.length === 1 ? (values[0] ?? nothing) : new Set(values.flatMap((value) => [...value]));
}

function usagesOf(value: Value): Usage[] {
    return [...value].filter((thing) => thing instanceof Usage);
}

function dictsOf(value: Value): Dict[] {
    return [...value].filter((thing) => thing instanceof Dict);
}

function textsOf(value: Value): string[] {
    return [...value].filter((thing) => typeof thing === "string");
}

function dictOf(entries: readonly (readonly [string, Value])[]): Dict {
    const dict = new Dict();
    entries.forEach(([key, value]) => dict.entries.set(key, value));
    return dict;
}

function pairsOf(args: readonly Value[]): [string, Value][] {
    const keys = args.filter((_, index) => index % 2 === 0);
    return keys.map((key, index) => [textsOf(key)[0] ?? "", args[index * 2 + 1] ?? nothing]);
}

function put(dict: Dict, key: Value, value: Value): void {
    const names = textsOf(key);
    names.forEach((name) => dict.entries.set(name, union([dict.entries.get(name) ?? nothing, value])));
    if (names.length === 0) {
        absorb(dict, value);
    }
}

function absorb(dict: Dict, value: Value): void {
    // A map merged with its own copy would otherwise hold itself.
    [...value].filter((thing) => thing !== dict).forEach((thing) => dict.merged.add(thing));
}

/** The value under a key that a template computes or spells out. */
function pick(value: Value, key: Value): Value {
    const names = textsOf(key);
    return names.length === 0 ? entriesOf(value) : union(names.map((name) => fieldOf(value, name)));
}

function fieldOf(value: Value, name: string): Value {
    return union(
        [...value].map((thing): Value => {
            if (thing instanceof Usage) {
                return new Set([/^\d+$/.test(name) ? thing.entry() : thing.field(name)]);
            }
            return thing instanceof Dict
                ? union([thing.entries.get(name) ?? nothing, fieldOf(thing.merged, name)])
                : nothing;
        }),
    );
}

function entriesOf(value: Value): Value {
    return union(
        [...value].map((thing): Value => {
            if (thing instanceof Usage) {
                return new Set([thing.entry()]);
            }
            return thing instanceof Dict && !thing.isContext
                ? union([...thing.entries.values(), entriesOf(thing.merged)])
                : nothing;
        }),
    );
}
