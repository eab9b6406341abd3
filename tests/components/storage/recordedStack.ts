import * as pulumi from "@pulumi/pulumi";
import type { ObjectStore } from "../../../components/storage/objectStore";

/** A resource as the engine was asked for it: what the mocks show, and the options that they leave out. */
export interface Registration {
    type: string;
    name: string;
    urn: string;
    /** The parent's URN; empty at the top. */
    parent: string;
    /** URNs of what it waits for, besides what its inputs come from. */
    dependsOn: string[];
    /** The provider's URN and id; empty for the default provider. */
    provider: string;
    protect: boolean;
    retainOnDelete: boolean;
    /** What was sent, secrets still in their envelopes. */
    sent: Record<string, unknown>;
    /** What was sent, secrets opened. */
    inputs: Record<string, unknown>;
}

/** What the engine was asked for while a store was made. */
export interface Recording {
    store: ObjectStore;
    registrations: Registration[];
}

/** Computed outputs and invokes of the clouds, as far as the stores use them. Anything else fails the test. */
const clouds = {
    outputs: {
        "aws:s3/bucket:Bucket": ({ bucket }: Inputs) => ({ arn: `arn:aws:s3:::${String(bucket)}` }),
        "aws:iam/role:Role": ({ name }: Inputs) => ({ arn: `arn:aws:iam::123456789012:role/${String(name)}` }),
        "azure-native:managedidentity:UserAssignedIdentity": ({ resourceName }: Inputs) => ({
            name: resourceName,
            principalId: "principal-id",
            clientId: "client-id",
        }),
        "azure-native:storage:StorageAccount": ({ accountName }: Inputs) => ({ name: accountName }),
    } as Record<string, ((inputs: Inputs) => Inputs) | undefined>,
    calls: {
        "azure-native:storage:listStorageAccountKeys": ({ accountName }: Inputs) => ({
            keys: [{ keyName: "key1", permissions: "Full", value: `key-of-${String(accountName)}` }],
        }),
    } as Record<string, ((inputs: Inputs) => Inputs) | undefined>,
};

type Inputs = Record<string, unknown>;

const account =
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/observability/providers/Microsoft.Storage";

function id(type: string, name: string, inputs: Inputs): string {
    switch (type) {
        case "azure-native:storage:StorageAccount":
            return `${account}/storageAccounts/${String(inputs.accountName)}`;
        case "azure-native:storage:BlobContainer":
            return `${account}/storageAccounts/${String(inputs.accountName)}/blobServices/default/containers/${String(inputs.containerName)}`;
        default:
            return `${name}-id`;
    }
}

/** Runs `make` as a preview or an update and returns everything that it asked the engine for. */
export async function record(mode: "preview" | "update", make: () => ObjectStore): Promise<Recording> {
    const preview = mode === "preview";
    const registrations: Registration[] = [];
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, inputs }: { type: string; name: string; inputs: Inputs }) => ({
                id: preview ? undefined : id(type, name, inputs),
                state: preview ? inputs : { ...inputs, ...clouds.outputs[type]?.(inputs) },
            }),
            call: ({ token, inputs }) => {
                const answer = clouds.calls[token];
                if (answer === undefined) {
                    throw new Error(`no test expects a call of ${token}`);
                }
                return answer(inputs as Inputs);
            },
        },
        "fleet-observability",
        "test",
        preview,
    );
    intercept(registrations);
    const store = make();
    await pulumi.runtime.disconnect();
    return { store, registrations };
}

/** Notes what goes over the wire: the mocks' own arguments carry neither `protect` nor `retainOnDelete`. */
function intercept(registrations: Registration[]): void {
    const monitor = pulumi.runtime.getMonitor() as unknown as {
        registerResource(request: Request, callback: (error: unknown, response: Response) => void): unknown;
    };
    const original = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback) =>
        original(request, (error, response) => {
            const sent = request.getObject()?.toJavaScript() ?? {};
            registrations.push({
                type: request.getType(),
                name: request.getName(),
                urn: response.getUrn(),
                parent: request.getParent(),
                dependsOn: request.getDependenciesList(),
                provider: request.getProvider(),
                protect: request.getProtect() === true,
                retainOnDelete: request.getRetainondelete() === true,
                sent,
                inputs: opened(sent) as Inputs,
            });
            callback(error, response);
        });
}

interface Request {
    getType(): string;
    getName(): string;
    getParent(): string;
    getProvider(): string;
    getProtect(): boolean | undefined;
    getRetainondelete(): boolean | undefined;
    getDependenciesList(): string[];
    getObject(): { toJavaScript(): Inputs } | undefined;
}

interface Response {
    getUrn(): string;
}

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** True for a value in a secret's envelope. */
export function isSealed(value: unknown): boolean {
    return typeof value === "object" && value !== null && (value as Inputs)[signature] === secretSignature;
}

function opened(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(opened);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    return isSealed(value)
        ? opened((value as Inputs).value)
        : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, opened(inner)]));
}

/** What an input or output holds, or `unknown` where a preview cannot know it. */
export async function known<T>(input: pulumi.Input<T>): Promise<T | "unknown"> {
    const output = pulumi.output(input) as unknown as { isKnown: Promise<boolean>; promise(): Promise<T> };
    return (await output.isKnown) ? output.promise() : "unknown";
}

/** The one resource of a type. */
export function only(registrations: Registration[], type: string): Registration {
    const [found, ...others] = registrations.filter((registration) => registration.type === type);
    if (found === undefined || others.length > 0) {
        throw new Error(`expected one ${type}, got ${found === undefined ? 0 : others.length + 1}`);
    }
    return found;
}
