import type { Plan, PlannedResource } from "../../automation/planStack";
import { fleetRuleGroups } from "../../alerts";
import { dashboards } from "../../dashboards";
import { baseMonitors } from "../../local/simulation";
import type { Relabeling } from "../../platform/relabeling";
import { planWith } from "../automation/planWith";
import { relabel } from "../platform/relabel";

jest.setTimeout(120_000);

const validation = { name: "dns", schedule: "17 6 * * *", image: "docker.io/library/alpine:3.22", script: "true" };
const customers = [
    {
        name: "acme-1",
        tenant: "acme",
        context: "acme-1",
        probes: { apiServer: "https://10.0.0.5:6443", ingressHosts: ["shop.example.org"] },
    },
    { name: "globex-1", kubeconfig: "canary-kubeconfig", metrics: { send: "all" } },
    { name: "management", context: "management" },
];

let bare: Plan;
let watched: Plan;
let everythingSent: Plan;
beforeAll(async () => {
    bare = await planWith({ customers: customers.map(({ metrics: _, probes: __, ...customer }) => customer) });
    watched = await planWith({
        customers,
        alerting: {
            receivers: { team: { kind: "slackBot", channel: "#fleet", botToken: "canary-token" } },
            defaultReceiver: "team",
        },
        monitors: {
            tre: { clusters: ["acme-1"] },
            harbor: { scrapeOn: "globex-1" },
            argocd: {},
            vault: {},
            iaas: {
                infrastructures: ["testbed"],
                storeEndpoints: ["10.0.0.5:10901", "sidecar.example.org:10901"],
                exporters: [{ infrastructure: "testbed", kind: "ceph", addresses: ["10.0.0.6:9283"] }],
            },
            endpoints: { targets: [{ name: "registry", url: "https://registry.example.org/" }] },
            applications: [
                {
                    name: "portal",
                    namespace: "portal",
                    url: "https://portal.example.org/",
                    receiver: "team",
                    channel: "#portal",
                },
                { name: "shop", namespace: "shop", receiver: "team" },
                { name: "batch", namespace: "batch" },
            ],
            validations: [validation],
            pushed: [{ metric: "cluster_temperature_C", title: "Temperature" }],
            clusterApi: { cluster: "management" },
        },
    });
    everythingSent = await planWith({
        customers: [
            { name: "acme-1", context: "acme-1", metrics: { send: "needed", also: ["own_.*"] } },
            { name: "globex-1", context: "globex-1" },
        ],
        monitors: { metrics: { send: "all" }, tre: { pseudonymiseUsers: false } },
    });
});

function named(plan: Plan, name: string): PlannedResource {
    const found = plan.resources.filter(
        (resource) => resource.name === name && !resource.type.startsWith("fleet-observability:"),
    );
    expect(found).toHaveLength(1);
    return found[0] as PlannedResource;
}

function values(plan: Plan, release: string): Record<string, unknown> {
    return named(plan, release).inputs["values"] as Record<string, unknown>;
}

/** The names of what the observer has, after `start`. */
function ofObserver(plan: Plan, start: string): string[] {
    const prefix = `observer-${start}`;
    return plan.resources.flatMap(({ name }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

/** What a customer's agents do to a series before it is sent, for each of their destinations. */
function relabelings(plan: Plan, customer: string): Relabeling[][] {
    const { prometheus } = values(plan, `${customer}-kps`) as {
        prometheus: { prometheusSpec: { remoteWrite: { writeRelabelConfigs?: Relabeling[] }[] } };
    };
    return prometheus.prometheusSpec.remoteWrite.map(({ writeRelabelConfigs }) => writeRelabelConfigs ?? []);
}

/** What a customer sends of a series to the observer. */
function sent(plan: Plan, customer: string, series: Record<string, string>): Record<string, string> | undefined {
    return relabel(relabelings(plan, customer)[0] ?? [], series);
}

describe("a stack that watches nothing in particular", () => {
    const context = { observer: "observer", monitors: baseMonitors };

    test("has the rules and the dashboards of every fleet, and no other", () => {
        expect(ofObserver(bare, "rules-").sort()).toEqual(
            fleetRuleGroups(context, { runbookBase: "" })
                .map(({ name }) => name)
                .sort(),
        );
        expect(ofObserver(bare, "dashboard-").sort()).toEqual(
            dashboards(context)
                .map(({ uid }) => uid)
                .sort(),
        );
    });

    test("probes where agents write to, and nothing else; and validates nothing", () => {
        expect(ofObserver(bare, "probe-").sort()).toEqual(["authorities", "receive"]);
        expect(ofObserver(bare, "validation-")).toEqual([]);
        expect(bare.resources.filter(({ type }) => /:(Probe|CronJob)$/.test(type))).toEqual([]);
        expect(named(bare, "observer-probe-receive").inputs).toMatchObject({
            kind: "ScrapeConfig",
            spec: {
                params: { module: ["receive"] },
                staticConfigs: [{ targets: ["receive.example.org:443"], labels: { probe: "receive" } }],
            },
        });
    });

    test("scrapes no infrastructure and no Harbor", () => {
        expect(ofObserver(bare, "exporter-")).toEqual([]);
        for (const release of ["observer-kps", "acme-1-kps"]) {
            expect(JSON.stringify(values(bare, release)["extraManifests"] ?? [])).not.toContain("harbor");
        }
    });

    test("has no custom resource in kube-state-metrics", () => {
        for (const { name } of [...customers, { name: "observer" }]) {
            expect(values(bare, `${name}-kps`)["kube-state-metrics"]).not.toHaveProperty("customResourceState");
        }
    });
});

describe("rules and dashboards", () => {
    test.each([
        ["tre", ["research-usage", "research-workspaces"], ["k8tre-platform", "k8tre-users", "satre-usage-record"]],
        ["harbor", ["harbor"], ["harbor"]],
        ["argocd", ["argocd"], ["argocd"]],
        ["vault", ["vault"], ["secrets"]],
        ["iaas", ["infrastructures", "openstack", "ceph"], ["infrastructure", "openstack", "ceph"]],
        ["endpoints", ["endpoints", "certificates-endpoints"], ["endpoints"]],
        ["applications", ["application-portal", "application-batch"], ["applications", "application"]],
        ["validations", ["validations"], ["validations"]],
        ["pushed", [], ["custom-metrics"]],
        ["clusterApi", ["cluster-api-inventory"], []],
    ])("of %s are there when it is on, and only then", (_, groups, uids) => {
        expect(ofObserver(watched, "rules-")).toEqual(expect.arrayContaining(groups));
        expect(ofObserver(watched, "dashboard-")).toEqual(expect.arrayContaining(uids));
        expect(ofObserver(bare, "rules-").filter((name) => groups.includes(name))).toEqual([]);
        expect(ofObserver(bare, "dashboard-").filter((uid) => uids.includes(uid))).toEqual([]);
    });

    test("are what they were where something else is switched on", () => {
        const before = new Map(bare.resources.map((resource) => [resource.urn, resource.inputs]));
        // Alerting and agents are watched by rules that nothing in monitors touches.
        for (const name of ["observer-rules-platform-alerting", "observer-rules-kubernetes-nodes"]) {
            const { urn, inputs } = named(watched, name);
            expect(inputs).toEqual(before.get(urn));
        }
    });
});

describe("probes", () => {
    test("are one for each endpoint and each application's address, by an exporter on the observer", () => {
        const probes = watched.resources.filter(({ type }) => type.endsWith(":Probe"));
        expect(probes.map(({ name, inputs }) => [name, inputs["spec"]])).toEqual([
            [
                "observer-probe-application-portal",
                expect.objectContaining({
                    targets: {
                        staticConfig: {
                            static: ["https://portal.example.org/"],
                            labels: { endpoint: "portal", application: "portal" },
                        },
                    },
                }),
            ],
            [
                "observer-probe-endpoint-registry",
                expect.objectContaining({
                    targets: {
                        staticConfig: { static: ["https://registry.example.org/"], labels: { endpoint: "registry" } },
                    },
                }),
            ],
        ]);
        const exporter = named(watched, "observer-blackbox-exporter");
        expect(exporter.inputs).toMatchObject({ name: "blackbox-exporter", namespace: "observability" });
        for (const { provider, dependsOn } of [...probes, exporter]) {
            expect(provider?.split("::").at(-1)).toBe("observer");
            expect(dependsOn).toContain(named(watched, "observer-crds").urn);
        }
    });

    test("go to the exporter's Service, by a module that it has", () => {
        expect(named(watched, "observer-probe-endpoint-registry").inputs).toMatchObject({
            spec: {
                prober: { url: "blackbox-exporter.observability.svc.cluster.local:9115" },
                module: "http_2xx",
            },
        });
        expect(values(watched, "observer-blackbox-exporter")).toMatchObject({
            fullnameOverride: "blackbox-exporter",
            service: { port: 9115 },
            config: { modules: { http_2xx: { prober: "http" } } },
        });
    });
});

describe("clusters and the platform", () => {
    test("are probed from outside, the clusters of config each with whose it is", () => {
        expect(
            ofObserver(watched, "probe-")
                .filter((name) => !/^(application|endpoint)-/.test(name))
                .sort(),
        ).toEqual(["api-servers", "authorities", "ingress-hosts", "receive"]);
        expect(named(watched, "observer-probe-api-servers").inputs).toMatchObject({
            metadata: { name: "probe-api-servers", namespace: "observability" },
            spec: {
                staticConfigs: [
                    {
                        targets: ["https://10.0.0.5:6443/readyz"],
                        labels: { customer_cluster: "acme-1", customer_tenant: "acme" },
                    },
                ],
            },
        });
    });

    test("of the platform are known by authorities that the exporter mounts", () => {
        const { extraConfigmapMounts, config } = values(watched, "observer-blackbox-exporter") as {
            extraConfigmapMounts: { mountPath: string; configMap: string }[];
            config: { modules: { receive: { tcp: { tls_config: { ca_file: string } } } } };
        };
        const [mount] = extraConfigmapMounts;
        const { inputs } = named(watched, "observer-probe-authorities");
        expect(inputs["metadata"]).toMatchObject({ name: mount?.configMap });
        const [file] = Object.keys(inputs["data"] as object);
        expect(config.modules.receive.tcp.tls_config.ca_file).toBe(`${mount?.mountPath}/${file}`);
    });
});

describe("an infrastructure's exporter", () => {
    const peer = {
        name: "b",
        receiveUrl: "https://b.example.org/api/v1/receive",
        serverCa: "-----BEGIN CERTIFICATE-----\npeer",
    };
    const iaas = {
        infrastructures: ["testbed"],
        exporters: [{ infrastructure: "testbed", kind: "ceph", addresses: ["10.0.0.6:9283"] }],
    };
    /** Where the observer's own Prometheus writes to. */
    const writesTo = (plan: Plan) => {
        const { prometheus } = values(plan, "observer-kps") as {
            prometheus: {
                prometheusSpec: {
                    externalLabels: Record<string, string>;
                    remoteWrite?: { name: string; url: string; writeRelabelConfigs: Relabeling[] }[];
                };
            };
        };
        return prometheus.prometheusSpec;
    };
    const keys = (plan: Plan) =>
        Object.keys(named(plan, "observer-peer-credentials").inputs["stringData"] as object).sort();

    test("is scraped by the observer", () => {
        expect(ofObserver(watched, "exporter-")).toEqual(["ceph-testbed"]);
        expect(named(watched, "observer-exporter-ceph-testbed").inputs).toMatchObject({
            kind: "ScrapeConfig",
            spec: { staticConfigs: [{ targets: ["10.0.0.6:9283"], labels: { infrastructure: "testbed" } }] },
        });
    });

    test("is heard of under its infrastructure's name, which the observer's Prometheus writes to the observer", () => {
        const { externalLabels, remoteWrite = [] } = writesTo(watched);
        expect(remoteWrite).toEqual([
            expect.objectContaining({
                name: "observer",
                // A pod need not reach the load balancer of its own cluster.
                url: "https://receive.observability.svc.cluster.local/api/v1/receive",
                tlsConfig: {
                    ca: { secret: { name: "peer-write-tls", key: "ca-observer.crt" } },
                    cert: { secret: { name: "peer-write-tls", key: "tls.crt" } },
                    keySecret: { name: "peer-write-tls", key: "tls.key" },
                },
            }),
        ]);
        expect(keys(watched)).toEqual(["ca-observer.crt", "tls.crt", "tls.key"]);
        // Prometheus adds external labels before it relabels what it writes.
        const written = (series: Record<string, string>) =>
            relabel(remoteWrite[0]?.writeRelabelConfigs ?? [], { ...externalLabels, ...series });
        const health = { __name__: "ceph_health_status", job: "ceph" };
        expect(written({ ...health, infrastructure: "testbed" })).toEqual({ ...health, cluster: "testbed" });
        expect(written(health)).toBeUndefined();
        expect(written({ __name__: "up", job: "thanos-query" })).toBeUndefined();
    });

    test("alone makes the observer write to itself, and peers are not told of it", async () => {
        expect(writesTo(bare)).not.toHaveProperty("remoteWrite");
        expect(ofObserver(bare, "peer-credentials")).toEqual([]);
        const observer = { context: "observer", peers: [peer] };
        const without = await planWith({ observer });
        expect(writesTo(without).remoteWrite?.map(({ name }) => name)).toEqual(["b"]);
        expect(keys(without)).toEqual(["ca-b.crt", "tls.crt", "tls.key"]);
        const both = await planWith({ observer, monitors: { iaas } });
        const [toPeer, toItself] = writesTo(both).remoteWrite ?? [];
        expect([toPeer?.url, toItself?.name]).toEqual([peer.receiveUrl, "observer"]);
        expect(keys(both)).toEqual(["ca-b.crt", "ca-observer.crt", "tls.crt", "tls.key"]);
        const series = { __name__: "ceph_health_status", job: "ceph", infrastructure: "testbed" };
        expect(relabel(toPeer?.writeRelabelConfigs ?? [], series)).toBeUndefined();
        expect(writesTo(both).remoteWrite).toHaveLength(2);
    });
});

describe("Harbor's ServiceMonitor", () => {
    const made = (release: string) =>
        ((values(watched, release)["extraManifests"] ?? []) as { kind: string; metadata: { name: string } }[]).filter(
            ({ kind, metadata: { name } }) => kind === "ServiceMonitor" && name === "harbor",
        );

    test("is made on the cluster that config names, and nowhere else", () => {
        expect(made("globex-1-kps")).toEqual([
            expect.objectContaining({
                spec: {
                    selector: { matchLabels: { app: "harbor" } },
                    namespaceSelector: { matchNames: ["harbor"] },
                    endpoints: [{ port: "http-metrics", honorLabels: true }],
                },
            }),
        ]);
        expect([...made("acme-1-kps"), ...made("observer-kps")]).toEqual([]);
    });
});

test("a validation is a CronJob on the observer", () => {
    expect(ofObserver(watched, "validation-").sort()).toEqual(["dns", "dns-script"]);
    expect(named(watched, "observer-validation-dns").inputs).toMatchObject({
        kind: "CronJob",
        metadata: { name: "validation-dns" },
        spec: { schedule: validation.schedule },
    });
});

describe("Query", () => {
    const endpoints = (plan: Plan) => {
        const { query } = values(plan, "observer-thanos") as { query: { extraArgs: string[] } };
        return query.extraArgs.filter((argument) => argument.startsWith("--endpoint="));
    };

    test("asks the sidecars of other infrastructures besides its own stores, each at its plain address", () => {
        expect(endpoints(watched)).toEqual([
            ...endpoints(bare),
            "--endpoint=10.0.0.5:10901",
            "--endpoint=sidecar.example.org:10901",
        ]);
        expect(endpoints(bare)).toHaveLength(4);
    });
});

describe("kube-state-metrics", () => {
    const kinds = (customer: string) => {
        const state = values(watched, `${customer}-kps`)["kube-state-metrics"] as
            | { customResourceState?: { config: { spec: { resources: { groupVersionKind: { kind: string } }[] } } } }
            | undefined;
        return state?.customResourceState?.config.spec.resources.map(({ groupVersionKind }) => groupVersionKind.kind);
    };

    test("knows workspaces on the clusters of the environment, clusters on the management cluster, nothing elsewhere", () => {
        expect(kinds("acme-1")).toContain("AnalyticsWorkspace");
        expect(kinds("management")).toEqual(["Cluster"]);
        expect(kinds("globex-1")).toBeUndefined();
    });

    test("may list what it knows, and no more", () => {
        expect(values(watched, "management-kps")["kube-state-metrics"]).toMatchObject({
            rbac: {
                extraRules: [
                    { apiGroups: ["cluster.x-k8s.io"], resources: ["clusters"], verbs: ["list", "watch"] },
                    { apiGroups: ["apiextensions.k8s.io"], resources: ["customresourcedefinitions"] },
                ],
            },
        });
    });
});

describe("what agents send", () => {
    const needed = { __name__: "kube_node_info", job: "kube-state-metrics", node: "worker-0" };
    const idle = { __name__: "metric_that_nobody_needs", job: "kube-state-metrics" };
    const theirs = { __name__: "metric_that_nobody_needs", job: "portal" };
    const pod = { __name__: "kube_pod_status_phase", job: "kube-state-metrics", pod: "jupyter-ada" };

    test.each(customers)("of the platform's exporters is what is needed, on $name", ({ name, metrics }) => {
        expect(sent(bare, name, needed)).toEqual(needed);
        expect(sent(bare, name, idle)).toBeUndefined();
        expect(sent(bare, name, theirs)).toEqual(theirs);
        // A customer's own word wins over the fleet's.
        expect(sent(watched, name, idle)).toEqual(metrics === undefined ? undefined : idle);
    });

    test("is everything where config says so, and a customer's own word wins again", () => {
        expect(relabelings(everythingSent, "globex-1")).toEqual([[]]);
        expect(sent(everythingSent, "acme-1", idle)).toBeUndefined();
        const own = { __name__: "own_metric", job: "node-exporter" };
        expect(sent(everythingSent, "acme-1", own)).toEqual(own);
    });

    test("grows with what is watched", () => {
        const cluster = { __name__: "capi_cluster_info", job: "kube-state-metrics" };
        expect(sent(bare, "management", cluster)).toBeUndefined();
        expect(sent(watched, "management", cluster)).toEqual(cluster);
    });

    test("names nobody on the clusters of the environment, unless it may", () => {
        expect(sent(watched, "acme-1", pod)?.["pod"]).toMatch(/^jupyter-\d+$/);
        expect(sent(watched, "globex-1", pod)).toEqual(pod);
        expect(sent(everythingSent, "acme-1", pod)).toEqual(pod);
    });

    test("is the same to the observer and to its peers", async () => {
        const serverCa = "-----BEGIN CERTIFICATE-----\npeer";
        const plan = await planWith({
            observer: {
                context: "observer",
                peers: [{ name: "b", receiveUrl: "https://b.example.org/api/v1/receive", serverCa }],
            },
            monitors: { tre: {} },
        });
        const [observer, ...peers] = relabelings(plan, "acme-1");
        expect(observer?.length).toBeGreaterThan(4);
        expect(peers).toEqual([observer]);
    });
});

describe("an application's team", () => {
    test("is told in its own channel; one without a team is told like the rest", () => {
        const { alertmanager } = values(watched, "observer-kps") as {
            alertmanager: { config: { route: { receiver: string; routes: { matchers: string[] }[] } } };
        };
        const { route } = alertmanager.config;
        expect(route.receiver).toBe("team");
        expect(route.routes.filter(({ matchers }) => matchers.some((each) => each.startsWith("application")))).toEqual([
            { receiver: "team#portal", matchers: ['application=~"portal"'] },
            { receiver: "team", matchers: ['application=~"shop"'] },
        ]);
    });

    test("is written to with a token that is in a Secret and nowhere else", () => {
        expect(named(watched, "observer-alert-receivers").inputs["stringData"]).toMatchObject({ team: "[secret]" });
        const alertmanager = JSON.stringify(values(watched, "observer-kps")["alertmanager"]);
        expect(alertmanager).toContain('"credentials_file":"/etc/alertmanager/secrets/alert-receivers/team"');
        expect(alertmanager).not.toContain("[secret]");
        expect(JSON.stringify(watched)).not.toContain("canary");
    });
});
