import { ConfigError, written, type Problem } from "../../config/problems";
import { ok, problem, warning, type Check } from "./check";
import type { Written } from "./subject";

/** The stack file: what is wrong with it, or what its owner should know. */
export function stackConfig(file: Written, loaded: { warnings: string[] } | ConfigError): Check {
    const { stack, configFile, secretsToSet } = file;
    return {
        title: "config",
        // eslint-disable-next-line @typescript-eslint/require-await -- a check answers with a promise
        examine: async () => {
            const findings = [
                ...(loaded instanceof ConfigError
                    ? loaded.problems.map((found) => problem(sentence(found), forStack(found.paste, stack)))
                    : loaded.warnings.map((text) => warning(text))),
                ...secretsToSet.map(({ key, command }) => problem(`${key} is a secret that is not set`, command)),
            ];
            return {
                lookedAt: configFile ?? `Pulumi.${stack}.yaml`,
                findings: findings.length > 0 ? findings : [ok("complete")],
            };
        },
    };
}

function sentence({ path, value, problem: wrong, allowed }: Problem): string {
    const now = value === undefined ? "" : ` (now ${value})`;
    return `${written(path)} ${wrong}${now}${allowed === undefined ? "" : `; allowed: ${allowed}`}`;
}

function forStack(paste: string, stack: string): string {
    return paste.replace(/^pulumi config (set|rm)\b/, `$& --stack ${stack}`);
}
