import { RE2JS } from "re2js";
import { replacement } from "../../platform/redaction";
import type { Redaction } from "../../platform/logCollector";

const compiled = new Map<string, RE2JS>();

function compile(expression: string): RE2JS {
    const known = compiled.get(expression) ?? RE2JS.compile(expression);
    compiled.set(expression, known);
    return known;
}

/** What Alloy's `stage.replace` makes of a line, one stage after the other: the group of every match is replaced. */
export function redact(redactions: readonly Redaction[], line: string): string {
    return redactions.reduce((text, redaction) => {
        const matcher = compile(redaction.expression).matcher(text);
        let result = "";
        let end = 0;
        while (matcher.find()) {
            if (matcher.start(1) >= end && matcher.start(1) >= 0) {
                result += text.slice(end, matcher.start(1)) + replacement(redaction);
                end = matcher.end(1);
            }
        }
        return result + text.slice(end);
    }, line);
}
