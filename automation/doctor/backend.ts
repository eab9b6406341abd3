import { ok, problem, skipped, withoutUserinfo, type Check, type Finding } from "./check";
import { complaint } from "./pulumi";
import type { Subject } from "./subject";

/** Pulumi's state can be reached. */
export function stateBackend({ pulumi }: Pick<Subject, "pulumi">): Check {
    return {
        title: "state backend",
        examine: async (signal) => {
            const ran = await pulumi.run(["whoami", "--json"], signal);
            if (ran.code !== 0) {
                const fix = "pulumi login   # or: pulumi login s3://BUCKET, azblob://CONTAINER, file://DIRECTORY";
                return { lookedAt: "pulumi whoami", findings: [problem(complaint(ran), fix)] };
            }
            const { user, url } = JSON.parse(ran.stdout) as { user?: string; url?: string };
            return {
                lookedAt: withoutUserinfo(url ?? "the backend"),
                findings: [ok(`signed in as ${user ?? "nobody"}`)],
            };
        },
    };
}

/** What is encrypted in the stack file can be decrypted. */
export function stackSecrets({
    written,
    pulumi,
    surroundings,
}: Pick<Subject, "written" | "pulumi" | "surroundings">): Check {
    return {
        title: "stack secrets",
        examine: async () => {
            const { encryption, encrypted } = written;
            if (encryption.provider !== undefined && encryption.provider !== "passphrase") {
                const lookedAt = `secrets provider ${encryption.provider.replace(/:.*/, "")}`;
                return { lookedAt, findings: [await decrypted([...encrypted], pulumi)] };
            }
            if (!encryption.salt) {
                return {
                    lookedAt: "the stack file",
                    findings: [skipped("nothing in it is encrypted with a passphrase")],
                };
            }
            const passphrase = passphraseProblem(surroundings);
            return {
                lookedAt: "PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE",
                findings: [passphrase ?? (await decrypted([...encrypted], pulumi))],
            };
        },
    };
}

/** An empty passphrase is one as well. */
function passphraseProblem({ variables, exists }: Subject["surroundings"]): Finding | undefined {
    if (variables["PULUMI_CONFIG_PASSPHRASE"] !== undefined) {
        return undefined;
    }
    const fix = `export PULUMI_CONFIG_PASSPHRASE_FILE="$HOME/.pulumi-passphrase"   # a file of yours with the passphrase`;
    const file = variables["PULUMI_CONFIG_PASSPHRASE_FILE"];
    if (file === undefined || file === "") {
        return problem("the stack is encrypted with a passphrase, and none is set", fix);
    }
    return exists(file) ? undefined : problem("PULUMI_CONFIG_PASSPHRASE_FILE names a file that is not there", fix);
}

/** One is enough: all are encrypted with one key. */
async function decrypted([key]: string[], pulumi: Subject["pulumi"]): Promise<Finding> {
    if (key === undefined) {
        return ok("set; nothing is encrypted yet");
    }
    await pulumi.decrypted(key);
    return ok(`${key} can be decrypted`);
}
