/** A table in Markdown: the first column to the left, the others, which are numbers, to the right. */
export function markdownTable(header: string[], rows: string[][]): string {
    const table = [header, ...rows];
    const widths = header.map((_, column) => Math.max(3, ...table.map((row) => (row[column] ?? "").length)));
    const line = (row: string[]) =>
        `| ${widths.map((width, column) => (column === 0 ? (row[column] ?? "").padEnd(width) : (row[column] ?? "").padStart(width))).join(" | ")} |`;
    const rule = `| ${widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
    return `${[line(header), rule, ...rows.map(line)].join("\n")}\n`;
}
