/** The types that `npm run typecheck` holds the values to: each `@ts-expect-error` fails it when the line compiles. */
import type { KubePrometheusStackValues } from "../../charts/generated/kubePrometheusStack";
import type { ThanosValues } from "../../charts/generated/thanos";

class Output {
    readonly isOutput = true;
}

interface Relabeling {
    readonly regex: string;
}

const relabelings: readonly Relabeling[] = [{ regex: "a" }];
const relabeling: Relabeling = { regex: "a" };

const accepted = {
    thanos: {
        compactor: { enabled: true, persistence: { size: "10Gi" }, retention: null, extraArgs: ["--wait"] },
        receive: { mode: "split", ingester: { tenancyHeader: "X", replicaCount: 3 } },
        storegateway: null,
        query: { pdb: { maxUnavailable: "50%" }, podLabels: relabeling },
    } satisfies ThanosValues,
    stack: {
        prometheus: {
            agentMode: true,
            prometheusSpec: { enforcedSampleLimit: 100, remoteWrite: relabelings, shards: undefined },
            route: { any: { enabled: true, hostnames: ["a"] } },
        },
        "kube-state-metrics": { customResourceState: { config: relabeling } },
        grafana: { "grafana.ini": { server: { domain: "a" } }, env: { A: "b" } },
        additionalPrometheusRulesMap: { mine: { groups: [] } },
    } satisfies KubePrometheusStackValues,
    later: {
        compactor: { enabled: new Output(), retention: new Output() },
    } satisfies ThanosValues<Output>,
};

const refused = {
    // @ts-expect-error a mistyped key at the top
    top: { compactr: {} } satisfies ThanosValues,
    // @ts-expect-error a mistyped key three levels down
    deep: { query: { probes: { liveness: { pathh: "/" } } } } satisfies ThanosValues,
    // @ts-expect-error a mistyped key of a dependency
    dependency: { grafana: { sidecar: { dashbords: {} } } } satisfies KubePrometheusStackValues,
    // @ts-expect-error a mistyped key in a map whose own keys are free
    entry: { prometheus: { route: { any: { hostname: [] } } } } satisfies KubePrometheusStackValues,
    // @ts-expect-error a mistyped alert name
    alert: { customRules: { TargetsDown: {} } } satisfies KubePrometheusStackValues,
    // @ts-expect-error a text where the chart has true or false
    flag: { compactor: { enabled: "false" } } satisfies ThanosValues,
    // @ts-expect-error a number where the chart has a quantity
    quantity: { compactor: { persistence: { size: 10 } } } satisfies ThanosValues,
    // @ts-expect-error a scalar where the chart has a list
    list: { compactor: { extraArgs: "--wait" } } satisfies ThanosValues,
    // @ts-expect-error a scalar where the chart has a map
    map: { alertmanager: { config: "a" } } satisfies KubePrometheusStackValues,
    // @ts-expect-error an output where none is allowed for
    later: { compactor: { enabled: new Output() } } satisfies ThanosValues,
};

it("are checked by the compiler", () => {
    expect([accepted, refused]).toHaveLength(2);
});
