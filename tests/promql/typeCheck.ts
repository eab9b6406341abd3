import { ensureSyntaxTree, LRLanguage } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { Parser } from "@prometheus-io/codemirror-promql/dist/cjs/parser/parser";
import { parser } from "@prometheus-io/lezer-promql";

// Its types come twice, for CommonJS and for modules.
const language = LRLanguage.define({ parser: parser as never });

/** An editor parses for some milliseconds and leaves the rest for later; here the whole is wanted. */
function parsed(expression: string): EditorState {
    const state = EditorState.create({ doc: expression, extensions: [language] });
    ensureSyntaxTree(state, expression.length, 10_000);
    return state.update({}).state;
}

/** What Prometheus' own editor underlines in an expression: grammar and types. */
export function typeErrors(expression: string): string[] {
    const check = new Parser(parsed(expression));
    check.analyze();
    return check.getDiagnostics().map(({ message }) => message);
}
