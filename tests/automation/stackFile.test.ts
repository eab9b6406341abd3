import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStackFile } from "../../automation/stackFile";

let directory: string;

beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "stack-file-"));
    write("Pulumi.yaml", "name: fleet-observability\n");
});

afterEach(() => rmSync(directory, { recursive: true }));

function write(file: string, content: string): string {
    writeFileSync(join(directory, file), content);
    return join(directory, file);
}

function read(content: string) {
    write("Pulumi.test.yaml", content);
    return readStackFile("test", undefined, directory);
}

test("reads every key with its namespace, those of other namespaces too", () => {
    const { project, config, encrypted } = read(
        "config:\n  fleet-observability:environment: dev\n  aws:region: eu-central-1\n",
    );
    expect(project).toBe("fleet-observability");
    expect(config).toEqual({ "fleet-observability:environment": "dev", "aws:region": "eu-central-1" });
    expect(encrypted.size).toBe(0);
});

test("an encrypted leaf is a placeholder, and its key is remembered", () => {
    const { config, encrypted } = read(
        [
            "config:",
            "  fleet-observability:storage:",
            "    provider: s3",
            "    accessKey: { secure: v1:abc }",
            "  fleet-observability:customers:",
            "    - name: acme",
            "      kubeconfig: { secure: v1:def }",
            "  fleet-observability:labels: { owner: me }",
        ].join("\n"),
    );
    expect(config["fleet-observability:storage"]).toEqual({ provider: "s3", accessKey: "<encrypted>" });
    expect(config["fleet-observability:customers"]).toEqual([{ name: "acme", kubeconfig: "<encrypted>" }]);
    expect([...encrypted]).toEqual(["fleet-observability:storage", "fleet-observability:customers"]);
});

test("defaults of the project count where the stack says nothing", () => {
    write(
        "Pulumi.yaml",
        [
            "name: fleet-observability",
            "config:",
            "  environment: { type: string, default: shared }",
            "  role: { type: string, default: environment }",
            "  observer: { type: object }",
            "  aws:region: { value: eu-central-1 }",
            "  aws:profile: team",
        ].join("\n"),
    );
    expect(read("config:\n  fleet-observability:environment: dev\n").config).toEqual({
        "fleet-observability:environment": "dev",
        "fleet-observability:role": "environment",
        "aws:region": "eu-central-1",
        "aws:profile": "team",
    });
});

test("another file takes the place of the stack's own", () => {
    const other = write("elsewhere.yaml", "config:\n  fleet-observability:environment: other\n");
    expect(readStackFile("any", other, directory).config).toEqual({ "fleet-observability:environment": "other" });
});

test("a stack that does not exist: which ones do, and which one may be meant", () => {
    write("Pulumi.dev.yaml", "");
    write("Pulumi.prod.yaml", "");
    const read = () => readStackFile("prd", undefined, directory);
    expect(read).toThrow("There is no stack prd");
    expect(read).toThrow("did you mean prod?");
    expect(read).toThrow("Stacks here: dev, prod.");
});

test("a YAML error names file, line and column, and quotes nothing", () => {
    const wrong = "config:\n  fleet-observability:storage:\n    secretKey: canary\n    secretKey: [canary\n";
    expect(() => read(wrong)).toThrow(/Pulumi\.test\.yaml:\d+:\d+: \S/);
    expect(() => read(wrong)).not.toThrow(/canary/);
});

test.each([
    ["config: [a]\n", "config must be a map"],
    ["just text\n", "Pulumi.test.yaml:1:1: must be a map"],
    ["config:\n  storage: {}\n", "config key storage has no namespace; write fleet-observability:storage"],
])("%j: %s", (content, message) => {
    expect(() => read(content)).toThrow(message);
});

test("a file that is not there", () => {
    expect(() => readStackFile("test", join(directory, "missing.yaml"), directory)).toThrow(
        "missing.yaml cannot be read: ENOENT",
    );
});
