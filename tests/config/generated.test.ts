import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { generatedFiles } from "../../config/generate";
import { schema } from "../../config/jsonSchema";

const root = join(__dirname, "../..");

describe("what is made from the schema", () => {
    test.each(Object.entries(generatedFiles()))("%s is what `npm run generate` writes", (path, text) => {
        expect(readFileSync(join(root, path), "utf8")).toBe(text);
    });

    test("Pulumi.yaml declares every section, with the schema's type and a default, so that the engine leaves errors to us", () => {
        const project = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
            config: Record<string, { type: string }>;
        };
        const declared = Object.entries(project.config).map(([section, { type, ...rest }]) => [
            section,
            type,
            "default" in rest,
            "description" in rest,
        ]);
        const known = Object.entries(schema.properties ?? {}).map(([section, node]) => [
            section,
            node.oneOf === undefined ? node.type : "object",
            true,
            true,
        ]);
        expect(declared).toEqual(known);
    });

    test("every key says what it is", () => {
        const silent: string[] = [];
        const visit = (node: typeof schema, path: string): void => {
            for (const [name, child] of Object.entries(node.properties ?? {})) {
                if (child.const === undefined && child.description === undefined) {
                    silent.push(`${path}.${name}`);
                }
                visit(child, `${path}.${name}`);
            }
            for (const child of [...(node.oneOf ?? []), ...(node.items === undefined ? [] : [node.items])]) {
                visit(child, path);
            }
        };
        visit(schema, "");
        expect(silent).toEqual([]);
    });
});
