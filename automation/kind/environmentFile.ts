import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { isMap, isSeq, parseDocument, stringify, type Document } from "yaml";
import { namespace } from "../../config/schema";
import { UsageError } from "../commandLine";
import { clustersOf, contextOf, nodeOf, nodePorts } from "./clusters";

/** How the first line of a file begins that {@link writeEnvironmentFile} made. */
const mark = "# Written by `npm run fleet -- kind`";

const header = `${mark}, which adds clusters to the customers and leaves the rest as it is.`;

const customersKey = `${namespace}:customers`;

/**
 * Sees to it that a stack file may be written.
 *
 * @throws UsageError when the file is there and somebody else's
 */
export function checkEnvironmentFile(path: string): void {
    if (existsSync(path) && !readFileSync(path, "utf8").startsWith(mark)) {
        throw new UsageError(`${path} is there already and was not made by this command. Choose another environment.`);
    }
}

/**
 * Writes the stack file of an environment in kind; or, where one is there, adds the customers that it lacks and leaves
 * everything else as it is.
 *
 * @param customers the names of the customer clusters that run
 */
export function writeEnvironmentFile(path: string, environment: string, customers: string[]): void {
    checkEnvironmentFile(path);
    const text = existsSync(path)
        ? readFileSync(path, "utf8")
        : `${header}\n${stringify({ config: environmentConfig(environment) }, { indent: 4, aliasDuplicateObjects: false })}`;
    const document = parseDocument(text);
    const [error] = document.errors;
    if (error !== undefined) {
        throw new UsageError(`${path}: ${error.message}`);
    }
    const known = inventory(document, path);
    for (const name of customers.filter((customer) => !known.has(customer))) {
        document.addIn(["config", customersKey], document.createNode({ name, context: contextOf(name) }));
    }
    writeFileSync(path, document.toString({ indent: 4, lineWidth: 120 }));
}

/** The names of the customers that a stack file has. */
function inventory(document: Document, path: string): Set<unknown> {
    const customers = document.getIn(["config", customersKey]);
    if (!isSeq(customers)) {
        throw new UsageError(`${path}: ${customersKey} must be a list`);
    }
    customers.flow = false;
    return new Set(customers.items.map((entry) => (isMap(entry) ? entry.get("name") : undefined)));
}

/** The config of an environment in kind, without customers. */
function environmentConfig(environment: string): Record<string, unknown> {
    const [observer] = clustersOf(environment, 0).map(({ name }) => name);
    const sections = {
        environment,
        observer: {
            name: observer,
            context: contextOf(observer ?? ""),
            size: "small",
            values: { kubePrometheusStack: kubePrometheusStackValues, thanos: thanosValues },
        },
        // kind's volumes live on one node, and every pod of the observer runs there.
        storage: { provider: "filesystem", accessMode: "ReadWriteOnce" },
        ingress: {
            kind: "none",
            privateZone: `${environment}.internal`,
            dns: { provider: "none" },
            receive: { serviceType: "NodePort", port: nodePorts.receive, address: nodeOf(observer ?? "") },
        },
        customers: [],
    };
    return Object.fromEntries(Object.entries(sections).map(([section, value]) => [`${namespace}:${section}`, value]));
}

/** Less memory than a fleet asks for, so that a laptop's node takes all pods. The limits stay. */
const modest = { resources: { requests: { memory: "256Mi" } } };

const kubePrometheusStackValues = {
    grafana: { service: { type: "NodePort", nodePort: nodePorts.grafana }, ...modest },
    prometheus: { prometheusSpec: modest },
    thanosRuler: { thanosRulerSpec: modest },
};

const thanosValues = {
    receive: { ingester: modest },
    query: modest,
    queryFrontend: { service: { type: "NodePort", nodePort: nodePorts.query }, ...modest },
    storegateway: modest,
    compactor: modest,
};
