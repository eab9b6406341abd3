import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EngineEvent, OpType } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import { EngineError, type Engine, type Run, type Update } from "../../automation/fleet/engine";
import type { Outputs } from "../../outputs";

interface FakeStack {
    /** The customers' and its own resources, by URN. */
    urns: Set<string>;
    outputs: Partial<Outputs>;
    lastUpdate?: Update;
}

/**
 * Pulumi as far as the fleet sees it: it reads the stack files, keeps a state, and tells events as the engine does. Nothing is made
 * anywhere.
 */
export class FakeEngine implements Engine {
    /** Every call that changes something, in order: `up prod`, `destroy prod-shard-01`. */
    readonly calls: string[] = [];
    /** Clusters that do not answer. */
    readonly unreachable = new Set<string>();
    /** Stacks whose every run fails, and why. */
    readonly broken = new Map<string, string>();
    /** The most runs that there were at once. */
    mostAtOnce = 0;
    /** Called in the middle of each run. */
    during: (stack: string) => void = () => undefined;

    private readonly state = new Map<string, FakeStack>();
    private readonly secrets = new Map<string, string>();
    private running = 0;

    constructor(private readonly directory: string) {}

    stacks = () => Promise.resolve(new Set(this.state.keys()));

    create = (stack: string): Promise<void> => {
        this.calls.push(`create ${stack}`);
        this.state.set(stack, { urns: new Set(), outputs: {} });
        return Promise.resolve();
    };

    up = (stack: string, { message, ...run }: Run & { message: string }): Promise<void> =>
        this.run(`up ${stack}`, stack, async (held) => {
            const failures = this.apply(stack, this.wanted(stack), run);
            const customers = this.customersOf(stack);
            held.outputs = {
                customers: Object.fromEntries(
                    customers.map(({ name, tenant, decommissioned }) => [
                        name,
                        {
                            tenant: tenant ?? name,
                            status: decommissioned === true ? "decommissioned" : "enrolled",
                            credentialExpires: "2027-11-01T00:00:00.000Z",
                        },
                    ]),
                ),
                ...(stack.includes("-")
                    ? {}
                    : {
                          enrolment: { observer: "observer" } as Outputs["enrolment"],
                          remoteWriteUrl: "https://receive.test:443",
                      }),
            };
            const result = failures > 0 ? "failed" : "succeeded";
            held.lastUpdate = { kind: "update", result, message, endTime: new Date("2026-11-01T00:00:00Z") };
            return Promise.resolve(failures);
        });

    preview = (stack: string, { onEvent, configFile }: Run & { configFile: string }): Promise<void> => {
        const held = this.held(stack);
        const wanted = this.wanted(stack, configFile);
        for (const urn of new Set([...held.urns, ...wanted])) {
            const op = !wanted.has(urn) ? "delete" : held.urns.has(urn) ? "same" : "create";
            onEvent(event("resourcePreEvent", urn, op));
            onEvent(event("resOutputsEvent", urn, op));
        }
        return Promise.resolve();
    };

    destroy = (stack: string, { only, ...run }: Run & { only?: string[] }): Promise<void> =>
        this.run(`destroy ${stack}${only === undefined ? "" : " inventory"}`, stack, (held) => {
            const kept = new Set(only === undefined ? [] : [...held.urns].filter((urn) => !only.includes(urn)));
            return Promise.resolve(this.apply(stack, kept, run));
        });

    remove = (stack: string): Promise<void> => {
        this.calls.push(`remove ${stack}`);
        this.state.delete(stack);
        return Promise.resolve();
    };

    outputs = (stack: string) => Promise.resolve(this.held(stack).outputs);
    secretOutput = () => Promise.resolve("");
    lastUpdate = (stack: string) => Promise.resolve(this.held(stack).lastUpdate);
    resources = (stack: string) => Promise.resolve([...this.held(stack).urns]);

    config = (stack: string, path: string): Promise<string> => {
        const value = this.secrets.get(`${stack} ${path}`);
        return value === undefined ? Promise.reject(new EngineError("no such key")) : Promise.resolve(value);
    };

    setSecret = (stack: string, path: string, value: string): Promise<void> => {
        this.calls.push(`setSecret ${stack}`);
        this.secrets.set(`${stack} ${path}`, value);
        return Promise.resolve();
    };

    move = (urns: string[], from: string, to: string): Promise<void> => {
        this.calls.push(`move ${urns.length} ${from} ${to}`);
        for (const urn of urns) {
            this.held(from).urns.delete(urn);
            this.held(to).urns.add(urn.replace(`urn:pulumi:${from}::`, `urn:pulumi:${to}::`));
        }
        return Promise.resolve();
    };

    forget = (stack: string, urn: string): Promise<void> => {
        const name = urn.slice(urn.lastIndexOf("::") + 2);
        this.calls.push(`forget ${stack} ${name}`);
        const { urns } = this.held(stack);
        [...urns]
            .filter((one) => one.endsWith(`::${name}`) || one.includes(`::${name}-`))
            .forEach((one) => urns.delete(one));
        return Promise.resolve();
    };

    private async run(call: string, stack: string, work: (held: FakeStack) => Promise<number>): Promise<void> {
        this.calls.push(call);
        this.running += 1;
        this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        this.during(stack);
        this.running -= 1;
        const broken = this.broken.get(stack);
        if (broken !== undefined) {
            throw new EngineError(broken);
        }
        if ((await work(this.held(stack))) > 0) {
            throw new EngineError("update failed");
        }
    }

    /** Makes the state what is wanted, as far as clusters answer; returns how much failed. */
    private apply(stack: string, wanted: Set<string>, { onEvent }: Run): number {
        const { urns } = this.held(stack);
        let failures = 0;
        const step = (urn: string, op: OpType) => {
            onEvent(event("resourcePreEvent", urn, op));
            const cluster = [...this.unreachable].find((name) => urn.includes(`::${name}-`));
            if (cluster !== undefined && op !== "same") {
                failures += 1;
                const message = `configured Kubernetes cluster is unreachable: Get "https://${cluster}.test:6443/openapi/v2": refused`;
                onEvent(event("resOpFailedEvent", urn, op));
                onEvent({ ...at, diagnosticEvent: { urn, message, color: "never", severity: "error" } });
                return;
            }
            onEvent(event("resOutputsEvent", urn, op));
            if (op === "delete") {
                urns.delete(urn);
            } else {
                urns.add(urn);
            }
        };
        [...wanted].forEach((urn) => step(urn, urns.has(urn) ? "same" : "create"));
        // A provider stays as long as something needs it.
        [...urns]
            .filter((urn) => !wanted.has(urn))
            .reverse()
            .filter((urn) => ![...this.unreachable].some((name) => urn.endsWith(`:kubernetes::${name}`)))
            .forEach((urn) => step(urn, "delete"));
        return failures;
    }

    private wanted(stack: string, file?: string): Set<string> {
        const urn = (type: string, name: string) => `urn:pulumi:${stack}::fleet-observability::${type}::${name}`;
        return new Set([
            urn("pulumi:pulumi:Stack", `fleet-observability-${stack}`),
            urn("pulumi:providers:kubernetes", "observer"),
            urn("kubernetes:monitoring.coreos.com/v1:PrometheusRule", "customers-inventory"),
            ...this.customersOf(stack, file).flatMap(({ name }) => [
                urn("pulumi:providers:kubernetes", name),
                urn("kubernetes:core/v1:Namespace", `${name}-namespace`),
                urn("kubernetes:helm.sh/v3:Release", `${name}-crds`),
                urn("kubernetes:helm.sh/v3:Release", `${name}-kps`),
                urn("kubernetes:core/v1:Secret", `${name}-credentials`),
            ]),
        ]);
    }

    private customersOf(stack: string, file = join(this.directory, `Pulumi.${stack}.yaml`)) {
        const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
        const customers = (config["fleet-observability:customers"] ?? []) as {
            name: string;
            tenant?: string;
            shard?: string;
            decommissioned?: boolean;
        }[];
        return customers.filter(({ shard }) => shard === undefined);
    }

    private held(stack: string): FakeStack {
        const held = this.state.get(stack);
        if (held === undefined) {
            throw new EngineError(`no stack named '${stack}' found`);
        }
        return held;
    }
}

const at = { sequence: 0, timestamp: 1 };

function event(
    kind: "resourcePreEvent" | "resOutputsEvent" | "resOpFailedEvent",
    urn: string,
    op: OpType,
): EngineEvent {
    return { ...at, [kind]: { metadata: { op, urn, type: "", provider: "" }, status: 0, steps: 0 } };
}
