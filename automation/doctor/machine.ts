import { dependencies } from "../../package.json";
import { ok, problem, warning, type Check, type Finding } from "./check";
import { isNpmPulumi } from "../programsOnPath";
import { complaint, installPulumi, type Pulumi } from "./pulumi";
import { cloudPackages, type Subject } from "./subject";
import type { Surroundings } from "./surroundings";

/** The oldest pulumi that runs the program, as index.ts asks for it: major and minor. */
export const oldestPulumi = [3, 220] as const;

/** Minor versions that the program pulumi may be behind its SDK; about a quarter of a year. */
const tolerableLag = 20;

/** The pulumi program is there and new enough. */
export function pulumiProgram(pulumi: Pulumi): Check {
    return {
        title: "pulumi",
        examine: async (signal) => {
            const path = pulumi.path();
            if (path === undefined) {
                return { lookedAt: "PATH", findings: [problem("there is no pulumi on PATH", installPulumi)] };
            }
            const ran = await pulumi.run(["version"], signal);
            const found = ran.code === 0 ? numbers(ran.stdout) : undefined;
            return {
                lookedAt: path,
                findings:
                    found === undefined
                        ? [problem(`pulumi says no version: ${complaint(ran)}`, installPulumi)]
                        : [...versionFindings(found), ...wrapperFindings(path)],
            };
        },
    };
}

function versionFindings(found: Numbers): Finding[] {
    const [major, minor] = oldestPulumi;
    const sdk = numbers(dependencies["@pulumi/pulumi"]) ?? [0, 0];
    if (found[0] < major || (found[0] === major && found[1] < minor)) {
        return [problem(`version ${found.join(".")} is older than ${oldestPulumi.join(".")}`, installPulumi)];
    }
    return found[0] === sdk[0] && found[1] < sdk[1] - tolerableLag
        ? [warning(`version ${found.join(".")} is much older than the SDK, ${sdk.join(".")}`, installPulumi)]
        : [ok(`version ${found.join(".")}`)];
}

function wrapperFindings(path: string): Finding[] {
    return isNpmPulumi(path) ? [ok("npm's, which downloads the real one at its first call")] : [];
}

/** Node is new enough for the program and for Pulumi's language host. */
export function nodeProgram({ nodeVersion }: Surroundings): Check {
    return {
        title: "Node",
        // eslint-disable-next-line @typescript-eslint/require-await -- a check answers with a promise
        examine: async () => {
            const major = Number.parseInt(nodeVersion, 10);
            return {
                lookedAt: `the running Node, ${nodeVersion}`,
                findings: [
                    major < 20
                        ? problem(`Node ${nodeVersion} is older than 20`, "nvm install 22   # or https://nodejs.org")
                        : major < 22
                          ? warning(
                                `Node ${nodeVersion} has reached its end of life`,
                                "nvm install 22   # or https://nodejs.org",
                            )
                          : ok(`version ${nodeVersion}`),
                ],
            };
        },
    };
}

/** What `pulumi plugin ls --json` says of one. */
interface Plugin {
    name: string;
    kind: string;
    version?: string;
}

/** The plugins of the providers that the environment uses are installed, at the versions of their SDKs. */
export function providerPlugins({ settings, pulumi, surroundings }: Subject): Check {
    return {
        title: "provider plugins",
        examine: async (signal) => {
            const wanted = wantedPlugins(cloudPackages(settings));
            const ran = await pulumi.run(["plugin", "ls", "--json"], signal);
            if (ran.code !== 0) {
                return { lookedAt: "pulumi plugin ls", findings: [problem(complaint(ran), "pulumi plugin ls")] };
            }
            const installed = JSON.parse(ran.stdout) as Plugin[];
            // Without leave to download, `up` stops at the first that is missing.
            const downloads = !isTrue(surroundings.variables["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"]);
            const missing = wanted.filter(
                ({ name, version }) =>
                    !installed.some((one) => one.kind === "resource" && one.name === name && one.version === version) &&
                    surroundings.onPath(`pulumi-resource-${name}`).length === 0,
            );
            const named = (plugins: { name: string; version: string }[]) =>
                plugins.map(({ name, version }) => `${name} ${version}`).join(", ");
            return {
                lookedAt: named(wanted),
                findings:
                    missing.length === 0
                        ? [ok("installed")]
                        : [
                              downloads
                                  ? warning(
                                        `not installed: ${named(missing)}; \`up\` downloads them first`,
                                        "pulumi install",
                                    )
                                  : problem(
                                        `not installed, and \`up\` may not download: ${named(missing)}`,
                                        "pulumi install",
                                    ),
                          ],
            };
        },
    };
}

function wantedPlugins(clouds: ReadonlySet<string>): { name: string; version: string }[] {
    return Object.entries(dependencies)
        .filter(([name]) => name.startsWith("@pulumi/") && name !== "@pulumi/pulumi")
        .filter(([name]) => !["@pulumi/aws", "@pulumi/azure-native"].includes(name) || clouds.has(name))
        .map(([name, version]) => ({ name: name.slice("@pulumi/".length), version }));
}

/** As Pulumi reads a switch. */
function isTrue(value: string | undefined): boolean {
    return value === "true" || value === "1";
}

type Numbers = [major: number, minor: number];

function numbers(version: string): Numbers | undefined {
    const match = /(\d+)\.(\d+)/.exec(version);
    return match === null ? undefined : [Number(match[1]), Number(match[2])];
}
