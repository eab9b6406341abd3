import type { Settings } from "../../config/load";
import type { SecretToSet } from "../planStack";
import type { Pulumi } from "./pulumi";
import type { Surroundings } from "./surroundings";

/** A stack as its file has it. */
export interface Written {
    stack: string;
    /** The file in place of `Pulumi.<stack>.yaml`. */
    configFile?: string;
    /** Every key with its namespace, such as `fleet-observability:storage`; an encrypted leaf is a placeholder. */
    config: Record<string, unknown>;
    /** The keys that hold anything encrypted. */
    encrypted: ReadonlySet<string>;
    /** How its secrets are encrypted: with a passphrase, whose salt it then has, or by the provider with this URL. */
    encryption: { salt: boolean; provider?: string };
    secretsToSet: SecretToSet[];
}

/** An environment that is examined: its stack, its settings, and the ways to what is around. */
export interface Subject {
    written: Written;
    settings: Settings;
    pulumi: Pulumi;
    surroundings: Surroundings;
}

/** The command that brings an environment up. */
export function upCommand({ stack }: Written): string {
    return `npm run fleet -- up ${stack}`;
}

/** The options that name a stack to pulumi. */
export function stackOptions({ stack, configFile }: Written): string[] {
    return ["--stack", stack, ...(configFile === undefined ? [] : ["--config-file", configFile])];
}

/** The packages of cloud providers that an environment's program loads. */
export function cloudPackages({ storage, ingress }: Settings): Set<"@pulumi/aws" | "@pulumi/azure-native"> {
    return new Set([
        ...(storage.provider === "aws" || (storage.provider === "s3" && storage.create)
            ? ["@pulumi/aws" as const]
            : []),
        ...(ingress.dns.provider === "route53" ? ["@pulumi/aws" as const] : []),
        ...(storage.provider === "azure" || ingress.dns.provider === "azurePrivate"
            ? ["@pulumi/azure-native" as const]
            : []),
    ]);
}
