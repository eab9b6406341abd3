import { isMap } from "../../charts/merge";
import { removeCommand, setCommand, written, type Path, type Problem } from "../problems";
import { sections, shardSections, type Section } from "../schema";
import type { Checked } from "./checked";

/** What of the section `observer` a shard has: it writes its inventory there. */
const shardObserver = ["name", "kubeconfig", "context", "stackReference"];

/** Sections where they are read, and what a shard cannot do without. */
export function sectionsOfRole({ raw, shard }: Checked): Problem[] {
    if (!shard) {
        return (["environmentStack", "shard"] as const)
            .filter((section) => given(raw[section]))
            .map((section) => ({
                path: [section],
                problem: "belongs to a stack of role customers",
                allowed: `nothing; or ${written(["role"])} customers`,
                paste: removeCommand([section]),
            }));
    }
    const missing = (["environmentStack", "shard"] as const)
        .filter((section) => !given(raw[section]))
        .map((section): Problem => ({
            path: [section],
            problem: "is missing: a shard belongs to an environment, and has a name there",
            paste: setCommand([section], section === "shard" ? "shard-01" : "prod"),
        }));
    const foreign = [
        ...(Object.keys(sections) as Section[])
            .filter((section) => !(shardSections as readonly Section[]).includes(section) && given(raw[section]))
            .map((section): Path => [section]),
        ...(isMap(raw.observer) ? Object.keys(raw.observer) : [])
            .filter((key) => !shardObserver.includes(key))
            .map((key): Path => ["observer", key]),
    ];
    return [
        ...missing,
        ...foreign.map((path) => ({
            path,
            problem: "belongs to the environment's stack; a shard does not read it",
            allowed: `in a stack of role customers: ${shardSections.join(", ")}; of observer: ${shardObserver.join(", ")}`,
            paste: removeCommand(path),
        })),
    ];
}

/** The project's own default of a section is empty, and says nothing. */
function given(value: unknown): boolean {
    return typeof value === "object" && value !== null
        ? Object.keys(value).length > 0
        : value !== undefined && value !== "";
}

/** Keys of a customer that only the environment's stack can act upon. */
export function shardedEntries({ customers, shard }: Checked): Problem[] {
    if (!shard) {
        return [];
    }
    return customers.flatMap(({ position, customer }) =>
        (["limits", "shard", "enrolledBy"] as const)
            .filter((key) => customer[key] !== undefined)
            .map((key) => ({
                path: ["customers", position, key],
                problem: "belongs into the customer's entry in the environment's stack",
                allowed: "nothing, in a stack of role customers",
                paste: removeCommand(["customers", position, key]),
            })),
    );
}

/** A secret of one stack's config is not another's to read. */
export function shardedAccess({ customers, shard }: Checked): Problem[] {
    return customers
        .filter(({ customer }) => !shard && customer.shard !== undefined && customer.kubeconfig !== undefined)
        .map(({ position }) => ({
            path: ["customers", position, "kubeconfig"],
            problem: "is a secret of this stack, which a shard cannot read",
            allowed: "context or stackReference for a cluster in a shard",
            paste: removeCommand(["customers", position, "kubeconfig"]),
        }));
}

/** Whoever enrols a cluster is known, and alone knows the way to it. */
export function enrolledElsewhere({ config: { observer }, customers, shard }: Checked): Problem[] {
    const peers = (observer?.peers ?? []).map(({ name }) => name);
    return customers.flatMap(({ position, customer }) => {
        if (shard || customer.enrolledBy === undefined) {
            return [];
        }
        const path: Path = ["customers", position, "enrolledBy"];
        const here = (["shard", "kubeconfig", "context", "stackReference"] as const).filter(
            (key) => customer[key] !== undefined,
        );
        return [
            ...(observer === undefined || peers.includes(customer.enrolledBy)
                ? []
                : [
                      {
                          path,
                          value: `"${customer.enrolledBy}"`,
                          problem: "is not one of observer.peers",
                          allowed: peers.length === 0 ? "observer.peers has none yet" : peers.join(", "),
                          paste: removeCommand(path),
                      },
                  ]),
            ...here.map((key) => ({
                path: ["customers", position, key],
                problem: "belongs to the environment that enrols the cluster",
                allowed: "nothing beside enrolledBy",
                paste: removeCommand(["customers", position, key]),
            })),
        ];
    });
}

/** The inventory of one stack is one object, and the operator takes half a megabyte of rules. */
export const mostClusters = 1000;

/** No more clusters than one stack can have. */
export function inventorySize({ customers }: Checked): Problem[] {
    const here = customers.filter(({ customer }) => customer.shard === undefined);
    return here.length <= mostClusters
        ? []
        : [
              {
                  path: ["customers"],
                  value: `${here.length} clusters`,
                  problem: "is more than one stack can hold",
                  allowed: `up to ${mostClusters} without \`shard\`; docs/benchmarks.md says where shards are better`,
                  paste: setCommand(["customers", here[mostClusters]?.position ?? 0, "shard"], "shard-01"),
              },
          ];
}
