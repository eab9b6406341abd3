import { nearest, removeCommand, setCommand, type Path, type Problem } from "../problems";
import type { Checked } from "./checked";

/** Names that objects, alerts and dashboards are called by: none twice in its list. */
export function monitorNames({ config: { monitors } }: Checked): Problem[] {
    if (monitors === undefined) {
        return [];
    }
    return [
        ...twice(["monitors", "applications"], "name", monitors.applications),
        ...twice(["monitors", "endpoints", "targets"], "name", monitors.endpoints.targets),
        ...twice(["monitors", "validations"], "name", monitors.validations),
        ...twice(["monitors", "pushed"], "metric", monitors.pushed),
    ];
}

/** A problem for each entry whose value under `key` an earlier one has already. */
export function twice<Key extends string>(list: Path, key: Key, entries: Record<Key, string>[]): Problem[] {
    const taken = new Set<string>();
    return entries.flatMap((entry, position) => {
        const value = entry[key];
        const path: Path = [...list, position, key];
        const known = taken.has(value);
        taken.add(value);
        return known
            ? [
                  {
                      path,
                      value: `"${value}"`,
                      problem: "is in the list already",
                      allowed: "one that no other entry has",
                      paste: removeCommand([...list, position]),
                  },
              ]
            : [];
    });
}

/** Clusters that are named where something is watched: each is one of the customers. */
export function monitoredClusters({ config: { monitors }, customers }: Checked): Problem[] {
    const known = customers.map(({ customer }) => customer.name);
    const unknown = (path: Path, names: string[]): Problem[] =>
        names.flatMap((name, position) => one([...path, position], name));
    const one = (path: Path, name: string): Problem[] =>
        known.includes(name)
            ? []
            : [
                  {
                      path,
                      value: `"${name}"`,
                      problem: "is not the name of a customer cluster: nothing would be watched there",
                      allowed: known.length === 0 ? "customers has none yet" : known.join(", "),
                      paste:
                          known[0] === undefined
                              ? removeCommand(path)
                              : setCommand(path, nearest(name, known) ?? known[0]),
                  },
              ];
    return [
        ...unknown(["monitors", "tre", "clusters"], monitors?.tre?.clusters ?? []),
        ...(monitors?.applications ?? []).flatMap(({ clusters }, position) =>
            unknown(["monitors", "applications", position, "clusters"], clusters),
        ),
        ...(monitors?.clusterApi === undefined
            ? []
            : one(["monitors", "clusterApi", "cluster"], monitors.clusterApi.cluster)),
    ];
}

/** A ticket comes before its page. */
export function certificateDays({ config: { monitors } }: Checked): Problem[] {
    if (monitors === undefined || monitors.certificates.pageDays <= monitors.certificates.ticketDays) {
        return [];
    }
    const { ticketDays, pageDays } = monitors.certificates;
    const path: Path = ["monitors", "certificates", "pageDays"];
    return [
        {
            path,
            value: String(pageDays),
            problem: `is more than ticketDays (${ticketDays}): the page would come before the ticket`,
            allowed: `1 to ${ticketDays}`,
            paste: setCommand(path, Math.min(3, ticketDays)),
        },
    ];
}
