import { parse } from "yaml";
import { observer as observerSchema } from "../../config/schema/observer";
import { planAgents, localCustomers, type LocalCustomer } from "../../local/customers";
import { Ground } from "../../local/ground";
import { localThanosArguments, planObserver } from "../../local/observer";
import { fleetRules } from "../../local/fleetRules";
import { baseMonitors } from "../../local/simulation";
import { replicaLabels, tenantLabel } from "../../platform/thanos";

const ground = () => {
    let port = 20_000;
    return new Ground("/fleet", { take: () => port++ });
};

const plan = (on = ground()) =>
    planObserver(on, {
        rules: fleetRules("observer", localCustomers(2), { monitors: baseMonitors, hurry: false }),
        hurry: false,
        simulated: [],
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
        const rules = parse(file("rules.yml")) as { groups: { name: string; rules: { alert?: string }[] }[] };
        expect(rules.groups.map(({ name }) => name)).toEqual(
            expect.arrayContaining(["inventory-cluster-1", "inventory-cluster-2"]),
        );
        expect(rules.groups.flatMap((group) => group.rules.map(({ alert }) => alert))).toContain("Watchdog");
    });

    it("keeps secrets from other users of the machine", () => {
        const secrets = plan().files.filter(({ secret }) => secret === true);
        expect(secrets.map(({ path }) => path)).toEqual([
            "/fleet/alert-receivers/local",
            "/fleet/alert-receivers/dead-mans-switch",
        ]);
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
        plan(on);
        const [customer] = localCustomers(1) as [LocalCustomer];
        const { files, processes } = planAgents(on, customer, { relabelings: [], simulated: [] });
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
