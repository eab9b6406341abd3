import { isMap } from "../../charts/merge";
import { maxSamplesPerSend, reservedLabels } from "../../platform/remoteWrite";
import { removeCommand, setCommand, setSecretCommand, written, type Path, type Problem } from "../problems";
import type { Checked } from "./checked";

/** No two clusters of one name. */
export function clusterNames({ config, customers }: Checked): Problem[] {
    const taken = new Map<string, string>();
    if (config.observer !== undefined) {
        taken.set(config.observer.name, "observer.name");
    }
    return customers.flatMap(({ position, customer }) => {
        const path: Path = ["customers", position, "name"];
        const first = taken.get(customer.name);
        taken.set(customer.name, first ?? written(path));
        return first === undefined
            ? []
            : [
                  {
                      path,
                      value: `"${customer.name}"`,
                      problem: `names a cluster that ${first} names already; two clusters would write the same series`,
                      allowed: "a name that no other cluster has",
                      paste: setCommand(path, `${customer.name}-2`),
                  },
              ];
    });
}

const waysIn = ["kubeconfig", "context", "stackReference"] as const;

/** One way into each cluster, and each cluster once. */
export function clusterAccess({ raw }: Checked): Problem[] {
    const clusters: { path: Path; cluster: Record<string, unknown> }[] = [];
    if (isMap(raw.observer)) {
        clusters.push({ path: ["observer"], cluster: raw.observer });
    }
    if (Array.isArray(raw.customers)) {
        raw.customers.forEach((cluster: unknown, position) => {
            if (isMap(cluster) && cluster.enrolledBy === undefined) {
                clusters.push({ path: ["customers", position], cluster });
            }
        });
    }
    const taken = new Map<string, string>();
    return clusters.flatMap(({ path, cluster }) => {
        const given = waysIn.filter((way) => cluster[way] !== undefined);
        if (given.length !== 1) {
            return [
                {
                    path,
                    problem:
                        given.length === 0
                            ? "does not say how the cluster is reached"
                            : `says more than once how the cluster is reached: ${given.join(", ")}`,
                    allowed: `exactly one of ${waysIn.join(", ")}`,
                    paste:
                        given.length === 0
                            ? setSecretCommand([...path, "kubeconfig"])
                            : removeCommand([...path, given[1] ?? "context"]),
                },
            ];
        }
        const way = given[0] ?? "context";
        const identity = `${way} ${JSON.stringify(cluster[way])}`;
        const first = taken.get(identity);
        taken.set(identity, first ?? written(path));
        return first === undefined
            ? []
            : [
                  {
                      path: [...path, way],
                      problem: `is the cluster that ${first} is already; both would own the same release`,
                      allowed: "one entry a cluster",
                      paste: removeCommand(path),
                  },
              ];
    });
}

/** No label that the platform sets itself. */
export function externalLabels({ customers }: Checked): Problem[] {
    return customers.flatMap(({ position, customer }) =>
        Object.keys(customer.externalLabels)
            .filter((label) => reservedLabels.includes(label) || label.startsWith("__"))
            .map((label) => {
                const path: Path = ["customers", position, "externalLabels", label];
                return {
                    path,
                    problem: "is a label that the platform sets itself",
                    allowed: `any label name but ${reservedLabels.join(", ")} and those that start with __`,
                    paste: removeCommand(path),
                };
            }),
    );
}

/** Limits that an agent can keep, the same for a whole tenant. */
export function tenantLimits({ customers }: Checked): Problem[] {
    const problems: Problem[] = [];
    const first = new Map<string, { position: number; limits: string }>();
    for (const { position, customer } of customers) {
        if (customer.limits === undefined) {
            continue;
        }
        const { samplesPerRequest } = customer.limits;
        const path: Path = ["customers", position, "limits"];
        if (samplesPerRequest > 0 && samplesPerRequest < maxSamplesPerSend) {
            problems.push({
                path: [...path, "samplesPerRequest"],
                value: String(samplesPerRequest),
                problem: `is less than the ${maxSamplesPerSend} samples that an agent sends at once; all of them would be lost`,
                allowed: `0, or at least ${maxSamplesPerSend}`,
                paste: setCommand([...path, "samplesPerRequest"], 2 * maxSamplesPerSend),
            });
        }
        const tenant = customer.tenant ?? customer.name;
        const limits = JSON.stringify(customer.limits);
        const other = first.get(tenant);
        if (other !== undefined && other.limits !== limits) {
            problems.push({
                path,
                problem: `differ from those of customers[${other.position}], which is the same tenant (${tenant}); limits hold for a whole tenant`,
                allowed: "the same limits in every entry of a tenant, or in one entry only",
                paste: removeCommand(path),
            });
        }
        first.set(tenant, other ?? { position, limits });
    }
    return problems;
}
