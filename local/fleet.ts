import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { neededMetrics } from "../metrics/needed";
import { agentRelabelings } from "../platform/agent";
import { deadMansSwitchFile } from "../platform/alertmanager";
import type { Monitors } from "../platform/monitors";
import { authorityTerms, serverTerms } from "../platform/certificates";
import type { Credentials } from "../platform/credentials";
import { agentSigner, createAuthority, issue, type Issued } from "./certificates";
import type { CleanUp } from "./cleanUp";
import {
    customerCertificate,
    localCustomers,
    nodeExporterJob,
    planAgents,
    planNodeExporter,
    type LocalCustomer,
} from "./customers";
import { keptDirectory, temporaryDirectory } from "./dataDirectory";
import { demonstrate, demonstrationText, type Demonstrated, type Pusher } from "./demonstration";
import { fleetRules } from "./fleetRules";
import { Ground } from "./ground";
import {
    limitsFile,
    localObservers,
    observerCertificates,
    planObserver,
    remoteWriteTo,
    type LocalObserver,
    type ObserverPlan,
} from "./observer";
import type { PlannedFile, Stage } from "./plan";
import { HeldPorts, loopback } from "./ports";
import type { FleetProgram, Program } from "./programs";
import type { Step } from "./progress";
import { application, planLogCollector, planPushing, pushPlaces, pushSenders, type PushPlaces } from "./pushing";
import { instantQuery, type Sample } from "./query";
import { baseMonitors, everyMonitor, type SimulatedCluster } from "./simulation";
import { SimulatedExporters } from "./simulation/exporters";
import { Supervisor } from "./supervisor";
import { Switchboard, type Notification } from "./switchboard";
import { TenantClient } from "./tenantClient";
import { gatewayCertificate, lokiUrl, planTenantServices, tenantsUrl } from "./tenants";

/** Seconds within which every customer must be seen through Query. */
const firstSampleTimeout = 120;

/** Ports for an observer's listeners; each agent takes one more. */
const observerPorts = 50;

/** Ports for what a customer pushes to. */
const pushPorts = 8;

/** Milliseconds for a process to end in order, where its data is deleted anyway, and where it stays. */
const patience = { deleted: 3_000, kept: 60_000 };

/** What a fleet is asked to be. */
export interface FleetOptions {
    /** How many customer clusters. */
    customers: number;
    /** One observer, or a pair that watch each other. */
    observers: 1 | 2;
    /** Pretend to have whole clusters, with everything in them that can be watched. */
    simulate: boolean;
    /** Also what customers push to, their logs, and their own view of what is theirs. */
    everything: boolean;
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

/** An observer as a running fleet describes it. */
export interface DescribedObserver {
    name: string;
    urls: {
        queryFrontend: string;
        query: string;
        alertmanager: string;
        prometheus: string;
        bucketWeb: string;
        /** One a receive router; they want a client certificate. */
        remoteWrite: string[];
    };
    files: { certificateAuthority: string; limits: string; rules: string };
}

/** A customer as a running fleet describes it. */
export interface DescribedCustomer extends LocalCustomer {
    /** Its client certificate and key, to write as this customer. */
    certificate: string;
    key: string;
    /** Of the first observer's Query. */
    firstSample: FirstSample;
    /** Where its programs push to; with `everything`. */
    push?: PushPlaces;
}

/** A fleet that runs: what `--json` prints. */
export interface FleetDescription {
    pid: number;
    directory: string;
    /** Those of the first observer, and `control`: see local/switchboard.ts. */
    urls: DescribedObserver["urls"] & { control: string };
    /** Those of the first observer, and what the whole fleet has. */
    files: DescribedObserver["files"] & { notifications: string; configuration: string };
    observers: DescribedObserver[];
    customers: DescribedCustomer[];
    /** With `everything`: the first observer's tenant gateway and Loki, node-exporter's files, and what the first customer pushed. */
    everything?: { tenants: string; loki: string; textfiles: string; demonstrated: Demonstrated };
    processes: { name: string; pid: number; log: string }[];
}

/** A whole fleet on this machine. */
export class Fleet {
    private readonly firstSamples = new Map<string, FirstSample>();
    private demonstrated?: Demonstrated;

    private constructor(
        private readonly options: FleetOptions,
        private readonly customers: LocalCustomer[],
        private readonly observers: PlannedObserver[],
        private readonly ground: Ground,
        private readonly stages: Stage[],
        private readonly switchboard: Switchboard,
        private readonly supervisor: Supervisor,
        /** Whether customers have a collector of logs. */
        private readonly collects: boolean,
    ) {}

    /** Everything but the processes: ports, certificates and configuration. */
    static async prepare(
        options: FleetOptions,
        programs: Partial<Record<FleetProgram, Program>>,
        cleanUp: CleanUp,
    ): Promise<Fleet> {
        const directory = options.keep === undefined ? await temporaryDirectory() : await keptDirectory(options.keep);
        if (options.keep === undefined) {
            cleanUp.remove(directory);
        }
        const customers = localCustomers(options.customers);
        const agents = customers.flatMap((customer) => customer.agents);
        const pushing = options.everything ? customers.length * pushPorts : 0;
        const ports = await HeldPorts.hold(options.observers * observerPorts + agents.length + pushing);
        const ground = new Ground(directory, ports);
        const switchboard = new Switchboard(ground.notifications, options.notified);
        await switchboard.listen();

        const observers = localObservers(options.observers, ground);
        const exporters = new SimulatedExporters(options.simulate ? simulatedClusters(customers, observers) : []);
        await exporters.listen();

        const monitors = monitorsOf(options);
        const plannedObservers = observers.map((observer): PlannedObserver => {
            const { name } = observer;
            const plan = planObserver(observer, {
                rules: rulesOf(observer, observers, customers, options),
                hurry: options.hurry,
                limits: [],
                simulated: exporters.scrapeConfigs(name),
                peers: peersOf(observer, observers),
                notifications: {
                    local: switchboard.notifyUrl(name, "local"),
                    deadMansSwitch: switchboard.notifyUrl(name, deadMansSwitchFile),
                },
            });
            return { ...observer, plan };
        });
        const needed = [...neededMetrics({ observer: observers[0]?.name ?? "", monitors }).keys()];
        const planned = customers.map((customer) =>
            planAgents(ground, customer, {
                relabelings: agentRelabelings(customer, monitors, needed),
                simulated: exporters.scrapeConfigs(customer.name),
                observers,
            }),
        );
        const tenantServices = options.everything ? observers.map(planTenantServices) : [];
        const collects = options.everything && programs.alloy !== undefined;
        const pushes = [
            ...(options.everything ? customers.map((each) => planPushing(ground, each, observers)) : []),
            ...(collects ? customers.map((each) => planLogCollector(ground, each, observers)) : []),
        ];
        const stages: Stage[] = [
            ...together(plannedObservers.map(({ plan }) => plan.receiving)),
            {
                title: `node_exporter and ${agents.length} agents of ${customers.length} customers`,
                processes: [planNodeExporter(ground), ...planned.flatMap((plan) => plan.processes)],
            },
            // Query looks for new tenants only every five seconds, so it had better come when there are some soon.
            ...together(plannedObservers.map(({ plan }) => plan.answering)),
            ...(options.everything
                ? [
                      {
                          title: "Logs, and what tenants see of their own",
                          processes: tenantServices.flatMap((plan) => plan.processes),
                      },
                      {
                          title: "What customers push to",
                          processes: pushes.flatMap((plan) => plan.processes),
                      },
                  ]
                : []),
        ];
        await ports.releaseRest();
        const files = [
            ...plannedObservers.flatMap(({ plan }) => plan.files),
            ...[...planned, ...tenantServices, ...pushes].flatMap((plan) => plan.files),
            ...(await certificateFiles(ground, observers, customers)),
        ];
        const directories = [ground.textfiles, ...observers.map((observer) => observer.ground.bucket)];
        await Promise.all(directories.map((each) => mkdir(each, { recursive: true })));
        await Promise.all(files.map(writePlanned));

        const supervisor = new Supervisor(ground, ports, programs, cleanUp);
        const fleet = new Fleet(
            options,
            customers,
            plannedObservers,
            ground,
            stages,
            switchboard,
            supervisor,
            collects,
        );
        switchboard.controls(supervisor, fleet);
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
        const seen = this.observers.map((observer, index) => ({
            title: `First samples through Query${this.observers.length === 1 ? "" : ` of ${observer.name}`}`,
            run: (report: (text: string) => void) =>
                this.waitForSamples(observer, index === 0 ? this.firstSamples : new Map<string, FirstSample>(), report),
        }));
        const demonstration: Step = {
            title: "Pushed and read back",
            run: async (report) => {
                this.demonstrated = await demonstrate(this.pusher(), report);
                return demonstrationText(this.demonstrated);
            },
        };
        return [...starts, ...seen, ...(this.options.everything ? [demonstration] : [])];
    }

    private pusher(): Pusher {
        const [observer] = this.observers as [PlannedObserver];
        const [customer] = this.customers as [LocalCustomer];
        return {
            cluster: customer.name,
            places: pushPlaces(this.ground, customer),
            textfiles: this.ground.textfiles,
            ...(this.collects ? { logFile: this.ground.applicationLog(customer.name) } : {}),
            client: new TenantClient(
                tenantsUrl(observer),
                observerCertificates(observer).authority,
                customerCertificate(this.ground, customer),
            ),
            query: observer.ground.url("query"),
        };
    }

    /** The running fleet. */
    describe(): FleetDescription {
        const { ground } = this;
        const observers = this.observers.map(describeObserver);
        const [{ urls, files }] = observers as [DescribedObserver];
        return {
            pid: process.pid,
            directory: ground.directory,
            urls: { ...urls, control: this.switchboard.url },
            files: { ...files, notifications: ground.notifications, configuration: ground.configurations },
            observers,
            customers: this.customers.flatMap((customer) => {
                const firstSample = this.firstSamples.get(customer.name);
                return firstSample === undefined
                    ? []
                    : [
                          {
                              ...customer,
                              ...customerCertificate(ground, customer),
                              firstSample,
                              ...(this.options.everything ? { push: pushPlaces(ground, customer) } : {}),
                          },
                      ];
            }),
            ...(this.demonstrated === undefined ? {} : { everything: this.describeEverything(this.demonstrated) }),
            processes: this.supervisor.processes(),
        };
    }

    private describeEverything(demonstrated: Demonstrated): FleetDescription["everything"] {
        const [observer] = this.observers as [PlannedObserver];
        return {
            tenants: tenantsUrl(observer),
            loki: lokiUrl(observer),
            textfiles: this.ground.textfiles,
            demonstrated,
        };
    }

    /** How many samples each customer's agents have sent, and how many series the first observer's Query has of it. */
    async counts(): Promise<{ name: string; samples: number; series: number }[]> {
        const query = this.describe().urls.query;
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
        const agents = new Set(this.customers.flatMap((customer) => [...customer.agents, ...pushSenders(customer)]));
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
        for (const observer of this.observers) {
            const rules = rulesOf(observer, this.observers, this.customers, this.options);
            await writeFile(observer.ground.configuration("rules.yml"), rules);
            const reloaded = await fetch(`${observer.ground.url("ruler")}/-/reload`, { method: "POST" });
            if (!reloaded.ok) {
                throw new Error(`the ruler of ${observer.name} does not take its rules: ${await reloaded.text()}`);
            }
        }
        await Promise.all(customer.agents.map((agent) => this.supervisor.kill(agent)));
    }

    /** Kills all that runs of an observer at once, as the loss of its cluster would. */
    async killObserver(name: string): Promise<void> {
        const own = new Set(this.stagesOf(name).flatMap(({ processes }) => processes.map((process) => process.name)));
        const running = this.supervisor.processes().filter((process) => own.has(process.name));
        await Promise.all(running.map((process) => this.supervisor.kill(process.name)));
    }

    /** Starts again what does not run of an observer, in order; returns when all is ready. */
    async startObserver(name: string): Promise<void> {
        for (const { processes } of this.stagesOf(name)) {
            const running = new Set(this.supervisor.processes().map((process) => process.name));
            const missing = processes.filter((process) => !running.has(process.name));
            await Promise.all(missing.map((process) => this.supervisor.startAgain(process.name)));
        }
    }

    private stagesOf(name: string): Stage[] {
        const observer = this.observers.find((each) => each.name === name);
        if (observer === undefined) {
            throw new Error(`no observer ${name}; there are ${this.observers.map((each) => each.name).join(", ")}`);
        }
        return [...observer.plan.receiving, ...observer.plan.answering];
    }

    /** Waits until a sample of every customer has come out of an observer's Query; puts the first of each into `seen`. */
    private async waitForSamples(
        observer: LocalObserver,
        seen: Map<string, FirstSample>,
        report: (text: string) => void,
    ): Promise<string> {
        const started = new Map(
            this.customers.map(({ name, agents }) => [
                name,
                Math.min(...agents.map((agent) => this.supervisor.startedAt(agent))),
            ]),
        );
        const missing = () => this.customers.filter(({ name }) => !seen.has(name));
        const deadline = Date.now() + firstSampleTimeout * 1000;
        while (missing().length > 0) {
            const samples = await instantQuery(observer.ground.url("query"), `up{job="${nodeExporterJob}"}`).catch(
                () => [],
            );
            for (const sample of samples) {
                const start = started.get(sample.labels.cluster ?? "");
                if (start !== undefined && !seen.has(sample.labels.cluster ?? "")) {
                    seen.set(sample.labels.cluster ?? "", { ...sample, seconds: (Date.now() - start) / 1000 });
                }
            }
            if (missing().length === 0) {
                break;
            }
            if (Date.now() > deadline) {
                throw new Error(this.unseen(missing(), observer));
            }
            report(
                `not yet seen: ${missing()
                    .map(({ name }) => name)
                    .join(", ")}`,
            );
            await sleep(250);
        }
        return this.customers
            .map(({ name }) => `${name} after ${(seen.get(name)?.seconds ?? NaN).toFixed(1)} s`)
            .join(", ");
    }

    private unseen(customers: LocalCustomer[], { ground, routers }: LocalObserver): string {
        const look = customers.map(
            ({ name, agents }) =>
                `  ${name}: what its agents say is in ${agents.map((agent) => this.ground.log(agent)).join(" and ")}`,
        );
        return [
            `not seen through Query within ${firstSampleTimeout} s: ${customers.map(({ name }) => name).join(", ")}.`,
            ...look,
            `  what refuses them is in ${routers.map((router) => ground.log(router)).join(" and ")}`,
            ...(this.options.keep === undefined ? ["  (give --keep DIR, so that these files stay)"] : []),
        ].join("\n");
    }
}

function monitorsOf({ simulate }: FleetOptions): Monitors {
    return simulate ? everyMonitor : baseMonitors;
}

/** An observer and what it consists of. */
interface PlannedObserver extends LocalObserver {
    plan: ObserverPlan;
}

/** The stages of several observers, those of each with the same of the others. */
function together(observers: Stage[][]): Stage[] {
    const [first = []] = observers;
    return first.map(({ title }, index) => ({
        title,
        processes: observers.flatMap((stages) => stages[index]?.processes ?? []),
    }));
}

function peersOf(observer: LocalObserver, observers: LocalObserver[]): LocalObserver[] {
    return observers.filter(({ name }) => name !== observer.name);
}

/** What an observer's ruler evaluates: each of a pair expects every customer, because all write to both. */
function rulesOf(
    observer: LocalObserver,
    observers: LocalObserver[],
    customers: LocalCustomer[],
    options: FleetOptions,
): string {
    const peers = peersOf(observer, observers).map(({ name }) => name);
    const applications = options.everything
        ? customers.map(({ name, tenant }) => ({ cluster: name, tenant, application }))
        : [];
    return fleetRules(observer.name, customers, {
        monitors: monitorsOf(options),
        hurry: options.hurry,
        peers,
        applications,
    });
}

function describeObserver(observer: LocalObserver): DescribedObserver {
    const { name, ground, prometheus, routers } = observer;
    return {
        name,
        urls: {
            queryFrontend: ground.url("query-frontend"),
            query: ground.url("query"),
            alertmanager: ground.url("alertmanager"),
            prometheus: ground.url(prometheus),
            bucketWeb: ground.url("bucket-web"),
            remoteWrite: routers.map((router) => remoteWriteTo(observer, router)),
        },
        files: {
            certificateAuthority: observerCertificates(observer).authority,
            limits: limitsFile(ground),
            rules: ground.configuration("rules.yml"),
        },
    };
}

/** The clusters that are pretended to be: the second customer's is not well. */
function simulatedClusters(customers: LocalCustomer[], observers: LocalObserver[]): SimulatedCluster[] {
    return [
        ...customers.map(({ name, tenant }, index) => ({ name, tenant, sick: index === 1 })),
        ...observers.map(({ name }) => ({ name, sick: false })),
    ];
}

/**
 * Each observer is an environment with an authority of its own, and trusts the clients of the others. The customers are
 * the first one's.
 */
async function certificateFiles(
    ground: Ground,
    observers: LocalObserver[],
    customers: LocalCustomer[],
): Promise<PlannedFile[]> {
    const now = new Date();
    const environments = await Promise.all(
        observers.map(async (observer) => {
            const authority = await createAuthority(authorityTerms("local"));
            return { observer, authority, sign: await agentSigner(authority) };
        }),
    );
    const clientAuthorities = environments.map(({ authority }) => authority.certificate).join("\n");
    const [first] = environments as [(typeof environments)[number]];
    const ofCustomers = customers.map((customer) =>
        written(
            customerCertificate(ground, customer),
            first.sign({ cluster: customer.name, tenant: customer.tenant }, now),
        ),
    );
    const ofObservers = environments.map(async ({ observer, authority, sign }) => {
        const paths = observerCertificates(observer);
        return [
            { path: paths.authority, content: authority.certificate },
            { path: paths.clientAuthorities, content: clientAuthorities },
            ...files(paths.receive, await issue(serverTerms([loopback, "localhost"]), authority)),
            ...files(gatewayCertificate(observer), await issue(serverTerms([loopback, "localhost"]), authority)),
            ...(observers.length === 1
                ? []
                : await written(paths.peerWrite, sign({ cluster: observer.name, tenant: observer.name }, now))),
        ];
    });
    return (await Promise.all([...ofObservers, ...ofCustomers])).flat();
}

async function written(paths: Issued, credentials: Promise<Credentials>): Promise<PlannedFile[]> {
    const { certificate, privateKey } = await credentials;
    return files(paths, { certificate, key: privateKey });
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
