import { inHours } from "../../platform/duration";
import { preset } from "../../platform/sizes";
import { setCommand, type Path, type Problem } from "../problems";
import type { Checked } from "./checked";

/** No more copies than ingestors. */
export function replication({ config: { observer } }: Checked): Problem[] {
    if (observer === undefined) {
        return [];
    }
    const { replicationFactor, receiveIngestor } = preset(observer);
    const path: Path = ["observer", "replicationFactor"];
    return replicationFactor <= receiveIngestor.replicas
        ? []
        : [
              {
                  path,
                  value: String(replicationFactor),
                  problem: `is more than the ${receiveIngestor.replicas} ingestor(s) that there are; no write would reach its quorum`,
                  allowed: `1 to ${receiveIngestor.replicas}, or more observer.ingestors`,
                  paste: setCommand(["observer", "ingestors"], replicationFactor),
              },
          ];
}

/** Thanos downsamples a block to 5 minutes when it is 40 hours old and to 1 hour when it is 10 days old. */
const downsampledAfterHours = { fiveMinutes: 40, oneHour: 240 };

/** Each resolution kept long enough to become the next, and not longer than it. */
export function retention({ config: { observer } }: Checked): Problem[] {
    if (observer === undefined) {
        return [];
    }
    const { raw, fiveMinutes, oneHour } = observer.retention;
    const at = (resolution: string): Path => ["observer", "retention", resolution];
    const problems: Problem[] = [];
    const check = (
        right: boolean,
        resolution: string,
        value: string,
        problem: string,
        allowed: string,
        better: string,
    ) => {
        if (!right) {
            problems.push({
                path: at(resolution),
                value: `"${value}"`,
                problem,
                allowed,
                paste: setCommand(at(resolution), better),
            });
        }
    };
    check(
        inHours(raw) >= downsampledAfterHours.fiveMinutes,
        "raw",
        raw,
        "is too short to downsample: blocks would be deleted before their 5-minute form exists",
        "at least 40h",
        "30d",
    );
    check(
        inHours(fiveMinutes) >= downsampledAfterHours.oneHour,
        "fiveMinutes",
        fiveMinutes,
        "is too short to downsample: blocks would be deleted before their 1-hour form exists",
        "at least 10d",
        "180d",
    );
    check(
        inHours(raw) <= inHours(fiveMinutes),
        "fiveMinutes",
        fiveMinutes,
        `is shorter than retention.raw (${raw})`,
        `at least ${raw}`,
        raw,
    );
    check(
        inHours(fiveMinutes) <= inHours(oneHour),
        "oneHour",
        oneHour,
        `is shorter than retention.fiveMinutes (${fiveMinutes})`,
        `at least ${fiveMinutes}`,
        fiveMinutes,
    );
    return problems;
}

/** No two observers of one name. */
export function peers({ config: { observer } }: Checked): Problem[] {
    const taken = new Set([observer?.name]);
    return (observer?.peers ?? []).flatMap((peer, position) => {
        const path: Path = ["observer", "peers", position, "name"];
        const known = taken.has(peer.name);
        taken.add(peer.name);
        return known
            ? [
                  {
                      path,
                      value: `"${peer.name}"`,
                      problem: "names an observer that is named already",
                      allowed: "a name that no other observer has",
                      paste: setCommand(path, `${peer.name}-b`),
                  },
              ]
            : [];
    });
}

/** Observers write to each other, and to themselves, as the tenant of their name, which is then no customer's. */
export function observerTenants({ config: { observer }, customers }: Checked): Problem[] {
    if (observer === undefined) {
        return [];
    }
    const peers = observer.peers.map(({ name }) => name);
    return customers.flatMap(({ position, customer }) => {
        // A cluster without a tenant is the tenant of its own name, which the observer's cannot be anyway.
        const taken = customer.tenant === undefined ? peers : [observer.name, ...peers];
        const tenant = customer.tenant ?? customer.name;
        const path: Path = ["customers", position, "tenant"];
        return taken.includes(tenant)
            ? [
                  {
                      path,
                      value: `"${tenant}"`,
                      problem: "is the name of an observer, and the tenant that it writes to observers as",
                      allowed: "a name that no observer has",
                      paste: setCommand(path, `${tenant}-customer`),
                  },
              ]
            : [];
    });
}
