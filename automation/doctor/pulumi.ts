import { resolve } from "node:path";
import { preferredPulumi } from "../programsOnPath";
import { Failure, quoted, reason, withoutUserinfo } from "./check";
import type { Ran, Surroundings } from "./surroundings";

/** Milliseconds for what several checks wait for at once: a backend in a bucket is slow. */
const patience = 60_000;

/** The pulumi program, and what it knows; each thing is asked for once. What it decrypts stays in memory. */
export class Pulumi {
    private readonly answers = new Map<string, Promise<unknown>>();

    /** @param configFile a file in place of `Pulumi.<stack>.yaml` */
    constructor(
        private readonly surroundings: Surroundings,
        private readonly stack: string,
        private readonly configFile?: string,
    ) {}

    /** The program's path; undefined when there is none. A real one wins over npm's, which has to download one first. */
    path(): string | undefined {
        return preferredPulumi(this.surroundings.onPath("pulumi"));
    }

    /** Runs it. @throws Failure when it is not there */
    async run(args: string[], signal: AbortSignal): Promise<Ran> {
        const path = this.path();
        if (path === undefined) {
            throw new Failure("pulumi is not on PATH", installPulumi);
        }
        return await this.surroundings.run(path, [...args, "--non-interactive"], signal);
    }

    /** The outputs of any stack, secrets in clear. @throws Failure when they cannot be read */
    async secretOutputs(stack: string): Promise<Record<string, unknown>> {
        return await this.json(["stack", "output", "--json", "--show-secrets", "--stack", stack]);
    }

    /** Why the examined stack has no outputs; undefined when it has, because `up` has made them. */
    async whyNotUp(): Promise<string | undefined> {
        try {
            const outputs = await this.json(["stack", "output", "--json", "--stack", this.stack]);
            return Object.keys(outputs).length === 0 ? "`up` has made nothing yet" : undefined;
        } catch (error) {
            return reason(error);
        }
    }

    /** What a key of the examined stack's config holds, decrypted. @throws Failure when it cannot be read */
    async decrypted(key: string): Promise<unknown> {
        const file = this.configFile === undefined ? [] : ["--config-file", resolve(this.configFile)];
        const answer = await this.json(["config", "get", key, "--json", "--stack", this.stack, ...file]);
        const { objectValue, value } = answer as { objectValue?: unknown; value?: unknown };
        return objectValue ?? value;
    }

    private async json(args: string[]): Promise<Record<string, unknown>> {
        const key = args.join("\0");
        const asked = this.answers.get(key) ?? this.ask(args);
        this.answers.set(key, asked);
        return (await asked) as Record<string, unknown>;
    }

    private async ask(args: string[]): Promise<unknown> {
        const ran = await this.run(args, AbortSignal.timeout(patience));
        // As it is for people: it prints no secret.
        const shown = args[0] === "config" ? ["config", ...args.slice(args.indexOf("--stack"))] : args;
        const command = ["pulumi", ...shown.filter((arg) => arg !== "--show-secrets").map(quoted)].join(" ");
        if (ran.code !== 0) {
            throw new Failure(complaint(ran), command);
        }
        try {
            return JSON.parse(ran.stdout) as unknown;
        } catch {
            throw new Failure("pulumi answered something that is not JSON", command);
        }
    }
}

/** How the program is got. */
export const installPulumi = "curl -fsSL https://get.pulumi.com | sh   # or: brew install pulumi/tap/pulumi";

/** What a pulumi that failed says is wrong: its first error, or its last words. */
export function complaint({ code, stderr }: Ran): string {
    const lines = stderr.split("\n").map((line) => line.trim());
    const said = lines.find((line) => line.startsWith("error:")) ?? lines.findLast((line) => line !== "");
    return said === undefined ? `pulumi ended with ${code}` : withoutUserinfo(said.replace(/^error:\s*/, ""));
}
