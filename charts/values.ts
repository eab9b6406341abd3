/**
 * What is known about the values of a chart: a tree of its keys. The same tree, generated from the pinned chart by
 * `npm run generate:charts`, is the compile-time type of the values we write and the run-time check of those a user adds.
 */

/**
 * What a value may be: `scalar` is a string, number or boolean; `map` and `list` are free inside; `any` is not known.
 * `null` is allowed for all of them, because it makes Helm drop the chart's default.
 */
export type Kind = "string" | "number" | "boolean" | "scalar" | "list" | "map" | "any";

/** The keys of a map. The single key `*` stands for a map whose keys are free and whose values are alike. */
export interface KeyTree {
    readonly [key: string]: Kind | KeyTree;
}

interface TypeOfKind {
    string: string;
    number: number;
    boolean: boolean;
    scalar: string | number | boolean;
    list: readonly unknown[];
    // `object` and not an index signature, which interfaces are not assignable to.
    map: object;
    any: unknown;
}

/**
 * The values that a chart with these keys takes. Every key is optional, an unknown key in an object literal does not
 * compile.
 *
 * @typeParam Later - What else may stand for a value at any place, such as `pulumi.Output<unknown>`; default: nothing.
 */
export type ValuesOf<Tree, Later = never> = Tree extends { readonly "*": infer Entry }
    ? { [name: string]: ValueOf<Entry, Later> | undefined }
    : { -readonly [Key in keyof Tree]?: ValueOf<Tree[Key], Later> };

type ValueOf<Entry, Later> = (Entry extends Kind ? TypeOfKind[Entry] : ValuesOf<Entry, Later>) | Later | null;
