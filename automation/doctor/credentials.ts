import { join } from "node:path";
import { ok, problem, skipped, type Check, type Finding } from "./check";
import { cloudPackages, type Subject } from "./subject";
import type { Surroundings } from "./surroundings";

/** There are credentials for the clouds in which the environment makes something. Their values are not looked at. */
export function cloudCredentials({ settings, written, surroundings }: Subject): Check {
    return {
        title: "cloud credentials",
        examine: async (signal) => {
            // For a store that is not AWS, the keys in the config are used.
            const clouds = cloudPackages(settings);
            const aws = settings.storage.provider === "aws" || settings.ingress.dns.provider === "route53";
            const findings = [
                ...(aws
                    ? [
                          found(
                              "AWS",
                              awsSource(surroundings, written.config) ?? (await instanceRole(surroundings, signal)),
                              awsFix,
                          ),
                      ]
                    : []),
                ...(clouds.has("@pulumi/azure-native")
                    ? [found("Azure", azureSource(surroundings, written.config), azureFix)]
                    : []),
            ];
            return {
                lookedAt: "environment variables and files of the clouds' SDKs",
                findings:
                    findings.length > 0
                        ? findings
                        : [skipped(`storage.provider ${settings.storage.provider} makes nothing in a cloud account`)],
            };
        },
    };
}

const awsFix = "aws sso login   # or: export AWS_PROFILE=NAME, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
const azureFix = "az login   # or: export ARM_CLIENT_ID, ARM_TENANT_ID, ARM_SUBSCRIPTION_ID and ARM_CLIENT_SECRET";

function found(cloud: string, source: string | undefined, fix: string): Finding {
    return source === undefined ? problem(`no credentials for ${cloud}`, fix) : ok(`${cloud}: ${source}`);
}

type Look = Pick<Surroundings, "variables" | "exists" | "home">;

/** Where the AWS SDK would find credentials in the environment, the stack config or a file. */
function awsSource({ variables, exists, home }: Look, config: Record<string, unknown>): string | undefined {
    const set = (...names: string[]) => names.every((name) => (variables[name] ?? "") !== "");
    const files = [
        variables["AWS_SHARED_CREDENTIALS_FILE"] ?? join(home, ".aws", "credentials"),
        variables["AWS_CONFIG_FILE"] ?? join(home, ".aws", "config"),
    ];
    return set("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        ? "AWS_ACCESS_KEY_ID"
        : set("AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN")
          ? "AWS_WEB_IDENTITY_TOKEN_FILE"
          : (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"].find((name) =>
                set(name),
            ) ??
            inConfig(config, ["aws:accessKey", "aws:profile"]) ??
            files.find(exists));
}

/** A machine in AWS may have a role of its own, which only the cloud's metadata service knows. */
async function instanceRole({ fetch }: Surroundings, signal: AbortSignal): Promise<string | undefined> {
    const url = "http://169.254.169.254/latest/meta-data/iam/";
    try {
        const { status } = await fetch(url, "GET", AbortSignal.any([signal, AbortSignal.timeout(1_000)]));
        // 401: it asks for a session token first, as the SDK brings one.
        return status === 200 || status === 401 ? "this instance's own role, if it has one" : undefined;
    } catch {
        return undefined;
    }
}

/** Where the Azure provider would find credentials. */
function azureSource({ variables, exists, home }: Look, config: Record<string, unknown>): string | undefined {
    const set = (name: string) => ["ARM", "AZURE"].some((cloud) => (variables[`${cloud}_${name}`] ?? "") !== "");
    const proof = [
        "CLIENT_SECRET",
        "CLIENT_CERTIFICATE_PATH",
        "CLIENT_CERTIFICATE",
        "OIDC_TOKEN",
        "OIDC_TOKEN_FILE_PATH",
        "OIDC_REQUEST_TOKEN",
        "FEDERATED_TOKEN_FILE",
    ].find(set);
    const profile = join(variables["AZURE_CONFIG_DIR"] ?? join(home, ".azure"), "azureProfile.json");
    return set("CLIENT_ID") && set("TENANT_ID") && proof !== undefined
        ? `ARM_CLIENT_ID with ${proof}`
        : set("USE_MSI")
          ? "ARM_USE_MSI"
          : (inConfig(config, ["azure-native:clientId"]) ?? (exists(profile) ? `az login (${profile})` : undefined));
}

function inConfig(config: Record<string, unknown>, keys: string[]): string | undefined {
    return keys.find((key) => config[key] !== undefined);
}
