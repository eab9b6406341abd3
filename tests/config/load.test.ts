import * as pulumi from "@pulumi/pulumi";
import { load } from "../../config/load";
import type { Problem } from "../../config/problems";
import { baseMonitors, everyMonitor } from "../../local/simulation";
import { applicationChecks, kubernetesThresholds } from "../../platform/monitors";
import { problemsFoundBy, raw, rightConfig, spoiled } from "./fixture";

function problemsOf(values: Record<string, unknown>): Problem[] {
    return problemsFoundBy(load, values);
}

describe("a config that is right", () => {
    test("has no problem and no warning", () => {
        expect(load(raw(rightConfig())).warnings).toEqual([]);
    });

    test("warns of more tenants than its ingestors have memory for", () => {
        const tenants = (count: number) =>
            Array.from({ length: count }, (_, index) => ({ name: `c-${index}`, context: `c-${index}`, shard: "eu-1" }));
        const warnings = (count: number) => load(raw({ ...rightConfig(), customers: tenants(count) })).warnings;
        expect(warnings(1900)).toEqual([]);
        expect(warnings(2000)).toEqual([
            "2000 tenants take 52 % of every ingestor's memory before their first series; choose a larger observer.size, or one tenant for all clusters of a customer",
        ]);
    });

    test("has its defaults filled in", () => {
        const { settings } = load(raw(rightConfig()));
        expect(settings.observer.retention).toEqual({ raw: "30d", fiveMinutes: "180d", oneHour: "2y" });
        expect(settings.readiness).toBe("wait");
        expect(settings.ingress.kind).toBe("none");
        expect(settings.customers.map(({ name, tenant, profile }) => ({ name, tenant, profile }))).toEqual([
            { name: "acme-1", tenant: "acme", profile: "standard" },
            { name: "globex-1", tenant: "globex-1", profile: "standard" },
        ]);
    });

    test("has every secret as a secret Output", async () => {
        const { settings } = load(raw(rightConfig()));
        const secrets = [
            settings.customers[1]?.kubeconfig,
            settings.storage.provider === "s3" ? settings.storage.secretKey : undefined,
            settings.alerting.deadMansSwitch?.url,
        ];
        for (const secret of secrets) {
            expect(pulumi.Output.isInstance(secret)).toBe(true);
            expect(await pulumi.isSecret(secret as pulumi.Output<string>)).toBe(true);
        }
        expect(
            JSON.stringify(settings, (_, value: unknown) => (pulumi.Output.isInstance(value) ? "[output]" : value)),
        ).not.toContain("canary");
    });
});

const portal = { name: "portal", namespace: "portal" };
const validation = { name: "dns", schedule: "17 6 * * *", image: "docker.io/library/alpine:3.22", script: "true" };
const temperature = { metric: "cluster_temperature_C", title: "Temperature" };

/** One wrong place each: where, what, the words of the problem, and the line to paste. */
const wrong: [name: string, path: (string | number)[], value: unknown, at: string, problem: RegExp, paste: RegExp][] = [
    ["a mistyped section", ["obsever"], {}, "obsever", /did you mean observer\?/, /^pulumi config rm .*obsever/],
    [
        "a mistyped key",
        ["observer", "retentionn"],
        { raw: "30d" },
        "observer.retentionn",
        /did you mean retention\?/,
        /config rm --path 'fleet-observability:observer.retentionn'/,
    ],
    [
        "a mistyped key in a list",
        ["customers", 0, "tenent"],
        "acme",
        "customers[0].tenent",
        /did you mean tenant\?/,
        /config rm/,
    ],
    [
        "no environment",
        ["environment"],
        undefined,
        "environment",
        /is missing/,
        /config set --path 'fleet-observability:environment' prod/,
    ],
    ["an environment in capitals", ["environment"], "PROD", "environment", /is not an environment name/, / prod$/],
    [
        "a size that does not exist",
        ["observer", "size"],
        "huge",
        "observer.size",
        /is not one of the choices/,
        /observer.size' medium/,
    ],
    [
        "more copies than ingestors",
        ["observer", "replicationFactor"],
        5,
        "observer.replicationFactor",
        /more than the 3 ingestor/,
        /observer.ingestors' 5/,
    ],
    [
        "a retention without a unit",
        ["observer", "retention"],
        { raw: "30" },
        "observer.retention.raw",
        /is not a duration/,
        /retention.raw' 30d/,
    ],
    [
        "raw samples that are never downsampled",
        ["observer", "retention"],
        { raw: "24h" },
        "observer.retention.raw",
        /too short to downsample/,
        /30d/,
    ],
    [
        "5 minutes kept for less than raw",
        ["observer", "retention"],
        { raw: "200d" },
        "observer.retention.fiveMinutes",
        /shorter than retention.raw/,
        /200d/,
    ],
    [
        "1 hour kept for less than 5 minutes",
        ["observer", "retention"],
        { fiveMinutes: "0d", oneHour: "1y" },
        "observer.retention.oneHour",
        /shorter than retention.fiveMinutes/,
        /0d/,
    ],
    [
        "no way to the observer",
        ["observer", "context"],
        undefined,
        "observer",
        /does not say how/,
        /--secret --path 'fleet-observability:observer.kubeconfig'/,
    ],
    ["two ways to a customer", ["customers", 0, "kubeconfig"], "canary", "customers[0]", /more than once/, /config rm/],
    [
        "two customers of one name",
        ["customers", 1, "name"],
        "acme-1",
        "customers[1].name",
        /names a cluster that/,
        /acme-1-2/,
    ],
    [
        "a customer named like the observer",
        ["customers", 0, "name"],
        "observer",
        "customers[0].name",
        /observer.name names already/,
        /observer-2/,
    ],
    [
        "one cluster twice",
        ["customers", 1],
        { name: "other", context: "acme-1" },
        "customers[1].context",
        /is the cluster that/,
        /config rm --path 'fleet-observability:customers\[1\]'/,
    ],
    [
        "a tenant that climbs out",
        ["customers", 0, "tenant"],
        "..",
        "customers[0].tenant",
        /is not a tenant name/,
        /tenant' acme/,
    ],
    [
        "a label of the platform's",
        ["customers", 0, "externalLabels"],
        { cluster: "x" },
        "customers[0].externalLabels.cluster",
        /the platform sets itself/,
        /config rm/,
    ],
    [
        "a label that is none",
        ["customers", 0, "externalLabels"],
        { "my-label": "x" },
        "customers[0].externalLabels.my-label",
        /not accepted as a name/,
        /config rm/,
    ],
    [
        "a limit below one request",
        ["customers", 0, "limits"],
        { samplesPerRequest: 100 },
        "customers[0].limits.samplesPerRequest",
        /less than the 5000 samples/,
        /10000/,
    ],
    [
        "a bucket in capitals",
        ["storage", "bucket"],
        "Fleet",
        "storage.bucket",
        /is not a bucket name/,
        /storage.bucket' fleet-metrics/,
    ],
    [
        "an endpoint with a scheme",
        ["storage", "endpoint"],
        "https://s3.example.org",
        "storage.endpoint",
        /is not a host name/,
        /s3.internal.example.org/,
    ],
    [
        "a provider that does not exist",
        ["storage", "provider"],
        "azur",
        "storage.provider",
        /did you mean azure\?/,
        /provider' azure/,
    ],
    [
        "a secret that is missing",
        ["storage", "secretKey"],
        undefined,
        "storage.secretKey",
        /is missing/,
        /config set --secret --path 'fleet-observability:storage.secretKey'$/,
    ],
    [
        "a storage account with a hyphen",
        ["storage"],
        {
            provider: "azure",
            account: "my-account",
            resourceGroup: "r",
            location: "westeurope",
            identity: { kind: "accountKey" },
        },
        "storage.account",
        /is not a storage account name/,
        /examplefleetmetrics/,
    ],
    [
        "a zone with a trailing dot",
        ["ingress", "privateZone"],
        "example.org.",
        "ingress.privateZone",
        /is not a DNS name/,
        /internal.example.org/,
    ],
    [
        "a gateway without its class",
        ["ingress", "kind"],
        "gateway",
        "ingress.className",
        /needs its GatewayClass/,
        /className' envoy/,
    ],
    [
        "records without an address",
        ["ingress"],
        { privateZone: "example.org", kind: "ingress", dns: { provider: "route53", zoneId: "Z1" } },
        "ingress.address",
        /needs an address/,
        /10.20.0.10/,
    ],
    [
        "a prefix with a leading hyphen",
        ["ingress", "dnsPrefix"],
        "-prod",
        "ingress.dnsPrefix",
        /start with a hyphen/,
        /prod-/,
    ],
    [
        "hosts too long for DNS",
        ["ingress", "dnsPrefix"],
        "a".repeat(60),
        "ingress.dnsPrefix",
        /longer than a DNS label/,
        /prod-/,
    ],
    [
        "a node port out of range",
        ["ingress", "receive"],
        { serviceType: "NodePort", port: 443 },
        "ingress.receive.port",
        /is not a node port/,
        /30443/,
    ],
    [
        "an issuer and a Secret",
        ["ingress", "tls"],
        { issuer: "a", secretName: "b" },
        "ingress.tls",
        /both an issuer and an existing Secret/,
        /config rm/,
    ],
    [
        "a route to nobody",
        ["alerting", "routes"],
        [{ receiver: "team" }],
        "alerting.routes[0].receiver",
        /is not the name of a receiver/,
        /receiver' oncall/,
    ],
    [
        "a route for an application that does not exist",
        ["alerting", "routes"],
        [{ receiver: "oncall", application: ["portal"] }],
        "alerting.routes[0].application[0]",
        /is not the name of an application/,
        /config rm/,
    ],
    [
        "a route for a layer that does not exist",
        ["alerting", "routes"],
        [{ receiver: "oncall", layer: ["kass"] }],
        "alerting.routes[0].layer[0]",
        /is not one of the choices/,
        /layer\[0\]'/,
    ],
    [
        "a route for a cluster that no cluster can be called",
        ["alerting", "routes"],
        [{ receiver: "oncall", cluster: ["acme.*"] }],
        "alerting.routes[0].cluster[0]",
        /is not a cluster's name/,
        /cluster\[0\]' acme-1/,
    ],
    [
        "a channel beside what is not Slack",
        ["alerting", "routes"],
        [{ receiver: "oncall", channel: "#fleet" }],
        "alerting.routes[0].channel",
        /is a Slack channel, and oncall is of kind pagerduty/,
        /config rm --path 'fleet-observability:alerting.routes\[0\].channel'/,
    ],
    [
        "a channel that a webhook cannot write to",
        ["alerting"],
        {
            receivers: { chat: { kind: "slack", channel: "#fleet", webhookUrl: "canary" } },
            routes: [{ receiver: "chat", channel: "#acme" }],
            defaultReceiver: "chat",
        },
        "alerting.routes[0].channel",
        /is not the channel of chat: an incoming webhook/,
        /routes\[0\].channel' '#fleet'/,
    ],
    [
        "a Slack bot without its token",
        ["alerting", "receivers", "oncall"],
        { kind: "slackBot", channel: "#fleet" },
        "alerting.receivers.oncall.botToken",
        /is missing/,
        /--secret --path 'fleet-observability:alerting.receivers.oncall.botToken'/,
    ],
    [
        "an application whose team does not exist",
        ["monitors"],
        { applications: [{ name: "portal", namespace: "portal", receiver: "oncal" }] },
        "monitors.applications[0].receiver",
        /is not the name of a receiver/,
        /applications\[0\].receiver' oncall/,
    ],
    [
        "an application with a channel and nobody to write there",
        ["monitors"],
        { applications: [{ name: "portal", namespace: "portal", channel: "#portal" }] },
        "monitors.applications[0].channel",
        /receiver is not: nobody would write there/,
        /config rm/,
    ],
    [
        "a receiver named like one of the platform's",
        ["alerting", "receivers", "dead-mans-switch"],
        { kind: "pagerduty", routingKey: "canary" },
        "alerting.receivers.dead-mans-switch",
        /the platform uses itself/,
        /config rm --path 'fleet-observability:alerting.receivers.dead-mans-switch'/,
    ],
    [
        "an application's channel beside what is not Slack",
        ["monitors"],
        { applications: [{ ...portal, receiver: "oncall", channel: "#portal" }] },
        "monitors.applications[0].channel",
        /is a Slack channel, and oncall is of kind pagerduty/,
        /config rm --path 'fleet-observability:monitors.applications\[0\].channel'/,
    ],
    [
        "two applications of one name",
        ["monitors"],
        { applications: [portal, { ...portal, namespace: "other" }] },
        "monitors.applications[1].name",
        /is in the list already/,
        /config rm --path 'fleet-observability:monitors.applications\[1\]'/,
    ],
    [
        "two endpoints of one name",
        ["monitors"],
        {
            endpoints: {
                targets: [
                    { name: "www", url: "https://www.example.org/" },
                    { name: "www", url: "https://example.org/" },
                ],
            },
        },
        "monitors.endpoints.targets[1].name",
        /is in the list already/,
        /config rm --path 'fleet-observability:monitors.endpoints.targets\[1\]'/,
    ],
    [
        "two validations of one name",
        ["monitors"],
        { validations: [validation, { ...validation, schedule: "0 7 * * *" }] },
        "monitors.validations[1].name",
        /is in the list already/,
        /config rm --path 'fleet-observability:monitors.validations\[1\]'/,
    ],
    [
        "a metric pushed twice",
        ["monitors"],
        { pushed: [temperature, { ...temperature, title: "Warmth" }] },
        "monitors.pushed[1].metric",
        /is in the list already/,
        /config rm --path 'fleet-observability:monitors.pushed\[1\]'/,
    ],
    [
        "an environment on a cluster that is mistyped",
        ["monitors"],
        { tre: { clusters: ["acme-2"] } },
        "monitors.tre.clusters[0]",
        /is not the name of a customer cluster/,
        /tre.clusters\[0\]' acme-1/,
    ],
    [
        "an application on a cluster that does not exist",
        ["monitors"],
        { applications: [{ ...portal, clusters: ["acme-1", "globex"] }] },
        "monitors.applications[0].clusters[1]",
        /nothing would be watched there/,
        /clusters\[1\]' globex-1/,
    ],
    [
        "a management cluster that does not exist",
        ["monitors"],
        { clusterApi: { cluster: "observer" } },
        "monitors.clusterApi.cluster",
        /is not the name of a customer cluster/,
        /clusterApi.cluster' acme-1/,
    ],
    [
        "a page before its ticket",
        ["monitors"],
        { certificates: { ticketDays: 7, pageDays: 14 } },
        "monitors.certificates.pageDays",
        /is more than ticketDays \(7\)/,
        /pageDays' 3/,
    ],
    [
        "a threshold of a check that does not exist",
        ["monitors"],
        { kaas: { thresholds: { nodeCPU: { ticket: 80 } } } },
        "monitors.kaas.thresholds.nodeCPU",
        /did you mean nodeCpu\?/,
        /config rm/,
    ],
    [
        "a threshold below nothing",
        ["monitors"],
        { kaas: { thresholds: { nodeCpu: { ticket: -1 } } } },
        "monitors.kaas.thresholds.nodeCpu.ticket",
        /./,
        /nodeCpu.ticket' 75/,
    ],
    [
        "a threshold that is always",
        ["monitors"],
        { kaas: { thresholds: { nodeCpu: { page: true } } } },
        "monitors.kaas.thresholds.nodeCpu.page",
        /./,
        /nodeCpu.page' 90/,
    ],
    [
        "a store with a scheme",
        ["monitors"],
        { iaas: { storeEndpoints: ["grpc://10.0.0.5:10901"] } },
        "monitors.iaas.storeEndpoints[0]",
        /is not an address/,
        /storeEndpoints\[0\]' 10.0.0.5:10901/,
    ],
    [
        "a schedule of four fields",
        ["monitors"],
        { validations: [{ ...validation, schedule: "17 6 * *" }] },
        "monitors.validations[0].schedule",
        /is not a cron schedule/,
        /schedule' '17 6 \* \* \*'/,
    ],
    [
        "an endpoint that no browser would open",
        ["monitors"],
        { endpoints: { targets: [{ name: "registry", url: "registry.example.org" }] } },
        "monitors.endpoints.targets[0].url",
        /is neither a URL nor an address/,
        /url' https:\/\/registry.example.org\//,
    ],
    [
        "a metric with a hyphen",
        ["monitors"],
        { pushed: [{ ...temperature, metric: "cluster-temperature" }] },
        "monitors.pushed[0].metric",
        /is not a metric name/,
        /metric' cluster_temperature_C/,
    ],
    [
        "an application without a namespace",
        ["monitors"],
        { applications: [{ name: "portal" }] },
        "monitors.applications[0].namespace",
        /is missing/,
        /namespace' portal/,
    ],
    [
        "receivers without a default",
        ["alerting", "defaultReceiver"],
        undefined,
        "alerting.defaultReceiver",
        /would reach nobody/,
        /oncall/,
    ],
    [
        "an office that closes before it opens",
        ["alerting", "businessHours"],
        { from: "18:00", to: "08:00" },
        "alerting.businessHours.to",
        /is not after/,
        /18:00/,
    ],
    [
        "a mistyped chart value",
        ["observer", "values"],
        { thanos: { compactr: {} } },
        "observer.values.thanos.compactr",
        /did you mean compactor\?/,
        /config rm/,
    ],
    [
        "a second compactor",
        ["observer", "values"],
        { thanos: { compactor: { replicaCount: 2 } } },
        "observer.values.thanos.compactor.replicaCount",
        /two on one bucket corrupt it/,
        /config rm/,
    ],
    [
        "charts from two places",
        ["mirror"],
        { chartDirectory: "/nowhere", chartRepository: "oci://example.org/charts" },
        "mirror.chartRepository",
        /charts come from one place/,
        /config rm/,
    ],
    [
        "a number where text belongs",
        ["observer", "name"],
        7,
        "observer.name",
        /must be text/,
        /observer.name' observer/,
    ],
    ["a list where a map belongs", ["observer"], [], "observer", /must be a map/, /observer/],
];

describe("a config with one wrong place", () => {
    test.each(wrong)("%s", (_, path, value, at, problem, paste) => {
        const [first, ...rest] = problemsOf(spoiled(path, value));
        expect(first?.problem).toMatch(problem);
        expect(first?.allowed).not.toBe("");
        expect(first?.paste).toMatch(paste);
        expect(rest).toEqual([]);
        expect(() => load(raw(spoiled(path, value)))).toThrow(`fleet-observability:${at} `);
    });

    test("a route for an application whose name is mistyped", () => {
        const config = spoiled(["alerting", "routes"], [{ receiver: "oncall", application: ["portel"] }]);
        expect(problemsOf({ ...config, monitors: { applications: [portal] } })).toEqual([
            {
                path: ["alerting", "routes", 0, "application", 0],
                value: '"portel"',
                problem: "is not the name of an application",
                allowed: "portal",
                paste: "pulumi config set --path 'fleet-observability:alerting.routes[0].application[0]' portal",
            },
        ]);
    });

    test("an empty chart directory names every chart that is needed and how to fetch it", () => {
        const problems = problemsOf(spoiled(["mirror"], { chartDirectory: "/nowhere" }));
        expect(problems.map((problem) => problem.paste)).toEqual([
            expect.stringContaining("kube-prometheus-stack --version"),
            expect.stringContaining("/thanos --version"),
            expect.stringContaining("prometheus-operator-crds --version"),
            expect.stringContaining("prometheus-blackbox-exporter --version"),
        ]);
    });
});

describe("what is watched", () => {
    const monitorsOf = (monitors?: unknown) => load(raw(spoiled(["monitors"], monitors))).settings.monitors;

    test("where config says nothing is what the local fleet watches", () => {
        expect(monitorsOf()).toEqual(baseMonitors);
        expect(monitorsOf({})).toEqual(baseMonitors);
    });

    test("by a section without a word in it is what the local fleet watches", () => {
        const { applications } = monitorsOf({
            applications: [
                {
                    name: "portal",
                    namespace: "portal",
                    url: "https://portal.example.org/",
                    gunicorn: true,
                    database: "portal",
                },
                { name: "notebooks", namespace: "jupyterhub", checks: { cpu: { enabled: false } }, jupyterhub: true },
            ],
        });
        expect(applications).toEqual(everyMonitor.applications);
        const { tre, harbor, argocd, vault, iaas, clusterApi } = monitorsOf({
            tre: { pseudonymiseUsers: false },
            harbor: {},
            argocd: {},
            vault: {},
            iaas: { infrastructures: ["testbed"], libvirt: true },
            clusterApi: { cluster: "acme-1" },
        });
        expect({ tre, harbor, argocd, vault, iaas }).toEqual({
            tre: everyMonitor.tre,
            harbor: everyMonitor.harbor,
            argocd: everyMonitor.argocd,
            vault: everyMonitor.vault,
            iaas: everyMonitor.iaas,
        });
        expect(clusterApi?.tenantLabel).toBe(everyMonitor.clusterApi?.tenantLabel);
    });

    test("names no user unless config says so", () => {
        expect(monitorsOf({ tre: {} }).tre?.pseudonymiseUsers).toBe(true);
    });

    test("keeps its other thresholds where one is set, and has none where one is false", () => {
        const { kaas } = monitorsOf({
            kaas: { thresholds: { nodeCpu: { page: 95 }, jobsSucceeded: { page: false } } },
        });
        expect(kaas.thresholds).toEqual({
            ...kubernetesThresholds,
            nodeCpu: { ticket: kubernetesThresholds.nodeCpu.ticket, page: 95 },
            jobsSucceeded: { ticket: kubernetesThresholds.jobsSucceeded.ticket, page: false },
        });
    });

    test("keeps an application's other checks where one is set", () => {
        const { applications } = monitorsOf({ applications: [{ ...portal, checks: { latency: { threshold: 1 } } }] });
        expect(applications[0]?.checks).toEqual({ ...applicationChecks, latency: { enabled: true, threshold: 1 } });
    });

    test("at a customer is what that customer sends, and nothing where it does not say", () => {
        const { customers } = load(raw(spoiled(["customers", 0, "metrics"], { send: "all" }))).settings;
        expect(customers.map(({ metrics }) => metrics)).toEqual([{ send: "all", also: [] }, undefined]);
    });
});

describe("the message", () => {
    const many = {
        ...rightConfig(),
        environment: "PROD",
        observer: { context: "observer", retention: { raw: "24h" } },
        customers: [
            { name: "acme-1", tenant: "..", context: "a" },
            { name: "globex-1", context: "b" },
            { name: "globex-1", context: "c" },
        ],
        storage: {
            provider: "s3",
            endpoint: "s3.example.org",
            bucket: "fleet",
            accessKey: "canary-access",
            secretKye: "canary-secret",
        },
    };

    test("names every problem at once, with key, value, what is allowed and a line to paste", () => {
        expect(() => load(raw(many))).toThrowErrorMatchingSnapshot();
    });

    test("never shows a secret, nor the value of a mistyped key", () => {
        expect(() => load(raw(many))).not.toThrow(/canary/);
        expect(() => load(raw(spoiled(["customers", 1, "kubeconfig"], { token: "canary" })))).not.toThrow(/canary/);
    });
});

describe("warnings", () => {
    test("a secret that stands in clear", () => {
        expect(load(raw(rightConfig(), ["customers", "alerting"])).warnings).toEqual([
            expect.stringContaining("fleet-observability:storage.accessKey is a secret and stands in clear"),
            expect.stringContaining("pulumi config set --secret --path 'fleet-observability:storage.secretKey'"),
        ]);
    });

    test.each([
        ["nobody to tell", ["alerting"], {}, /alerts reach nobody/],
        ["a single agent", ["customers", 0, "profile"], "l0", /acme-1 has a single agent/],
        ["a trial's storage", ["storage"], { provider: "filesystem" }, /use it for trials/],
    ])("%s", (_, path, value, warning) => {
        expect(load(raw(spoiled(path, value))).warnings.join("\n")).toMatch(warning);
    });
});
