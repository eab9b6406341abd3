import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stackFileSchema } from "./jsonSchema";
import { reference } from "./reference";

/** The files made from the schema, by path inside the repository. */
export function generatedFiles(): Record<string, string> {
    return {
        "docs/config.md": reference(),
        "docs/config.schema.json": `${JSON.stringify(stackFileSchema(), null, 4)}\n`,
    };
}

if (require.main === module) {
    const root = join(__dirname, "..");
    mkdirSync(join(root, "docs"), { recursive: true });
    for (const [path, text] of Object.entries(generatedFiles())) {
        writeFileSync(join(root, path), text);
        console.log(`wrote ${path}`);
    }
}
