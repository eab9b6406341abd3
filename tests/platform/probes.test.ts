import { baseMonitors, everyMonitor } from "../../local/simulation";
import {
    blackboxConfig,
    probedEndpoints,
    probeGroups,
    probeGroupSpec,
    probeName,
    probeSpec,
    type ProbedPlatform,
} from "../../platform/probes";
import { relabel } from "./relabel";

describe("probedEndpoints", () => {
    it("are those of config, and the applications that have a public address", () => {
        expect(probedEndpoints(everyMonitor)).toEqual([
            ...everyMonitor.endpoints.targets,
            { name: "portal", url: "https://portal.example.org/", application: "portal" },
        ]);
    });

    it("are none where nothing is configured", () => {
        expect(probedEndpoints(baseMonitors)).toEqual([]);
    });
});

describe("a Probe", () => {
    const portal = { name: "portal", url: "https://portal.example.org/", application: "portal" };

    it("carries the labels that rules ask for", () => {
        expect(probeSpec(portal, "exporter.observability.svc").targets.staticConfig).toEqual({
            static: ["https://portal.example.org/"],
            labels: { endpoint: "portal", application: "portal" },
        });
        expect(probeSpec({ name: "website", url: "https://www.example.org/" }, "").targets.staticConfig.labels).toEqual(
            {
                endpoint: "website",
            },
        );
    });

    it("asks the exporter for a module that it has, and waits longer than that takes", () => {
        const { module, prober, scrapeTimeout } = probeSpec(portal, "exporter.observability.svc");
        expect(prober.url).toBe("exporter.observability.svc:9115");
        expect(Number.parseInt(scrapeTimeout)).toBeGreaterThan(Number.parseInt(blackboxConfig.modules[module].timeout));
    });

    it.each([
        ["http", "https://www.example.org/", "http_2xx", "http"],
        ["tcp", "smtp.example.org:25", "tcp_connect", "tcp"],
        ["tls", "ldap.example.org:636", "tls", "tcp"],
    ] as const)("of module %s asks for it", (module, url, named, prober) => {
        expect(probeSpec({ name: "other", url, module }, "").module).toBe(named);
        expect(blackboxConfig.modules[named].prober).toBe(prober);
    });

    it("is named apart from that of an endpoint with an application's name", () => {
        expect(probeName(portal)).not.toBe(probeName({ name: "portal", url: portal.url }));
    });
});

describe("clusters and the platform", () => {
    const platform: ProbedPlatform = {
        web: [{ application: "grafana", host: "grafana.example.org" }],
        webSignedHere: true,
        receive: [
            { url: "https://receive.example.org/api/v1/receive" },
            { url: "https://receive-b.example.org:30443/api/v1/receive", peer: "observer-b" },
        ],
    };
    const clusters = [
        { name: "acme-1", tenant: "acme", apiServer: "https://10.0.0.5:6443/", ingressHosts: ["a.example.org"] },
        { name: "acme-2", tenant: "acme", ingressHosts: ["b.example.org", "c.example.org"] },
        { name: "globex-1", tenant: "globex", ingressHosts: [] },
    ];
    const acme = (cluster: string) => ({ customer_cluster: cluster, customer_tenant: "acme" });

    it("are a group for each way to probe, each target with whose it is", () => {
        expect(probeGroups(clusters, platform)).toEqual([
            {
                name: "probe-api-servers",
                module: "api_server",
                targets: [
                    { address: "https://10.0.0.5:6443/readyz", labels: { probe: "api-server", ...acme("acme-1") } },
                ],
            },
            {
                name: "probe-ingress-hosts",
                module: "ingress",
                targets: [
                    { address: "https://a.example.org/", labels: { probe: "ingress", ...acme("acme-1") } },
                    { address: "https://b.example.org/", labels: { probe: "ingress", ...acme("acme-2") } },
                    { address: "https://c.example.org/", labels: { probe: "ingress", ...acme("acme-2") } },
                ],
            },
            {
                name: "probe-own-hosts",
                module: "own_host",
                targets: [{ address: "https://grafana.example.org/", labels: { probe: "host", service: "grafana" } }],
            },
            {
                name: "probe-receive",
                module: "receive",
                targets: [
                    { address: "receive.example.org:443", labels: { probe: "receive" } },
                    { address: "receive-b.example.org:30443", labels: { probe: "receive", peer: "observer-b" } },
                ],
            },
        ]);
    });

    it("are as many objects for a thousand clusters as for one", () => {
        const many = Array.from({ length: 1000 }, (_, index) => ({
            name: `c-${index}`,
            tenant: "acme",
            apiServer: `https://c-${index}.example.org`,
            ingressHosts: [`www.c-${index}.example.org`],
        }));
        expect(probeGroups(many, platform)).toHaveLength(probeGroups(clusters, platform).length);
    });

    it("are known by everybody's authorities where the environment signs nothing", () => {
        const modules = probeGroups([], { ...platform, webSignedHere: false }).map(({ module }) => module);
        expect(modules).toEqual(["ingress", "receive"]);
        expect(blackboxConfig.modules.ingress.http).not.toHaveProperty("tls_config");
    });

    it("are scraped through the exporter, with what rules ask for and no more", () => {
        const [group] = probeGroups(clusters, platform);
        expect(group).toBeDefined();
        const { relabelings, metricRelabelings, ...spec } = probeGroupSpec(
            group as never,
            "exporter.observability.svc",
        );
        expect(spec).toMatchObject({ metricsPath: "/probe", params: { module: ["api_server"] } });
        expect(relabel(relabelings, { __address__: "https://10.0.0.5:6443/readyz" })).toEqual({
            __address__: "exporter.observability.svc:9115",
            __param_target: "https://10.0.0.5:6443/readyz",
            instance: "https://10.0.0.5:6443/readyz",
        });
        for (const __name__ of ["probe_success", "probe_ssl_earliest_cert_expiry"]) {
            expect(relabel(metricRelabelings, { __name__ })).toEqual({ __name__ });
        }
        expect(relabel(metricRelabelings, { __name__: "probe_dns_lookup_time_seconds" })).toBeUndefined();
    });
});

describe("a module", () => {
    const { api_server, ingress } = blackboxConfig.modules;

    it("takes every answer below 500 for one of an ingress, and no other", () => {
        const codes = ingress.http.valid_status_codes;
        expect([200, 302, 401, 404, 499].filter((code) => !codes.includes(code))).toEqual([]);
        expect(codes.filter((code) => code >= 500)).toEqual([]);
    });

    it("does not take an API server that is not ready for one that is", () => {
        expect(api_server.http.valid_status_codes).not.toContain(500);
    });
});
