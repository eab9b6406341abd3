import { baseMonitors, everyMonitor } from "../../local/simulation";
import { blackboxConfig, probedEndpoints, probeName, probeSpec } from "../../platform/probes";

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

    it("is named apart from that of an endpoint with an application's name", () => {
        expect(probeName(portal)).not.toBe(probeName({ name: "portal", url: portal.url }));
    });
});
