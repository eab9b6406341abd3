import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { LogSeverity, type LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import type {
    ReadResourceRequest,
    RegisterResourceOutputsRequest,
    RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { isShard, load, loadShard } from "../config/load";
import { readStackConfig } from "../config/pulumiConfig";
import { secretOutputs } from "../outputs";
import { callResult, resourceOutputs } from "./computedOutputs";
import { inClear, masked, maskedLeaves, secretPaths } from "./masking";

/** What the program is run with. */
export interface ProgramConfig {
    project: string;
    stack: string;
    /** Every config key with its namespace. */
    config: Record<string, unknown>;
    /** The keys that hold anything encrypted. */
    encrypted: ReadonlySet<string>;
    /** As a preview, in which what only `up` can find out is unknown; or as an update, in which it is left out. */
    mode?: "preview" | "update";
    /** For a shard: the outputs of its environment's stack, by name, secrets in clear. */
    environmentOutputs?: Record<string, unknown>;
}

/** A resource as the program registered it, without its secrets. */
export interface Registration {
    urn: string;
    type: string;
    name: string;
    /** The parent's URN; the stack itself has none. */
    parent?: string;
    /** The URN of its explicit provider. */
    provider?: string;
    /** Its inputs, each secret masked. */
    inputs: Record<string, unknown>;
    protect: boolean;
    retainOnDelete: boolean;
    /** The URNs of what is made before it. */
    dependsOn: string[];
}

/** What a run of the program did. */
export interface ProgramRun {
    registrations: Registration[];
    /** The stack's outputs, each secret masked. */
    outputs: Record<string, unknown>;
    /** The same in clear, for the stacks that read them. */
    clearOutputs: Record<string, unknown>;
    /** What the program warned of. */
    warnings: string[];
}

type Callback<Response> = (error: unknown, response: Response) => void;

/** The SDK's state, which it keeps apart for each async context that asks; so do the Automation API's inline programs. */
interface SdkState {
    withLocalStorage<Result>(run: () => Promise<Result>): Promise<Result>;
    getStore(): { settings: { engine?: unknown } };
}

/**
 * Runs the program of index.ts to its end against mocks: no engine, no provider, no cluster. What only `up` can find out
 * is a placeholder or unknown.
 *
 * @throws ConfigError when the config is not right
 */
export function runProgram(run: ProgramConfig): Promise<ProgramRun> {
    const state = require("@pulumi/pulumi/runtime/state") as SdkState;
    return state.withLocalStorage(async () => {
        pulumi.runtime.setAllConfig(
            Object.fromEntries(Object.entries(run.config).map(([key, value]) => [key, configText(value)])),
            [...run.encrypted],
        );
        const monitor = new RecordingMonitor(run);
        pulumi.runtime.setMockOptions(monitor, run.project, run.stack, run.mode !== "update", "organization");
        const log = new RecordingEngine();
        state.getStore().settings.engine = log;
        monitor.kubeconfigOutputs = referencedOutputs();

        const failures = await untilSettled(async () => {
            const program = require("../index") as () => Promise<pulumi.Inputs>;
            await pulumi.runtime.runInPulumiStack(program);
        });
        const [failure] = [...monitor.failures, ...failures, ...log.errors.map((message) => new Error(message))];
        if (failure !== undefined) {
            throw failure;
        }
        const { registrations, outputs } = monitor;
        return {
            registrations,
            outputs: masked(outputs) as Record<string, unknown>,
            clearOutputs: inClear(outputs) as Record<string, unknown>,
            warnings: log.warnings,
        };
    });
}

/** Config as the engine passes it on: text as it is, everything else as JSON. */
function configText(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value);
}

/** The outputs that hold a cluster's kubeconfig, by the stack that has them. */
function referencedOutputs(): Record<string, string[]> {
    const raw = readStackConfig();
    const { observer, customers } = isShard(raw) ? loadShard(raw).settings : load(raw).settings;
    const references = [observer, ...customers].flatMap(({ stackReference }) => stackReference ?? []);
    return Object.fromEntries(
        references.map(({ stack }) => [
            stack,
            references.filter((other) => other.stack === stack).map(({ output }) => output),
        ]),
    );
}

/**
 * Waits until the program is done and every registration is in.
 *
 * @returns what went wrong, most telling first. A resource that fails rejects promises that nobody holds.
 */
async function untilSettled(run: () => Promise<void>): Promise<Error[]> {
    const failures: Error[] = [];
    const { stackTraceLimit } = Error;
    const { sourceMapsEnabled } = process;
    if (!process.execArgv.concat(process.env["NODE_OPTIONS"] ?? "").some((option) => option.includes(traces))) {
        // The SDK takes a stack trace for every promise and every resource, which costs more time and memory than all the
        // rest. To see where a program failed: NODE_OPTIONS=--stack-trace-limit=20.
        Error.stackTraceLimit = 0;
        process.setSourceMapsEnabled(false);
    }
    const failed = (reason: unknown) => failures.push(reason instanceof Error ? reason : new Error(inspect(reason)));
    process.on("unhandledRejection", failed);
    try {
        await run().catch(failed);
        await pulumi.runtime.disconnect();
        // Node reports a rejection that nobody holds only after the microtasks at hand.
        await new Promise((resolve) => setImmediate(resolve));
    } finally {
        process.off("unhandledRejection", failed);
        Error.stackTraceLimit = stackTraceLimit;
        process.setSourceMapsEnabled(sourceMapsEnabled);
    }
    return failures;
}

/** The option of Node that asks for stack traces. */
const traces = "--stack-trace-limit";

/** The SDK's mock monitor, but for URNs: these are the engine's, with every type above a resource. */
class RecordingMonitor extends MockMonitor {
    readonly registrations: Registration[] = [];
    readonly failures: Error[] = [];
    /** As the SDK sent them. */
    outputs: Record<string, unknown> = {};
    kubeconfigOutputs: Record<string, string[]> = {};
    private readonly urns = new Set<string>();

    constructor(private readonly run: ProgramConfig) {
        super({
            newResource: ({ type, name, inputs, id }) =>
                type === "pulumi:pulumi:StackReference"
                    ? { id, state: this.referencedStack(name) }
                    : resourceOutputs({ type, name, inputs: inputs as Record<string, unknown> }),
            call: ({ token, inputs }) => this.result(token, inputs as Record<string, unknown>),
        });
    }

    override async registerResource(request: RegisterResourceRequest, callback: Callback<UrnResponse>): Promise<void> {
        const urn = this.record(request, {
            inputs: request.getObject()?.toJavaScript() ?? {},
            protect: request.getProtect() === true,
            retainOnDelete: request.getRetainondelete() === true,
        });
        for (const content of contents) {
            request.getObject()?.getFieldsMap().del(content);
        }
        await super.registerResource(request, withUrn(urn, callback));
    }

    override async readResource(request: ReadResourceRequest, callback: Callback<UrnResponse>): Promise<void> {
        const inputs = request.getProperties()?.toJavaScript() ?? {};
        const urn = this.record(request, { inputs, protect: false, retainOnDelete: false });
        await super.readResource(request, withUrn(urn, callback));
    }

    override registerResourceOutputs(request: RegisterResourceOutputsRequest, callback: Callback<object>): void {
        if (request.getUrn().split("::")[2] === stackType) {
            this.outputs = request.getOutputs()?.toJavaScript() ?? {};
        }
        callback(null, {});
    }

    private record(
        request: RegisterResourceRequest | ReadResourceRequest,
        { inputs, protect, retainOnDelete }: Pick<Registration, "inputs" | "protect" | "retainOnDelete">,
    ): string {
        const [type, name] = [request.getType(), request.getName()];
        const urn = engineUrn(this.run, request.getParent(), type, name);
        if (this.urns.has(urn)) {
            this.failures.push(new Error(`The program makes two resources of the same type and name: ${urn}`));
        }
        this.urns.add(urn);
        if (type === "kubernetes:helm.sh/v3:Release") {
            for (const path of secretPaths(inputs["values"])) {
                this.failures.push(
                    new Error(`The values of release ${name} hold a secret at ${path}: Helm would store it in clear`),
                );
            }
        }
        this.registrations.push({
            urn,
            type,
            name,
            ...(request.getParent() === "" ? {} : { parent: request.getParent() }),
            ...(request.getProvider() === "" ? {} : { provider: request.getProvider().replace(/::[^:]*$/, "") }),
            // Which keys a Kubernetes Secret has is no secret, and worth reading.
            inputs: (type === "kubernetes:core/v1:Secret" ? maskedLeaves : masked)(inputs) as Record<string, unknown>,
            protect,
            retainOnDelete,
            dependsOn: [...request.getDependenciesList()].sort(),
        });
        return urn;
    }

    private result(token: string, inputs: Record<string, unknown>): Record<string, unknown> {
        const result = callResult(token, inputs);
        if (result === undefined) {
            // Thrown, it would reach the program without its message.
            this.failures.push(new Error(`automation/computedOutputs.ts has no result for the function ${token}`));
        }
        return result ?? {};
    }

    private referencedStack(stack: string): Record<string, unknown> {
        const names = this.kubeconfigOutputs[stack];
        if (names === undefined) {
            return {
                name: stack,
                outputs: this.run.environmentOutputs ?? {},
                secretOutputNames: [...secretOutputs],
            };
        }
        return {
            name: stack,
            outputs: Object.fromEntries(
                names.map((name) => [name, pulumi.secret(`<output ${name} of stack ${stack}>`)]),
            ),
            secretOutputNames: names,
        };
    }
}

/** What objects and releases hold: most of a plan, which no program reads back, so it need not be sent back. */
const contents = ["values", "spec", "data", "stringData"];

const stackType = "pulumi:pulumi:Stack";

interface UrnResponse {
    setUrn(urn: string): void;
}

function withUrn(urn: string, callback: Callback<UrnResponse>): Callback<UrnResponse> {
    return (error, response) => {
        if (error === null) {
            response.setUrn(urn);
        }
        callback(error, response);
    };
}

function engineUrn({ stack, project }: ProgramConfig, parent: string, type: string, name: string): string {
    const above = parent.split("::")[2];
    const qualified = above === undefined || above === stackType ? type : `${above}$${type}`;
    return `urn:pulumi:${stack}::${project}::${qualified}::${name}`;
}

/** The few of the engine's services that a program calls besides the monitor's. */
class RecordingEngine {
    readonly warnings: string[] = [];
    readonly errors: string[] = [];

    log(request: LogRequest, callback: Callback<object>): void {
        if (request.getSeverity() === LogSeverity.WARNING) {
            this.warnings.push(request.getMessage());
        } else if (request.getSeverity() === LogSeverity.ERROR) {
            this.errors.push(request.getMessage());
        }
        callback(null, {});
    }

    setRootResource(_request: unknown, callback: Callback<object>): void {
        callback(null, {});
    }

    requirePulumiVersion(_request: unknown, callback: Callback<object>): void {
        callback(null, {});
    }
}
