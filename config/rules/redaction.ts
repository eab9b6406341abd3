import { RE2JS } from "re2js";
import { setCommand, type Path, type Problem } from "../problems";
import type { Checked } from "./checked";

/** What is taken out of logs, and what counts as an event: expressions that the collectors understand. */
export function logExpressions({ config: { monitors }, customers }: Checked): Problem[] {
    return [
        ...customers.flatMap(({ position, customer }) =>
            customer.logs.redact.flatMap(({ expression }, index) =>
                problemWith(expression, ["customers", position, "logs", "redact", index, "expression"], "(\\d+)", 1),
            ),
        ),
        ...(monitors?.events.custom ?? []).flatMap(({ expression }, index) =>
            problemWith(expression, ["monitors", "events", "custom", index, "expression"], "token (revoked|deleted)"),
        ),
    ];
}

function problemWith(expression: string, path: Path, better: string, groups = Infinity): Problem[] {
    const problem = wrong(expression, groups);
    return problem === undefined
        ? []
        : [
              {
                  path,
                  value: JSON.stringify(expression),
                  problem,
                  allowed:
                      groups === Infinity
                          ? "an RE2 expression"
                          : "an RE2 expression with at most one group; write others as (?:…)",
                  paste: setCommand(path, better),
              },
          ];
}

function wrong(expression: string, groups: number): string | undefined {
    try {
        const compiled = RE2JS.compile(expression);
        if (compiled.groupCount() > groups) {
            return `has ${compiled.groupCount()} groups: what is taken out would be more than one thing`;
        }
        return compiled.matches("") ? "matches nothing at all, and so between any two letters" : undefined;
    } catch (error) {
        return `is not RE2: ${error instanceof Error ? error.message : String(error)}`;
    }
}
