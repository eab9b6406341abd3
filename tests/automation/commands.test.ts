import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planStack, type Plan } from "../../automation/planStack";
import { programDirectory } from "../../automation/stackFile";
import { exampleSections, plantCanaries, withStackFile } from "./examples";

jest.setTimeout(180_000);

/** Runs a command as `npm run` does. */
function run(command: "plan" | "render", ...args: string[]) {
    const script = join(programDirectory, "automation", `${command}.ts`);
    return spawnSync(process.execPath, ["--import", "tsx", script, ...args], {
        cwd: programDirectory,
        encoding: "utf8",
        maxBuffer: 64 * 2 ** 20,
    });
}

/** A config with every way to hold a secret, and the secrets in it. */
function withSecrets(stack: "dev" | "prod"): { sections: Record<string, unknown>; canaries: string[] } {
    const sections = exampleSections(stack, {
        alerting: {
            receivers: {
                chat: { kind: "slack", channel: "#alerts" },
                bot: { kind: "slackBot", channel: "#alerts" },
                pager: { kind: "pagerduty" },
                genie: { kind: "opsgenie" },
                team: { kind: "teams" },
                mail: { kind: "email", to: "a@example.org", from: "b@example.org", smarthost: "mail.example.org:587" },
                hook: { kind: "webhook" },
            },
            defaultReceiver: "chat",
            deadMansSwitch: {},
        },
        observer: { name: "observer", size: "small", kubeconfig: "" },
        monitors: {
            tre: { clusters: ["acme-1"] },
            endpoints: { targets: [{ name: "registry", url: "https://registry.example.org/" }] },
            applications: [{ name: "portal", namespace: "portal", receiver: "bot", channel: "#portal" }],
        },
        customers: [{ name: "acme-1", tenant: "acme", kubeconfig: "" }],
    });
    return { sections, canaries: plantCanaries(sections) };
}

/** The canaries that can be read in `text`, as they are or encoded. */
function seen(canaries: string[], text: string): string[] {
    return canaries.filter((canary) =>
        [canary, Buffer.from(canary).toString("base64"), encodeURIComponent(canary)].some((form) =>
            text.includes(form),
        ),
    );
}

test("plan prod --json: one document on stdout, the same as ever, and nothing on stderr", async () => {
    const { stdout, stderr, status } = run("plan", "prod", "--json");
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(stdout).toBe(`${JSON.stringify(await planStack({ stack: "prod" }), undefined, 2)}\n`);
});

test.each<["dev" | "prod", string[]]>([
    ["dev", ["--json"]],
    ["prod", []],
])("plan %s: no secret in what it prints", async (stack, flags) => {
    const { sections, canaries } = withSecrets(stack);
    const { stdout, stderr, status } = await withStackFile(sections, (file) =>
        run("plan", stack, "--config", file, ...flags),
    );
    expect(canaries.length).toBeGreaterThan(8);
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(seen(canaries, stdout)).toEqual([]);
    expect(stdout).not.toContain("still to be set");
    if (flags.includes("--json")) {
        const plan = JSON.parse(stdout) as Plan;
        expect(plan.secretsToSet).toEqual([]);
        expect(plan.resources.find(({ name }) => name === "observer-alert-receivers")?.inputs["stringData"]).toEqual(
            Object.fromEntries(
                ["chat", "bot", "pager", "genie", "team", "mail", "hook", "dead-mans-switch"].map((key) => [
                    key,
                    "[secret]",
                ]),
            ),
        );
    }
});

test("render: no secret in any file, nor in what it prints", async () => {
    const directory = mkdtempSync(join(tmpdir(), "rendered-"));
    const { sections, canaries } = withSecrets("prod");
    const { stdout, stderr, status } = await withStackFile(sections, (file) =>
        run("render", "prod", "--config", file, "--out", join(directory, "out")),
    );
    const written = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
    expect(written.length).toBeGreaterThan(20);
    for (const { parentPath, name } of written) {
        expect({ name, secrets: seen(canaries, readFileSync(join(parentPath, name), "utf8")) }).toEqual({
            name,
            secrets: [],
        });
    }
    expect(seen(canaries, stdout)).toEqual([]);
    rmSync(directory, { recursive: true });
});

test("a config that is not right: its problems, no stack trace, exit code 1", async () => {
    const sections = exampleSections("dev", { observer: { nmae: "x", context: "kind-observer" } });
    const { stdout, stderr, status } = await withStackFile(sections, (file) => run("plan", "dev", "--config", file));
    expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
    expect(stderr).toContain("did you mean name?");
    expect(stderr).not.toMatch(/^ +at /m);
});
