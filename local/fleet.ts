import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { neededMetrics } from "../metrics/needed";
import { agentRelabelings } from "../platform/agent";
import { deadMansSwitchFile } from "../platform/alertmanager";
import type { Monitors } from "../platform/monitors";
import { authorityTerms, clientTerms, serverTerms } from "../platform/certificates";
import { createAuthority, issue, type Issued } from "./certificates";
import type { CleanUp } from "./cleanUp";
import {
    localCustomers,
    nodeExporterJob,
    planAgents,
    planNodeExporter,
    remoteWriteTo,
    type LocalCustomer,
} from "./customers";
import { keptDirectory, temporaryDirectory } from "./dataDirectory";
import { fleetRules } from "./fleetRules";
import { Ground } from "./ground";
import { limitsFile, observerName, observerPrometheus, planObserver, routers } from "./observer";
import type { PlannedFile, Stage } from "./plan";
import { HeldPorts, loopback } from "./ports";
import type { FleetProgram, Program } from "./programs";
import type { Step } from "./progress";
import { instantQuery, type Sample } from "./query";
import { baseMonitors, everyMonitor, type SimulatedCluster } from "./simulation";
import { SimulatedExporters } from "./simulation/exporters";
import { Supervisor } from "./supervisor";
import { Switchboard, type Notification } from "./switchboard";

/** Seconds within which every customer must be seen through Query. */
const firstSampleTimeout = 120;

/** Ports for the observer's listeners; each agent takes one more. */
const observerPorts = 40;

/** Milliseconds for a process to end in order, where its data is deleted anyway, and where it stays. */
const patience = { deleted: 3_000, kept: 60_000 };

/** What a fleet is asked to be. */
export interface FleetOptions {
    /** How many customer clusters. */
    customers: number;
    /** Pretend to have whole clusters, with everything in them that can be watched. */
    simulate: boolean;
    /** Less patience than in clusters; see local/haste.ts. */
    hurry: boolean;
    /** A directory that stays; a temporary one when unset. */
    keep?: string;
    /** Told of each notification of Alertmanager. */
    notified: (notification: Notification) => void;
}

/** The first sample of a customer that came out of Query. */
export interface FirstSample extends Sample {
    /** Seconds from the start of the customer's first agent. */
    seconds: number;
}

/** A customer as a running fleet describes it. */
export interface DescribedCustomer extends LocalCustomer {
    /** Its client certificate and key, to write as this customer. */
    certificate: string;
    key: string;
    firstSample: FirstSample;
}

/** A fleet that runs: what `--json` prints. */
export interface FleetDescription {
    pid: number;
    directory: string;
    urls: {
        queryFrontend: string;
        query: string;
        alertmanager: string;
        prometheus: string;
        bucketWeb: string;
        /** One a receive router; they want a client certificate. */
        remoteWrite: string[];
        /** See local/switchboard.ts. */
        control: string;
    };
    files: {
        certificateAuthority: string;
        limits: string;
        notifications: string;
        configuration: string;
        rules: string;
    };
    customers: DescribedCustomer[];
    processes: { name: string; pid: number; log: string }[];
}

/** A whole fleet on this machine. */
export class Fleet {
    private readonly firstSamples = new Map<string, FirstSample>();

    private constructor(
        private readonly options: FleetOptions,
        private readonly customers: LocalCustomer[],
        private readonly ground: Ground,
        private readonly stages: Stage[],
        private readonly switchboard: Switchboard,
        private readonly supervisor: Supervisor,
    ) {}

    /** Everything but the processes: ports, certificates and configuration. */
    static async prepare(
        options: FleetOptions,
        programs: Record<FleetProgram, Program>,
        cleanUp: CleanUp,
    ): Promise<Fleet> {
        const directory = options.keep === undefined ? await temporaryDirectory() : await keptDirectory(options.keep);
        if (options.keep === undefined) {
            cleanUp.remove(directory);
        }
        const customers = localCustomers(options.customers);
        const agents = customers.flatMap((customer) => customer.agents);
        const ports = await HeldPorts.hold(observerPorts + agents.length);
        const ground = new Ground(directory, ports);
        const switchboard = new Switchboard(ground.notifications, options.notified);
        await switchboard.listen();

        const exporters = new SimulatedExporters(options.simulate ? simulatedClusters(customers) : []);
        await exporters.listen();

        const monitors = monitorsOf(options);
        const needed = [...neededMetrics({ observer: observerName, monitors }).keys()];

        const observer = planObserver(ground, {
            rules: fleetRules(observerName, customers, { monitors, hurry: options.hurry }),
            hurry: options.hurry,
            limits: [],
            simulated: exporters.scrapeConfigs(observerName),
            notifications: {
                local: switchboard.notifyUrl("local"),
                deadMansSwitch: switchboard.notifyUrl(deadMansSwitchFile),
            },
        });
        const planned = customers.map((customer) =>
            planAgents(ground, customer, {
                relabelings: agentRelabelings(customer, monitors, needed),
                simulated: exporters.scrapeConfigs(customer.name),
            }),
        );
        const stages: Stage[] = [
            ...observer.receiving,
            {
                title: `node_exporter and ${agents.length} agents of ${customers.length} customers`,
                processes: [planNodeExporter(ground), ...planned.flatMap((plan) => plan.processes)],
            },
            // Query looks for new tenants only every five seconds, so it had better come when there are some soon.
            ...observer.answering,
        ];
        await ports.releaseRest();
        const files = [
            ...observer.files,
            ...planned.flatMap((plan) => plan.files),
            ...(await certificateFiles(ground, customers)),
        ];
        await mkdir(ground.bucket, { recursive: true });
        await Promise.all(files.map(writePlanned));

        const supervisor = new Supervisor(ground, ports, programs, cleanUp);
        const fleet = new Fleet(options, customers, ground, stages, switchboard, supervisor);
        switchboard.controls({ supervisor, offboard: (customer) => fleet.offboard(customer) });
        return fleet;
    }

    /** Rejects when a process dies that nobody killed on purpose. */
    get failure(): Promise<never> {
        return this.supervisor.failure;
    }

    /** Where the fleet keeps everything. */
    get directory(): string {
        return this.ground.directory;
    }

    /** The start-up, in order. */
    steps(): Step[] {
        const starts = this.stages.map(({ title, processes }) => ({
            title,
            run: async (report: (text: string) => void) => {
                const waiting = new Set(processes.map((plan) => plan.name));
                await Promise.all(
                    processes.map(async (plan) => {
                        await this.supervisor.start(plan);
                        waiting.delete(plan.name);
                        report(`not yet ready: ${[...waiting].join(", ")}`);
                    }),
                );
                return processes.map((plan) => plan.name).join(", ");
            },
        }));
        return [...starts, { title: "First samples through Query", run: (report) => this.waitForSamples(report) }];
    }

    /** The running fleet. */
    describe(): FleetDescription {
        const { ground } = this;
        return {
            pid: process.pid,
            directory: ground.directory,
            urls: {
                queryFrontend: ground.url("query-frontend"),
                query: ground.url("query"),
                alertmanager: ground.url("alertmanager"),
                prometheus: ground.url(observerPrometheus),
                bucketWeb: ground.url("bucket-web"),
                remoteWrite: routers.map((router) => remoteWriteTo(ground, router)),
                control: this.switchboard.url,
            },
            files: {
                certificateAuthority: ground.certificate("ca.crt"),
                limits: limitsFile(ground),
                notifications: ground.notifications,
                configuration: ground.configuration(""),
                rules: ground.configuration("rules.yml"),
            },
            customers: this.customers.flatMap((customer) => {
                const firstSample = this.firstSamples.get(customer.name);
                return firstSample === undefined
                    ? []
                    : [{ ...customer, ...certificatePaths(ground, customer), firstSample }];
            }),
            processes: this.supervisor.processes(),
        };
    }

    /** How many samples each customer's agents have sent, and how many series Query has of it. */
    async counts(): Promise<{ name: string; samples: number; series: number }[]> {
        const query = this.ground.url("query");
        const byCluster = (samples: Sample[]) =>
            new Map(samples.map(({ labels, value }) => [labels.cluster, Number(value)]));
        const [samples, series] = await Promise.all([
            instantQuery(query, "sum by (cluster) (prometheus_remote_storage_samples_total)").then(byCluster),
            instantQuery(query, 'count by (cluster) ({cluster!=""})').then(byCluster),
        ]);
        return this.customers.map(({ name }) => ({
            name,
            samples: samples.get(name) ?? 0,
            series: series.get(name) ?? 0,
        }));
    }

    /** Ends all processes: the agents first, while there is still somebody to take what they have to send. */
    async stop(): Promise<void> {
        const agents = new Set(this.customers.flatMap((customer) => customer.agents));
        await this.supervisor.stop(
            (name) => agents.has(name),
            this.options.keep === undefined ? patience.deleted : patience.kept,
        );
    }

    /**
     * Takes a customer out as `up` does whose entry was removed: out of the inventory first, then its agents go, however
     * much they still had to say.
     */
    async offboard(name: string): Promise<void> {
        const customer = this.customers.find((each) => each.name === name);
        if (customer === undefined) {
            throw new Error(`no customer ${name}; there are ${this.customers.map((each) => each.name).join(", ")}`);
        }
        this.customers.splice(this.customers.indexOf(customer), 1);
        const monitors = monitorsOf(this.options);
        const rules = fleetRules(observerName, this.customers, { monitors, hurry: this.options.hurry });
        await writeFile(this.ground.configuration("rules.yml"), rules);
        const reloaded = await fetch(`${this.ground.url("ruler")}/-/reload`, { method: "POST" });
        if (!reloaded.ok) {
            throw new Error(`the ruler does not take its rules: ${await reloaded.text()}`);
        }
        await Promise.all(customer.agents.map((agent) => this.supervisor.kill(agent)));
    }

    private async waitForSamples(report: (text: string) => void): Promise<string> {
        const started = new Map(
            this.customers.map(({ name, agents }) => [
                name,
                Math.min(...agents.map((agent) => this.supervisor.startedAt(agent))),
            ]),
        );
        const missing = () => this.customers.filter(({ name }) => !this.firstSamples.has(name));
        const deadline = Date.now() + firstSampleTimeout * 1000;
        while (missing().length > 0) {
            const samples = await instantQuery(this.ground.url("query"), `up{job="${nodeExporterJob}"}`).catch(
                () => [],
            );
            for (const sample of samples) {
                const start = started.get(sample.labels.cluster ?? "");
                if (start !== undefined && !this.firstSamples.has(sample.labels.cluster ?? "")) {
                    this.firstSamples.set(sample.labels.cluster ?? "", {
                        ...sample,
                        seconds: (Date.now() - start) / 1000,
                    });
                }
            }
            if (missing().length === 0) {
                break;
            }
            if (Date.now() > deadline) {
                throw new Error(this.unseen(missing()));
            }
            report(
                `not yet seen: ${missing()
                    .map(({ name }) => name)
                    .join(", ")}`,
            );
            await sleep(250);
        }
        return this.customers
            .map(({ name }) => `${name} after ${(this.firstSamples.get(name)?.seconds ?? NaN).toFixed(1)} s`)
            .join(", ");
    }

    private unseen(customers: LocalCustomer[]): string {
        const look = customers.map(
            ({ name, agents }) =>
                `  ${name}: what its agents say is in ${agents.map((agent) => this.ground.log(agent)).join(" and ")}`,
        );
        return [
            `not seen through Query within ${firstSampleTimeout} s: ${customers.map(({ name }) => name).join(", ")}.`,
            ...look,
            `  what refuses them is in ${routers.map((router) => this.ground.log(router)).join(" and ")}`,
            ...(this.options.keep === undefined ? ["  (give --keep DIR, so that these files stay)"] : []),
        ].join("\n");
    }
}

function monitorsOf({ simulate }: FleetOptions): Monitors {
    return simulate ? everyMonitor : baseMonitors;
}

/** The clusters that are pretended to be: the second customer's is not well. */
function simulatedClusters(customers: LocalCustomer[]): SimulatedCluster[] {
    return [
        ...customers.map(({ name, tenant }, index) => ({ name, tenant, sick: index === 1 })),
        { name: observerName, sick: false },
    ];
}

/** Where a customer's client certificate and key are. */
function certificatePaths(ground: Ground, customer: LocalCustomer): Issued {
    return { certificate: ground.certificate(`${customer.name}.crt`), key: ground.certificate(`${customer.name}.key`) };
}

/** The environment's authority, the routers' certificate and one for each customer. */
async function certificateFiles(ground: Ground, customers: LocalCustomer[]): Promise<PlannedFile[]> {
    const authority = await createAuthority(authorityTerms("local"));
    const server = await issue(serverTerms([loopback, "localhost"]), authority);
    const clients = await Promise.all(customers.map((customer) => issue(clientTerms(customer.tenant), authority)));
    return [
        { path: ground.certificate("ca.crt"), content: authority.certificate },
        ...files({ certificate: ground.certificate("receive.crt"), key: ground.certificate("receive.key") }, server),
        ...customers.flatMap((customer, index) => files(certificatePaths(ground, customer), clients[index] as Issued)),
    ];
}

function files(paths: Issued, issued: Issued): PlannedFile[] {
    return [
        { path: paths.certificate, content: issued.certificate },
        { path: paths.key, content: issued.key, secret: true },
    ];
}

async function writePlanned({ path, content, secret }: PlannedFile): Promise<void> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content, { mode: secret === true ? 0o600 : 0o644 });
}
