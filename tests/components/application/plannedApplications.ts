import { parse } from "yaml";
import type { Plan, PlannedResource } from "../../../automation/planStack";
import { planWith } from "../../automation/planWith";

/** An application with everything. */
export const portal = {
    name: "portal",
    namespace: "portal",
    services: [{ name: "api", selector: { app: "api" }, port: "metrics" }],
    gunicorn: true,
    postgres: { host: "db", database: "portal", passwordSecret: "db-monitoring" },
};

/** The plan of the right config of the config tests, with applications on its first customer's cluster and changes. */
export function planApplications(applications: object[], changes: Record<string, unknown> = {}): Promise<Plan> {
    return planWith({
        customers: [{ name: "acme-1", tenant: "acme", context: "acme-1", applications }],
        ...changes,
    });
}

/** What an instance's component has made. */
export function madeBy(plan: Plan, instance: string): PlannedResource[] {
    const component = plan.resources.find(
        ({ name, type }) => name === instance && type === "fleet-observability:index:ApplicationMonitoring",
    );
    expect(component).toBeDefined();
    return plan.resources.filter(({ parent }) => parent === component?.urn);
}

/** A Kubernetes object, as far as tests look at it. */
export interface KubernetesObject {
    kind: string;
    metadata: { name: string; namespace: string; labels: Record<string, string>; annotations: Record<string, string> };
    spec: Record<string, unknown>;
    data?: Record<string, string>;
    stringData?: Record<string, string>;
}

/** The objects of an instance of one kind. */
export function objectsOf(resources: PlannedResource[], kind: string): KubernetesObject[] {
    return resources
        .filter(({ type }) => type.endsWith(`:${kind}`))
        .map(({ inputs }) => ({ kind, ...(inputs as object) }) as KubernetesObject);
}

/** The only object of a kind. */
export function theOnly(resources: PlannedResource[], kind: string): KubernetesObject {
    const found = objectsOf(resources, kind);
    expect(found).toHaveLength(1);
    return found[0] as KubernetesObject;
}

/** The Grafana datasource of an instance. */
export function datasourceOf(resources: PlannedResource[]) {
    const [map] = objectsOf(resources, "ConfigMap").filter(
        ({ metadata }) => metadata.labels["grafana_datasource"] === "1",
    );
    const [[file = "", text = ""] = []] = Object.entries(map?.data ?? {});
    const { datasources } = parse(text) as {
        datasources: {
            name: string;
            uid: string;
            url: string;
            jsonData: Record<string, string>;
            secureJsonData: Record<string, string>;
        }[];
    };
    expect(datasources).toHaveLength(1);
    return { file, labels: map?.metadata.labels, ...datasources[0]! };
}
