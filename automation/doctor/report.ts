import { gravest, type Finding, type Level, type Result } from "./check";

/** What came of everything, for programs. */
export interface Report {
    stack: string;
    summary: Record<Level, number>;
    checks: (Result & { level: Level })[];
}

/** Counts the checks by their gravest findings. */
export function report(stack: string, results: Result[]): Report {
    const checks = results.map((result) => ({ ...result, level: gravest(result.findings) }));
    const count = (level: Level) => checks.filter((check) => check.level === level).length;
    return {
        stack,
        summary: { ok: count("ok"), warning: count("warning"), problem: count("problem"), skipped: count("skipped") },
        checks,
    };
}

/** A check that is done, in one line without its group. */
export function line({ title, lookedAt, findings, seconds }: Result): string {
    const level = gravest(findings);
    const said = findings.filter((found) => found.level === level).map(({ text }) => text);
    const more = said.length > 1 && level !== "ok" ? ` (and ${said.length - 1} more)` : "";
    const text = level === "ok" ? [lookedAt, ...said].join(", ") : `${said[0] ?? ""}${more}`;
    return `${title}: ${level === "ok" ? "" : `${level}: `}${text} (${seconds.toFixed(1)} s)`;
}

/** What needs somebody, by group, each with how to mend it; and how many checks there were. */
export function summary({ stack, summary: counts, checks }: Report): string {
    const groups = [...new Set(checks.map(({ group }) => group))];
    const blocks = groups.flatMap((group) => {
        const lines = checks
            .filter((check) => check.group === group)
            .flatMap(({ title, findings }) =>
                findings.filter(({ level }) => wanted.includes(level)).flatMap(found(title)),
            );
        return lines.length === 0 ? [] : [[group, ...lines].join("\n")];
    });
    const total = `${checks.length} checks of ${stack}: ${counts.ok} ok, ${counts.warning} with warnings, ${counts.problem} with problems, ${counts.skipped} skipped.`;
    return [...blocks, total].join("\n\n");
}

const wanted: Level[] = ["problem", "warning"];

function found(title: string): (finding: Finding) => string[] {
    return ({ level, text, fix }) => [
        `  ${level}: ${title}: ${text}`,
        ...(fix === undefined ? [] : [`    fix: ${fix}`]),
    ];
}
