import { unknownValues, wrongKinds } from "../../charts/check";
import { kubePrometheusStackKeys } from "../../charts/generated/kubePrometheusStack";
import { prometheusOperatorCrdsKeys } from "../../charts/generated/prometheusOperatorCrds";
import { thanosKeys } from "../../charts/generated/thanos";
import type { KeyTree } from "../../charts/values";

function messages(keys: KeyTree, values: object): string[] {
    return unknownValues(keys, values).map(({ message }) => message);
}

describe("unknownValues", () => {
    it("accepts values that the chart has", () => {
        expect(
            unknownValues(kubePrometheusStackKeys, {
                grafana: { enabled: false, "grafana.ini": { anything: { goes: true } } },
                "kube-state-metrics": { customResourceState: { enabled: true, config: { kind: "any" } } },
                prometheus: {
                    agentMode: true,
                    prometheusSpec: { remoteWrite: [{ notLookedAt: true }], externalLabels: { cluster: "a" } },
                    route: { internal: { enabled: true, hostnames: ["a"] } },
                },
                additionalPrometheusRulesMap: { mine: { groups: [] } },
                global: { imageRegistry: "mirror" },
            }),
        ).toEqual([]);
    });

    it("suggests the key that was probably meant", () => {
        expect(unknownValues(kubePrometheusStackKeys, { nodeExporterr: { enabled: false } })).toEqual([
            {
                keys: ["nodeExporterr"],
                path: "nodeExporterr",
                suggestion: "nodeExporter",
                allowed: Object.keys(kubePrometheusStackKeys).sort(),
                message: 'nodeExporterr: the chart has no such key; did you mean "nodeExporter"?',
            },
        ]);
        expect(messages(thanosKeys, { compactor: { retentionn: {} }, queryfrontend: {} })).toEqual([
            'queryfrontend: the chart has no such key; did you mean "queryFrontend"?',
            'compactor.retentionn: the chart has no such key; did you mean "retention"?',
        ]);
    });

    it("checks keys that only the templates know, and those of dependencies", () => {
        expect(
            messages(kubePrometheusStackKeys, {
                grafana: { sidecar: { datasources: { customQueryParameter: "a" } } },
                prometheus: { route: { internal: { hostname: "a" } } },
                customRules: { TargetsDown: { for: "1h" } },
            }),
        ).toEqual([
            'grafana.sidecar.datasources.customQueryParameter: the chart has no such key; did you mean "customQueryParameters"?',
            'prometheus.route.internal.hostname: the chart has no such key; did you mean "hostnames"?',
            'customRules.TargetsDown: the chart has no such key; did you mean "TargetDown"?',
        ]);
    });

    it("finds the right key on the wrong level", () => {
        expect(messages(kubePrometheusStackKeys, { prometheus: { remoteWrite: [] } })).toEqual([
            'prometheus.remoteWrite: the chart has no such key; did you mean "prometheusSpec.remoteWrite"?',
        ]);
    });

    it("lists what is allowed when nothing is near", () => {
        expect(messages(thanosKeys, { compactor: { persistence: { snapshots: true } } })).toEqual([
            "compactor.persistence.snapshots: the chart has no such key; allowed here: " +
                "accessModes, enabled, existingClaim, size, storageClass, volumeAttributesClassName",
        ]);
        expect(messages(kubePrometheusStackKeys, { prometheus: { prometheusSpec: { zzzzzz: 1 } } })[0]).toMatch(
            /allowed here: (\w+, ){20}and \d+ more$/,
        );
    });

    it("quotes keys that hold dots", () => {
        expect(unknownValues({ a: { b: "map" } }, { a: { "x.y/z": 1 } })).toEqual([
            {
                keys: ["a", "x.y/z"],
                path: 'a["x.y/z"]',
                allowed: ["b"],
                message: 'a["x.y/z"]: the chart has no such key; allowed here: b',
            },
        ]);
    });

    it("does not take what every object has for a key of the chart", () => {
        expect(messages({ a: "map" }, { constructor: 1, toString: 1 })).toHaveLength(2);
    });

    it("does not look into values that are not plain", () => {
        class Output {
            readonly unheard = true;
        }
        expect(unknownValues(prometheusOperatorCrdsKeys, { crds: new Output() })).toEqual([]);
    });
});

describe("wrongKinds", () => {
    function messagesOf(keys: KeyTree, values: object): string[] {
        return wrongKinds(keys, values).map(({ message }) => message);
    }

    it('tells that the text "false" is taken for true', () => {
        expect(messagesOf(kubePrometheusStackKeys, { grafana: { enabled: "false" } })).toEqual([
            'grafana.enabled: expected true or false, got a string "false", which the chart takes for true',
        ]);
    });

    it("tells maps, lists and scalars apart", () => {
        expect(
            messagesOf(kubePrometheusStackKeys, {
                grafana: true,
                alertmanager: { config: [], alertmanagerSpec: { replicas: { a: 1 }, secrets: "one" } },
            }),
        ).toEqual([
            "grafana: expected a map, got a boolean",
            "alertmanager.config: expected a map, got a list",
            "alertmanager.alertmanagerSpec.replicas: expected a number, got a map",
            "alertmanager.alertmanagerSpec.secrets: expected a list, got a string",
        ]);
    });

    it("accepts null everywhere, and limits that are switched off", () => {
        expect(
            wrongKinds(kubePrometheusStackKeys, {
                grafana: null,
                prometheus: { prometheusSpec: { replicas: null, enforcedSampleLimit: 5000, retentionSize: "10GB" } },
                alertmanager: { podDisruptionBudget: { minAvailable: "50%" } },
            }),
        ).toEqual([]);
    });
});
