import { nearest, removeCommand, setCommand, written, type Path, type Problem } from "../problems";
import type { Checked } from "./checked";

/** What the observer asks for itself, and where: what is probed, exporters of infrastructures, and Harbor's. */

/** An address that the module can probe. */
export function endpointAddresses({ config: { monitors } }: Checked): Problem[] {
    return (monitors?.endpoints.targets ?? []).flatMap(({ url, module }, position) => {
        const isUrl = /^https?:\/\//.test(url);
        if (isUrl === (module === "http")) {
            return [];
        }
        const path: Path = ["monitors", "endpoints", "targets", position, "url"];
        return [
            {
                path,
                value: `"${url}"`,
                problem: isUrl
                    ? `is a URL, and module ${module} opens a connection to an address`
                    : "is an address, and module http asks for a URL",
                allowed: isUrl
                    ? "host:port"
                    : "a URL that starts with https:// or http://; or module tcp or tls, for an address",
                paste: setCommand(path, isUrl ? address(url) : `https://${url}/`),
            },
        ];
    });
}

/** Where a URL leads to, as host:port. */
function address(url: string): string {
    const { hostname, port, protocol } = new URL(url);
    return `${hostname}:${port === "" ? (protocol === "https:" ? 443 : 80) : port}`;
}

/** What is probed of clusters, once each: else one failure is two customers' alert. */
export function probedOnce({ customers }: Checked): Problem[] {
    const taken = new Map<string, string>();
    return customers.flatMap(({ position, customer }) => {
        const probes: Path = ["customers", position, "probes"];
        const { apiServer, ingressHosts } = customer.probes;
        const probed: { path: Path; value: string }[] = [
            ...(apiServer === undefined ? [] : [{ path: [...probes, "apiServer"], value: apiServer }]),
            ...ingressHosts.map((value, index) => ({ path: [...probes, "ingressHosts", index], value })),
        ];
        return probed.flatMap(({ path, value }) => {
            const target = value.replace(/\/+$/, "").toLowerCase();
            const first = taken.get(target);
            taken.set(target, first ?? written(path));
            return first === undefined
                ? []
                : [
                      {
                          path,
                          value: `"${value}"`,
                          problem: `is probed for ${first} already`,
                          allowed: "what no other entry has",
                          paste: removeCommand(path),
                      },
                  ];
        });
    });
}

/** Exporters of infrastructures that are watched, by a kind that is, one entry for each. */
export function infrastructureExporters({ config: { monitors, observer } }: Checked): Problem[] {
    const iaas = monitors?.iaas;
    if (iaas === undefined) {
        return [];
    }
    const taken = new Map<string, number>();
    return iaas.exporters.flatMap(({ infrastructure, kind }, position) => {
        const entry: Path = ["monitors", "iaas", "exporters", position];
        const problems: Problem[] = [];
        if (!iaas.infrastructures.includes(infrastructure)) {
            const known = nearest(infrastructure, iaas.infrastructures) ?? iaas.infrastructures[0];
            problems.push({
                path: [...entry, "infrastructure"],
                value: `"${infrastructure}"`,
                problem: "is not one of monitors.iaas.infrastructures: no rule and no dashboard would ask for it",
                allowed:
                    known === undefined
                        ? "monitors.iaas.infrastructures has none yet"
                        : iaas.infrastructures.join(", "),
                paste:
                    known === undefined
                        ? setCommand(["monitors", "iaas", "infrastructures", 0], infrastructure)
                        : setCommand([...entry, "infrastructure"], known),
            });
        }
        if (infrastructure === observer?.name) {
            problems.push({
                path: [...entry, "infrastructure"],
                value: `"${infrastructure}"`,
                problem: "is the observer's own name: Query would have each of its series twice",
                allowed: "a name that the observer does not have, in monitors.iaas.infrastructures too",
                paste: setCommand([...entry, "infrastructure"], `${infrastructure}-cloud`),
            });
        }
        if (!iaas[kind]) {
            problems.push({
                path: [...entry, "kind"],
                value: `"${kind}"`,
                problem: `is switched off by monitors.iaas.${kind}: no rule and no dashboard would ask for it`,
                allowed: "a kind that is switched on",
                paste: setCommand(["monitors", "iaas", kind], true),
            });
        }
        const identity = `${kind} ${infrastructure}`;
        const first = taken.get(identity);
        if (first === undefined) {
            taken.set(identity, position);
        } else {
            problems.push({
                path: entry,
                problem: `is of the same infrastructure and kind as exporters[${first}]`,
                allowed: "one entry for each kind of an infrastructure, with all its addresses",
                paste: removeCommand(entry),
            });
        }
        return problems;
    });
}

/** A cluster in which the platform can make Harbor's ServiceMonitor. */
export function harborCluster({ config: { monitors, observer }, customers }: Checked): Problem[] {
    const scrapeOn = monitors?.harbor?.scrapeOn;
    if (scrapeOn === undefined) {
        return [];
    }
    const known = [
        ...(observer === undefined ? [] : [observer.name]),
        ...customers.flatMap(({ customer }) => (customer.enrolledBy === undefined ? [customer.name] : [])),
    ];
    if (known.includes(scrapeOn)) {
        return [];
    }
    const path: Path = ["monitors", "harbor", "scrapeOn"];
    const better = nearest(scrapeOn, known) ?? known[0];
    return [
        {
            path,
            value: `"${scrapeOn}"`,
            problem: "is neither the observer nor a cluster that this environment enrols: nothing would scrape Harbor",
            allowed: known.join(", "),
            paste: better === undefined ? removeCommand(path) : setCommand(path, better),
        },
    ];
}
