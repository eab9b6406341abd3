import { gracePeriodSeconds, agentLabels, controlPlaneTargets, profiles } from "../../platform/agent";
import { remoteWriteConfig, remoteWriteSpec, remoteWriteUrl, reservedLabels } from "../../platform/remoteWrite";

const target = {
    name: "observer",
    url: "https://receive.example.org/api/v1/receive",
    ca: "ca-observer.crt",
    relabelings: [],
};

test.each([
    ["receive.example.org", 443, "https://receive.example.org/api/v1/receive"],
    ["172.18.0.2", 30443, "https://172.18.0.2:30443/api/v1/receive"],
])("the URL of %s:%d", (host, port, url) => {
    expect(remoteWriteUrl(host, port)).toBe(url);
});

describe("remote-write", () => {
    const spec = remoteWriteSpec(target, "remote-write-tls");
    const config = remoteWriteConfig(target, { certificate: "/tls.crt", key: "/tls.key" });

    test("stays at message version 1.0, in both forms", () => {
        expect(spec.messageVersion).toBe("V1.0");
        expect(config.protobuf_message).toBe("prometheus.WriteRequest");
    });

    test("retries a 429, which Prometheus would drop, and has the same queue in both forms", () => {
        expect(spec.queueConfig.retryOnRateLimit).toBe(true);
        const { retryOnRateLimit, ...rest } = spec.queueConfig;
        const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
        expect(config.queue_config).toEqual({
            ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [snake(name), value])),
            retry_on_http_429: retryOnRateLimit,
        });
    });

    test("drops what no receiver takes any more, and nothing sooner", () => {
        expect(spec.queueConfig.sampleAgeLimit).toBe("4h");
    });

    test("names the Secret's keys and holds no certificate itself", () => {
        expect(spec.tlsConfig).toEqual({
            ca: { secret: { name: "remote-write-tls", key: "ca-observer.crt" } },
            cert: { secret: { name: "remote-write-tls", key: "tls.crt" } },
            keySecret: { name: "remote-write-tls", key: "tls.key" },
        });
    });
});

describe("agents", () => {
    test("come in pairs but for l0, and have longer to stop than a flush takes", () => {
        expect(Object.fromEntries(Object.entries(profiles).map(([name, { replicas }]) => [name, replicas]))).toEqual({
            l0: 1,
            standard: 2,
            full: 2,
        });
        expect(gracePeriodSeconds).toBeGreaterThan(87);
    });

    test("cannot be told another cluster's name", () => {
        expect(agentLabels({ name: "acme-1", externalLabels: { cluster: "globex-1", region: "eu" } })).toEqual({
            cluster: "acme-1",
            region: "eu",
        });
        expect(reservedLabels).toEqual(expect.arrayContaining(["cluster", "tenant", "prometheus_replica"]));
    });

    test.each(["aks", "eks", "gke"] as const)("scrape no hidden control plane on %s", (platform) => {
        expect(controlPlaneTargets(platform)).toEqual({
            apiServer: true,
            coreDns: true,
            controllerManager: false,
            scheduler: false,
            etcd: false,
            proxy: false,
        });
    });

    test("scrape the whole control plane on kubeadm, unless the profile wants none", () => {
        expect(Object.values(controlPlaneTargets("kubeadm"))).toEqual(Array(6).fill(true));
        expect(Object.values(controlPlaneTargets("kubeadm", false))).toEqual(Array(6).fill(false));
    });
});
