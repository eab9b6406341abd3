import { generateKeyPairSync } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** A resource or a call as the program asked for it. */
interface Asked {
    type: string;
    name: string;
    inputs: Readonly<Record<string, unknown>>;
}

/** What a provider computes for resources of one type: each output the program reads, from what it was asked for. */
type Outputs = (asked: Asked) => Record<string, unknown>;

/**
 * What providers add to a resource's inputs, as readable placeholders. An output that is not listed is unknown in a plan,
 * as it is in a preview. A load balancer's address is not listed: whether it is an IP address or a host name decides the
 * type of a DNS record, and no placeholder could know.
 */
const outputs: Record<string, Outputs> = {
    "tls:index/privateKey:PrivateKey": (asked) => ({
        privateKeyPem: pulumi.secret(placeholder("privateKeyPem", asked)),
        // Agents' certificates are computed from a real key; this one is nobody's.
        privateKeyPemPkcs8: pulumi.secret(
            asked.inputs["algorithm"] === "ED25519" ? throwawayKey() : placeholder("privateKeyPemPkcs8", asked),
        ),
    }),
    "tls:index/certRequest:CertRequest": placeholders("certRequestPem"),
    "tls:index/selfSignedCert:SelfSignedCert": placeholders("certPem", "validityEndTime"),
    "tls:index/locallySignedCert:LocallySignedCert": placeholders("certPem"),
    "azure-native:storage:StorageAccount": ({ inputs }) => ({ name: inputs["accountName"] }),
    "azure-native:managedidentity:UserAssignedIdentity": (asked) => ({
        name: asked.inputs["resourceName"],
        ...placeholders("clientId", "principalId")(asked),
    }),
    "aws:s3/bucket:Bucket": ({ inputs }) => ({ arn: `arn:aws:s3:::${String(inputs["bucket"])}` }),
    "aws:iam/role:Role": ({ inputs }) => ({ arn: `arn:aws:iam::<account>:role/${String(inputs["name"])}` }),
};

/** A resource's outputs: its inputs and what its provider computes. */
export function resourceOutputs(asked: Asked): { id: string; state: Record<string, unknown> } {
    return { id: id(asked), state: { ...asked.inputs, ...outputs[asked.type]?.(asked) } };
}

/** What a provider's function returns; undefined for one that this program is not known to call. */
export function callResult(
    token: string,
    inputs: Readonly<Record<string, unknown>>,
): Record<string, unknown> | undefined {
    if (token === "azure-native:storage:listStorageAccountKeys") {
        const key = `<first key of storage account ${String(inputs["accountName"])}>`;
        return { keys: [{ keyName: "key1", permissions: "FULL", value: pulumi.secret(key) }] };
    }
    return undefined;
}

function throwawayKey(): string {
    return generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

function placeholders(...names: string[]): Outputs {
    return (asked) => Object.fromEntries(names.map((name) => [name, placeholder(name, asked)]));
}

function placeholder(output: string, { name }: Asked): string {
    return `<${output} of ${name}>`;
}

function id(asked: Asked): string {
    // The program cuts the subscription out of an account's id.
    return `${asked.type.startsWith("azure-native:") ? "/subscriptions/<subscription>/" : ""}${placeholder("id", asked)}`;
}
