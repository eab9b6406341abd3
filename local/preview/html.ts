/** Text that is HTML already. */
export class Html {
    constructor(readonly text: string) {}
}

type Part = string | number | Html | undefined | Part[];

/** HTML with everything escaped that is not HTML already. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
    return new Html(strings.map((text, index) => text + rendered(parts[index])).join(""));
}

function rendered(part: Part): string {
    if (part instanceof Html) {
        return part.text;
    }
    return Array.isArray(part) ? part.map(rendered).join("") : escape(String(part ?? ""));
}

function escape(text: string): string {
    return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Data that a script reads: no text in it can end the script. */
export function json(value: unknown): Html {
    return new Html(JSON.stringify(value).replaceAll("<", "\\u003c"));
}
