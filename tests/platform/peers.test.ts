import { peerRelabelings } from "../../platform/peers";
import { blackboxConfig, peerProbeName, peerProbeSpec, probeName } from "../../platform/probes";
import { relabel } from "./relabel";

describe("what an observer's Prometheus sends to a peer", () => {
    const sent = (series: Record<string, string>) => relabel(peerRelabelings, series);

    it("is whether its components answer, under a name that no cluster's targets have", () => {
        const up = { __name__: "up", job: "thanos-query", instance: "10.0.0.5:10902" };
        expect(sent(up)).toEqual({ ...up, __name__: "peer_up" });
        expect(sent({ ...up, job: "kps-alertmanager" })).toMatchObject({ __name__: "peer_up" });
    });

    it("is nothing else", () => {
        expect(sent({ __name__: "up", job: "node-exporter" })).toBeUndefined();
        expect(sent({ __name__: "process_cpu_seconds_total", job: "thanos-query" })).toBeUndefined();
        expect(sent({ __name__: "setup", job: "thanos-query" })).toBeUndefined();
    });
});

describe("the Probe of a peer", () => {
    const peer = { name: "observer-b", queryUrl: "https://query-b.example.org/" };

    it("asks whether its Query is ready, with a module that the exporter has", () => {
        const { targets, module } = peerProbeSpec(peer, "exporter");
        expect(targets.staticConfig.static).toEqual(["https://query-b.example.org/-/ready"]);
        expect(blackboxConfig.modules).toHaveProperty(module);
    });

    it("gives one series, which is no endpoint's", () => {
        const { targets, metricRelabelings } = peerProbeSpec(peer, "exporter");
        const series = (name: string) => relabel(metricRelabelings, { ...targets.staticConfig.labels, __name__: name });
        expect(series("probe_success")).toEqual({ __name__: "peer_probe_success", peer: "observer-b" });
        expect(series("probe_duration_seconds")).toBeUndefined();
    });

    it("is named apart from that of an endpoint of its name", () => {
        expect(peerProbeName(peer)).not.toBe(probeName({ name: peer.name, url: peer.queryUrl }));
    });
});
