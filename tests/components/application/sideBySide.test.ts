import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import type { Plan, PlannedResource } from "../../../automation/planStack";
import { datasourceOf, madeBy, objectsOf, planApplications, portal } from "./plannedApplications";

jest.setTimeout(120_000);

/** Two in one namespace, the same two on another cluster, one on the observer, and names as long as they may be. */
const longCluster = "c".repeat(60);
const longNames = [`${"a".repeat(39)}1`, `${"a".repeat(39)}2`];
const inOneNamespace = ["portal", "portal-app", "portal-prometheus", ...longNames].map((name) => ({
    ...portal,
    name,
}));
const clusters = ["acme-1", "acme-2", longCluster];
const instances = [
    ...clusters.flatMap((cluster) => inOneNamespace.map(({ name }) => `${cluster}.${name}`)),
    "observer.portal",
];

let plan: Plan;
const made = new Map<string, PlannedResource[]>();

beforeAll(async () => {
    plan = await planApplications([], {
        observer: { context: "observer", size: "medium", applications: [portal] },
        customers: clusters.map((name) => ({ name, tenant: "acme", context: name, applications: inOneNamespace })),
    });
    instances.forEach((instance) => made.set(instance, madeBy(plan, instance)));
});

/** What each instance has, and no other may have. */
function differ(of: (resources: PlannedResource[], instance: string) => string[]): void {
    const owners = new Map<string, string>();
    for (const instance of instances) {
        const own = of(made.get(instance) ?? [], instance);
        expect(own).not.toEqual([]);
        for (const each of new Set(own)) {
            expect([each, owners.get(each) ?? instance]).toEqual([each, instance]);
            owners.set(each, instance);
        }
    }
}

const selectors = ["serviceMonitor", "podMonitor", "probe", "scrapeConfig", "rule"].map((kind) => `${kind}Selector`);

describe("Two ApplicationMonitoring instances in one plan share no name, uid, port or selector", () => {
    test("each has everything of its own", () => {
        expect(made.size).toBe(16);
        for (const resources of made.values()) {
            expect(resources.map(({ type }) => type.split(":").at(-1)).sort()).toEqual(
                [
                    ...["ConfigMap", "ConfigMap", "ConfigMap", "ConfigMap", "ConfigMap"],
                    ...["Deployment", "PodMonitor", "Prometheus", "PrometheusRule", "Role", "RoleBinding", "Secret"],
                    ...["Service", "Service", "ServiceAccount", "ServiceMonitor", "ServiceMonitor", "ServiceMonitor"],
                ].sort(),
            );
        }
    });

    test("no URN", () => {
        const urns = plan.resources.map(({ urn }) => urn);
        expect(new Set(urns).size).toBe(urns.length);
    });

    test("no object of a kind, in a cluster's namespace", () => {
        differ((resources) =>
            resources.map(({ type, provider, inputs }) => {
                const { metadata } = inputs as { metadata: { name: string; namespace: string } };
                return [provider?.split("::")[3], type, metadata.namespace, metadata.name].join(" ");
            }),
        );
    });

    test("nothing that the operator names after a Prometheus", () => {
        differ((resources, instance) => {
            const [cluster] = instance.split(".");
            return objectsOf(resources, "Prometheus").flatMap(({ metadata: { namespace, name } }) => [
                ...["", "-web-config", "-tls-assets-0", "-rulefiles-0", "-thanos-prometheus-http-client-file"].map(
                    (ending) => `${cluster} ${namespace} prometheus-${name}${ending}`,
                ),
            ]);
        });
    });

    test("no uid, title or file in the observer's Grafana", () => {
        differ((resources) => {
            const { uid, name, file } = datasourceOf(resources);
            return [uid, name, file];
        });
        differ((resources) =>
            dashboardsOf(resources).flatMap(({ file, model }) => [file, model.uid ?? "", model.title ?? ""]),
        );
        differ((resources) => dashboardsOf(resources).map(({ folder }) => folder));
    });

    test("no datasource that a panel asks", () => {
        for (const resources of made.values()) {
            const { uid } = datasourceOf(resources);
            for (const { text } of dashboardsOf(resources)) {
                expect([...text.matchAll(/"datasource":\{[^}]*\}/g)].map(([each]) => each)).not.toEqual([]);
                for (const [each] of text.matchAll(/"datasource":\{[^}]*\}/g)) {
                    expect(each).toContain(`"uid":"${uid}"`);
                }
                expect(text).not.toContain("${datasource}");
            }
        }
    });

    test("no series: each writes under a label of its own, and is asked for by it", () => {
        differ((resources) => [
            ...objectsOf(resources, "Prometheus").map(
                ({ spec }) => (spec["externalLabels"] as Record<string, string>)["application_instance"] ?? "",
            ),
        ]);
        for (const [instance, resources] of made) {
            const { jsonData, secureJsonData, url } = datasourceOf(resources);
            expect(jsonData["httpHeaderName1"]).toBe("THANOS-TENANT");
            expect(secureJsonData).toEqual({ httpHeaderValue1: instance });
            expect(url).toBe("http://thanos-query-applications.observability.svc.cluster.local:9090");
        }
    });

    test("no selector of monitors, rules, pods or Services", () => {
        differ((resources, instance) => {
            const cluster = instance.split(".")[0] ?? "";
            const [prometheus] = objectsOf(resources, "Prometheus");
            const chosen = selectors.map((selector) => JSON.stringify(prometheus?.spec[selector]));
            expect(new Set(chosen).size).toBe(1);
            const pods = [
                ...objectsOf(resources, "PodMonitor").map(({ spec }) => JSON.stringify(spec["selector"])),
                ...objectsOf(resources, "Service").map(({ spec }) => JSON.stringify(spec["selector"])),
                ...objectsOf(resources, "Deployment").map(({ spec }) => JSON.stringify(spec["selector"])),
            ];
            return [...chosen, ...pods].map((each) => `${cluster} ${prometheus?.metadata.namespace} ${each}`);
        });
    });

    test("no port: each pod has its own address, and none is a node's", () => {
        const text = JSON.stringify([...made.values()].map((resources) => resources.map(({ inputs }) => inputs)));
        expect(text).not.toMatch(/hostPort|hostNetwork|nodePort/i);
        differ((resources, instance) =>
            objectsOf(resources, "Service").flatMap(({ metadata, spec }) =>
                (spec["ports"] as { port: number }[]).map(
                    ({ port }) => `${instance.split(".")[0]} ${metadata.name}.${metadata.namespace}:${port}`,
                ),
            ),
        );
    });
});

function dashboardsOf(resources: PlannedResource[]) {
    return objectsOf(resources, "ConfigMap")
        .filter(({ metadata }) => metadata.labels["grafana_dashboard"] === "1")
        .map(({ metadata, data }) => {
            const [[file = "", text = "{}"] = []] = Object.entries(data ?? {});
            const folder = metadata.annotations["grafana_folder"] ?? "";
            return { file, text, folder, model: JSON.parse(text) as Dashboard };
        });
}
