import { parse } from "yaml";
import { observer as observerSchema } from "../../config/schema/observer";
import { planAgents, localCustomers, type LocalCustomer } from "../../local/customers";
import { Ground } from "../../local/ground";
import { localObservers, localThanosArguments, planObserver, type LocalObserver } from "../../local/observer";
import { fleetRules } from "../../local/fleetRules";
import { baseMonitors } from "../../local/simulation";
import { replicaLabels, tenantLabel } from "../../platform/thanos";

const ground = () => {
    let port = 20_000;
    return new Ground("/fleet", { take: () => port++ });
};

const one = () => localObservers(1, ground())[0] as LocalObserver;

const plan = (observer = one(), peers: LocalObserver[] = []) =>
    planObserver(observer, {
        rules: fleetRules("observer", localCustomers(2), {
            monitors: baseMonitors,
            hurry: false,
            peers: [],
            applications: [],
        }),
        hurry: false,
        simulated: [],
        peers,
        limits: [{ tenant: "customer-1", activeSeries: 100, samplesPerRequest: 0 }],
        notifications: { local: "http://127.0.0.1:1/notify/local", deadMansSwitch: "http://127.0.0.1:1/notify/switch" },
    });

const processes = () => {
    const { receiving, answering } = plan();
    return [...receiving, ...answering].flatMap((stage) => stage.processes);
};

const file = (name: string) => {
    const found = plan().files.find(({ path }) => path.endsWith(name));
    return found?.content ?? `no ${name}`;
};

const flag = (args: string[] | undefined, name: string) =>
    args?.flatMap((argument) => (argument.startsWith(`--${name}=`) ? [argument.slice(name.length + 3)] : []));

describe("the observer's plan", () => {
    it("has every component, routers and ingestors as a medium observer has", () => {
        expect(processes().map(({ name }) => name)).toEqual([
            "receive-ingestor-0",
            "receive-ingestor-1",
            "receive-ingestor-2",
            "store",
            "compactor",
            "alertmanager",
            "observer-prometheus",
            "receive-router-0",
            "receive-router-1",
            "ruler",
            "sidecar",
            "query",
            "query-frontend",
            "bucket-web",
        ]);
    });

    it("listens on loopback only, each on ports of its own", () => {
        const listens = processes().flatMap(({ args }) =>
            args.flatMap((argument) => /^--\S*address=(.*)$/.exec(argument)?.[1] ?? []),
        );
        const ports = listens.filter((address) => address !== "");
        expect(ports.length).toBeGreaterThan(25);
        expect(ports.every((address) => /^127\.0\.0\.1:\d+$/.test(address))).toBe(true);
        expect(new Set(ports).size).toBe(ports.length);
    });

    it("has one ring of all ingestors, and every sample on three of them", () => {
        const args = localThanosArguments();
        const ingestors = Object.values(args.receiveIngestor).flatMap((each) => flag(each, "grpc-address") ?? []);
        expect(ingestors).toHaveLength(3);
        for (const router of Object.values(args.receiveRouter)) {
            expect(flag(router, "receive.replication-factor")).toEqual(["3"]);
            expect(flag(router, "receive.hashrings-algorithm")).toEqual(["ketama"]);
        }
        const rings = JSON.parse(file("hashrings.json")) as { endpoints: string[] }[];
        expect(rings.map(({ endpoints }) => endpoints.length)).toEqual([3]);
    });

    it("asks all that answer series, and shows what differs by replica only once", () => {
        const args = localThanosArguments();
        const answering = [...Object.values(args.receiveIngestor), args.store, args.sidecar, args.ruler];
        expect(flag(args.query, "endpoint")).toEqual(answering.flatMap((each) => flag(each, "grpc-address")));
        expect(flag(args.query, "query.replica-label")).toEqual(replicaLabels);
    });

    it("tells the routers where to count active series, without which no limit holds", () => {
        const limits = parse(file("limits.yml")) as {
            write: { global: { meta_monitoring_url: string }; tenants: object };
        };
        const prometheus = processes().find(({ name }) => name === "observer-prometheus");
        expect([limits.write.global.meta_monitoring_url]).toEqual(
            flag(prometheus?.args, "web.listen-address")?.map((address) => `http://${address}`),
        );
        expect(limits.write.tenants).toMatchObject({ "customer-1": { head_series_limit: 300 } });
    });

    it("scrapes every component, which is how limits and alerts know of them", () => {
        const config = parse(file("observer-prometheus.yml")) as {
            scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
        };
        const targets = config.scrape_configs.flatMap((job) => job.static_configs.flatMap((each) => each.targets));
        expect(targets).toHaveLength(processes().length);
        const ready = processes().map((process) => new URL(process.ready).host);
        expect([...targets].sort()).toEqual(ready.sort());
    });

    it("keeps each resolution as long as config does by default", () => {
        const { retention } = observerSchema.parse({ name: "observer", context: "any" });
        const { compactor } = localThanosArguments();
        expect(flag(compactor, "retention.resolution-raw")).toEqual([retention.raw]);
        expect(flag(compactor, "retention.resolution-5m")).toEqual([retention.fiveMinutes]);
        expect(flag(compactor, "retention.resolution-1h")).toEqual([retention.oneHour]);
    });

    it("sends alerts and the heartbeat to receivers whose URLs are files", () => {
        const config = parse(file("alertmanager.yml")) as {
            route: { receiver: string };
            receivers: { name: string; webhook_configs?: { url_file: string }[] }[];
        };
        const urlFile = (name: string) =>
            config.receivers.find((each) => each.name === name)?.webhook_configs?.[0]?.url_file;
        expect(config.route.receiver).toBe("local");
        expect(file(urlFile("local") ?? "?")).toBe("http://127.0.0.1:1/notify/local");
        expect(file(urlFile("dead-mans-switch") ?? "?")).toBe("http://127.0.0.1:1/notify/switch");
    });

    it("evaluates the fleet's rules for the customers that there are", () => {
        const { groups } = parse(file("rules.yml")) as {
            groups: { rules: { alert?: string; record?: string; labels: { cluster?: string } }[] }[];
        };
        const rules = groups.flatMap((group) => group.rules);
        const expected = rules.filter(({ record }) => record === "fleet_cluster_info");
        expect(expected.map(({ labels }) => labels.cluster)).toEqual(["cluster-1", "cluster-2"]);
        expect(rules.map(({ alert }) => alert)).toContain("Watchdog");
    });

    it("keeps secrets from other users of the machine", () => {
        const secrets = plan().files.filter(({ secret }) => secret === true);
        expect(secrets.map(({ path }) => path)).toEqual([
            "/fleet/alert-receivers/local",
            "/fleet/alert-receivers/dead-mans-switch",
        ]);
    });
});

describe("a pair of observers", () => {
    const planned = () => {
        const observers = localObservers(2, ground()) as [LocalObserver, LocalObserver];
        const [a, b] = observers;
        return { observers, plans: [plan(a, [b]), plan(b, [a])] as const };
    };
    const processesOf = ({ receiving, answering }: ReturnType<typeof plan>) =>
        [...receiving, ...answering].flatMap((stage) => stage.processes);

    it("shares no process, no file, no directory and no port", () => {
        const { observers, plans } = planned();
        const [a, b] = plans.map((each) => [
            ...processesOf(each).flatMap(({ name, args }) => [
                name,
                ...args.flatMap(
                    (argument) => /^--\S*(?:address|path|dir|objstore[^=]*)=(.+)$/.exec(argument)?.[1] ?? [],
                ),
            ]),
            ...each.files.map(({ path }) => path),
        ]) as [string[], string[]];
        expect(a.length).toBeGreaterThan(60);
        expect(a.filter((place) => b.includes(place))).toEqual([]);
        expect(new Set(observers.map((observer) => observer.ground.bucket)).size).toBe(2);
    });

    it("is called after its observers, each with one router and enough ingestors for three copies", () => {
        const { plans } = planned();
        const names = processesOf(plans[0]).map(({ name }) => name);
        expect(names.filter((name) => !name.startsWith("observer-a-"))).toEqual([]);
        expect(names.filter((name) => /router/.test(name))).toHaveLength(1);
        expect(names.filter((name) => /ingestor/.test(name))).toHaveLength(3);
    });

    interface PrometheusConfig {
        global: { external_labels: Record<string, string> };
        scrape_configs: {
            metrics_path?: string;
            static_configs: object[];
            relabel_configs?: { replacement?: string }[];
        }[];
        remote_write?: {
            name: string;
            tls_config: Record<string, string>;
            write_relabel_configs: { action?: string }[];
        }[];
    }

    const prometheusConfig = ({ files }: ReturnType<typeof plan>) =>
        parse(files.find(({ path }) => path.endsWith("prometheus.yml"))?.content ?? "") as PrometheusConfig;

    it("writes a little of itself to the other, knowing it by its authority, with a certificate of its own", () => {
        const { global, remote_write: targets } = prometheusConfig(planned().plans[0]);
        expect(global.external_labels.cluster).toBe("observer-a");
        expect(targets?.map(({ name }) => name)).toEqual(["observer-b"]);
        expect(targets?.[0]?.tls_config).toEqual({
            ca_file: "/fleet/certificates/observer-b-ca.crt",
            cert_file: "/fleet/certificates/observer-a-peer-write.crt",
            key_file: "/fleet/certificates/observer-a-peer-write.key",
        });
        expect(targets?.[0]?.write_relabel_configs[0]?.action).toBe("keep");
    });

    it("asks the other's query-frontend from outside, through an exporter of its own", () => {
        const { observers, plans } = planned();
        const { scrape_configs: jobs } = prometheusConfig(plans[0]);
        const job = jobs.find(({ metrics_path: path }) => path === "/probe");
        expect(job?.static_configs).toEqual([
            { targets: [`${observers[1].ground.url("query-frontend")}/-/ready`], labels: { peer: "observer-b" } },
        ]);
        const exporter = processesOf(plans[0]).find(({ name }) => name === "observer-a-blackbox-exporter");
        expect(job?.relabel_configs?.at(-1)?.replacement).toBe(flag(exporter?.args, "web.listen-address")?.[0]);
    });

    it("is what one observer is not: that writes nowhere and probes nobody", () => {
        expect(prometheusConfig(plan())).not.toHaveProperty("remote_write");
        expect(processes().filter(({ program }) => program === "blackbox_exporter")).toEqual([]);
    });

    it("is written to by every agent, as the same customer", () => {
        const on = ground();
        const observers = localObservers(2, on);
        const [customer] = localCustomers(1) as [LocalCustomer];
        const { files } = planAgents(on, customer, { relabelings: [], simulated: [], observers });
        for (const { content } of files) {
            const { remote_write: targets } = parse(content) as {
                remote_write: { name: string; url: string; tls_config: { ca_file: string; cert_file: string } }[];
            };
            expect(targets.map(({ name }) => name)).toEqual(["observer-a", "observer-b"]);
            expect(new Set(targets.map(({ url }) => url)).size).toBe(2);
            expect(targets.map(({ tls_config: { ca_file } }) => ca_file)).toEqual([
                "/fleet/certificates/observer-a-ca.crt",
                "/fleet/certificates/observer-b-ca.crt",
            ]);
            expect(new Set(targets.map(({ tls_config: { cert_file } }) => cert_file)).size).toBe(1);
        }
    });
});

describe("the customers", () => {
    it("have a pair of agents each while they are few, and one each when they are many", () => {
        expect(localCustomers(3).map(({ agents }) => agents.length)).toEqual([2, 2, 2]);
        expect(new Set(localCustomers(20).map(({ agents }) => agents.length))).toEqual(new Set([1]));
    });

    it("are told apart by cluster and by tenant", () => {
        const customers = localCustomers(20);
        expect(new Set(customers.map(({ name }) => name)).size).toBe(20);
        expect(new Set(customers.map(({ tenant }) => tenant)).size).toBe(20);
    });

    interface AgentConfig {
        global: { external_labels: Record<string, string> };
        scrape_configs: { static_configs: { targets: string[] }[] }[];
        remote_write: { url: string; protobuf_message: string; tls_config: Record<string, string> }[];
    }

    const pair = () => {
        const on = ground();
        const observers = localObservers(1, on);
        const [customer] = localCustomers(1) as [LocalCustomer];
        const { files, processes } = planAgents(on, customer, { relabelings: [], simulated: [], observers });
        return { configs: files.map(({ content }) => parse(content) as AgentConfig), processes };
    };

    it("have agents that scrape the same targets and differ by their replica label alone", () => {
        const { configs } = pair();
        expect(configs).toHaveLength(2);
        const [first, second] = configs as [AgentConfig, AgentConfig];
        expect(first.scrape_configs).toEqual(second.scrape_configs);
        expect(first.scrape_configs.flatMap((job) => job.static_configs.flatMap((each) => each.targets))).toHaveLength(
            3,
        );
        const { prometheus_replica: a, ...firstLabels } = first.global.external_labels;
        const { prometheus_replica: b, ...secondLabels } = second.global.external_labels;
        expect(a).not.toBe(b);
        expect(firstLabels).toEqual({ cluster: "cluster-1" });
        expect(secondLabels).toEqual({ cluster: "cluster-1" });
    });

    it("never name their tenant: their certificate does", () => {
        const { configs } = pair();
        for (const {
            global,
            remote_write: [target],
        } of configs) {
            expect(global.external_labels).not.toHaveProperty(tenantLabel);
            expect(target).not.toHaveProperty("headers");
            expect(target?.tls_config).toEqual({
                ca_file: "/fleet/certificates/ca.crt",
                cert_file: "/fleet/certificates/cluster-1.crt",
                key_file: "/fleet/certificates/cluster-1.key",
            });
            expect(target?.protobuf_message).toBe("prometheus.WriteRequest");
        }
    });

    it("write through different routers, as behind a Service", () => {
        const { configs } = pair();
        const urls = configs.map(({ remote_write: [target] }) => target?.url);
        expect(new Set(urls).size).toBe(2);
        expect(urls.every((url) => /^https:\/\/127\.0\.0\.1:\d+\/api\/v1\/receive$/.test(url ?? ""))).toBe(true);
    });

    it("run as agents, each with a log of its own", () => {
        const { processes } = pair();
        expect(processes.every(({ args }) => args[0] === "--agent")).toBe(true);
        expect(new Set(processes.flatMap(({ args }) => flag(args, "storage.agent.path"))).size).toBe(2);
    });
});
