import { inHours } from "../platform/duration";
import { hostLabel } from "../platform/names";
import { maxSamplesPerSend, reservedLabels } from "../platform/remoteWrite";
import { reservedReceivers } from "../platform/alertmanager";
import { preset } from "../platform/sizes";
import { charts, findChart, pullCommand } from "../charts/coordinates";
import { unknownValues, wrongKinds } from "../charts/check";
import type { KeyTree } from "../charts/values";
import { kubePrometheusStackKeys } from "../charts/generated/kubePrometheusStack";
import { thanosKeys } from "../charts/generated/thanos";
import { removeCommand, setCommand, setSecretCommand, written, type Path, type Problem } from "./problems";
import type { StackConfig } from "./schema";

/** What the rules see: every section that is right in itself, and the config as it was read. */
export interface Checked {
    config: Partial<StackConfig>;
    /** Customers that are right in themselves, with their position in the list. */
    customers: { position: number; customer: StackConfig["customers"][number] }[];
    raw: Record<string, unknown>;
}

/** Everything that no single key can know, as problems. */
export function crossFieldProblems(checked: Checked): Problem[] {
    return [
        ...clusterNames(checked),
        ...clusterAccess(checked),
        ...replication(checked),
        ...retention(checked),
        ...externalLabels(checked),
        ...tenantLimits(checked),
        ...ingressHosts(checked),
        ...ingressAddresses(checked),
        ...webCertificate(checked),
        ...peers(checked),
        ...alertRoutes(checked),
        ...chartPlaces(checked),
        ...overlays(checked),
    ];
}

function clusterNames({ config, customers }: Checked): Problem[] {
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

function clusterAccess({ raw }: Checked): Problem[] {
    const clusters: { path: Path; cluster: Record<string, unknown> }[] = [];
    if (isMap(raw.observer)) {
        clusters.push({ path: ["observer"], cluster: raw.observer });
    }
    if (Array.isArray(raw.customers)) {
        raw.customers.forEach((cluster: unknown, position) => {
            if (isMap(cluster)) {
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

function replication({ config: { observer } }: Checked): Problem[] {
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

function retention({ config: { observer } }: Checked): Problem[] {
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

function externalLabels({ customers }: Checked): Problem[] {
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

function tenantLimits({ customers }: Checked): Problem[] {
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

function ingressHosts({ config: { ingress } }: Checked): Problem[] {
    if (ingress === undefined) {
        return [];
    }
    const longest = hostLabel(ingress, "alertmanager");
    const wrong = (key: "dnsPrefix" | "dnsSuffix", problem: string, allowed: string): Problem => ({
        path: ["ingress", key],
        value: `"${ingress[key]}"`,
        problem,
        allowed,
        paste: setCommand(["ingress", key], key === "dnsPrefix" ? "prod-" : "-eu"),
    });
    return [
        ...(ingress.dnsPrefix.startsWith("-")
            ? [
                  wrong(
                      "dnsPrefix",
                      "makes host names that start with a hyphen",
                      "a prefix that starts with a letter or digit",
                  ),
              ]
            : []),
        ...(ingress.dnsSuffix.endsWith("-")
            ? [
                  wrong(
                      "dnsSuffix",
                      "makes host names that end with a hyphen",
                      "a suffix that ends with a letter or digit",
                  ),
              ]
            : []),
        ...(longest.length > 63
            ? [
                  wrong(
                      "dnsPrefix",
                      `makes the host name ${longest} longer than a DNS label may be`,
                      "prefix and suffix of 51 characters together",
                  ),
              ]
            : []),
    ];
}

function ingressAddresses({ config: { ingress, readiness } }: Checked): Problem[] {
    if (ingress === undefined) {
        return [];
    }
    const problems: Problem[] = [];
    const { receive, dns, kind } = ingress;
    const writesRecords = dns.provider === "azurePrivate" || dns.provider === "route53";
    if (kind === "gateway" && ingress.className === undefined) {
        problems.push({
            path: ["ingress", "className"],
            problem: "is missing: a Gateway needs its GatewayClass",
            allowed: "the name of a GatewayClass in the observer cluster (kubectl get gatewayclass)",
            paste: setCommand(["ingress", "className"], "envoy"),
        });
    }
    if (writesRecords && kind !== "none" && ingress.address === undefined) {
        problems.push({
            path: ["ingress", "address"],
            problem: `is missing: ingress.dns.provider ${dns.provider} needs an address for the web hosts' records`,
            allowed: "the IP address or host name of the gateway or ingress controller",
            paste: setCommand(["ingress", "address"], "10.20.0.10"),
        });
    }
    const readFromCluster = receive.serviceType === "LoadBalancer" && readiness !== "skip";
    if (writesRecords && !readFromCluster && receive.address === undefined) {
        problems.push({
            path: ["ingress", "receive", "address"],
            problem: `is missing: the receive host's record cannot be read from the cluster (${readiness === "skip" ? "readiness skip" : receive.serviceType})`,
            allowed: "the IP address or host name that agents connect to",
            paste: setCommand(["ingress", "receive", "address"], "10.20.0.11"),
        });
    }
    if (receive.serviceType === "NodePort" && (receive.port < 30000 || receive.port > 32767)) {
        problems.push({
            path: ["ingress", "receive", "port"],
            value: String(receive.port),
            problem: "is not a node port",
            allowed: "30000 to 32767 with serviceType NodePort",
            paste: setCommand(["ingress", "receive", "port"], 30443),
        });
    }
    return problems;
}

function webCertificate({ config: { ingress } }: Checked): Problem[] {
    return ingress?.tls.issuer !== undefined && ingress.tls.secretName !== undefined
        ? [
              {
                  path: ["ingress", "tls"],
                  problem: "names both an issuer and an existing Secret; cert-manager would overwrite the Secret",
                  allowed: "issuer, secretName, or neither",
                  paste: removeCommand(["ingress", "tls", "secretName"]),
              },
          ]
        : [];
}

function peers({ config: { observer } }: Checked): Problem[] {
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

function alertRoutes({ config: { alerting } }: Checked): Problem[] {
    if (alerting === undefined) {
        return [];
    }
    const known = Object.keys(alerting.receivers);
    const allowed = known.length === 0 ? "alerting.receivers has none yet" : known.join(", ");
    const named = (path: Path, receiver: string | undefined): Problem[] =>
        receiver === undefined || known.includes(receiver)
            ? []
            : [
                  {
                      path,
                      value: `"${receiver}"`,
                      problem: "is not the name of a receiver",
                      allowed,
                      paste:
                          known[0] === undefined
                              ? setCommand(["alerting", "receivers", receiver, "kind"], "slack")
                              : setCommand(path, known[0]),
                  },
              ];
    return [
        ...known
            .filter((name) => reservedReceivers.includes(name))
            .map((name) => ({
                path: ["alerting", "receivers", name],
                problem: "is a receiver's name that the platform uses itself",
                allowed: `any name but ${reservedReceivers.join(", ")}`,
                paste: removeCommand(["alerting", "receivers", name]),
            })),
        ...named(["alerting", "defaultReceiver"], alerting.defaultReceiver),
        ...alerting.routes.flatMap((route, position) =>
            named(["alerting", "routes", position, "receiver"], route.receiver),
        ),
        ...(known.length > 0 && alerting.defaultReceiver === undefined
            ? [
                  {
                      path: ["alerting", "defaultReceiver"] as Path,
                      problem: "is missing: an alert that no route matches would reach nobody",
                      allowed,
                      paste: setCommand(["alerting", "defaultReceiver"], known[0] ?? ""),
                  },
              ]
            : []),
        ...(alerting.businessHours.from >= alerting.businessHours.to
            ? [
                  {
                      path: ["alerting", "businessHours", "to"] as Path,
                      value: `"${alerting.businessHours.to}"`,
                      problem: `is not after businessHours.from (${alerting.businessHours.from})`,
                      allowed: "a later time of the same day, HH:MM",
                      paste: setCommand(["alerting", "businessHours", "to"], "18:00"),
                  },
              ]
            : []),
    ];
}

function chartPlaces({ config: { mirror } }: Checked): Problem[] {
    if (mirror?.chartDirectory === undefined) {
        return [];
    }
    const directory = mirror.chartDirectory;
    if (mirror.chartRepository !== undefined) {
        return [
            {
                path: ["mirror", "chartRepository"],
                value: `"${mirror.chartRepository}"`,
                problem: "stands beside mirror.chartDirectory; charts come from one place",
                allowed: "chartRepository or chartDirectory",
                paste: removeCommand(["mirror", "chartRepository"]),
            },
        ];
    }
    return charts
        .filter((chart) => findChart(directory, chart) === undefined)
        .map((chart) => ({
            path: ["mirror", "chartDirectory"],
            value: `"${directory}"`,
            problem: `does not hold ${chart.name} ${chart.version}`,
            allowed: `${chart.name}-${chart.version}.tgz, or a directory ${chart.name} of that version`,
            paste: pullCommand(chart, directory),
        }));
}

function overlays({ config: { observer }, customers }: Checked): Problem[] {
    const check = (path: Path, keys: KeyTree, values: Record<string, unknown>): Problem[] => [
        ...unknownValues(keys, values).map((unknown) => ({
            path: [...path, ...unknown.keys],
            problem:
                unknown.suggestion === undefined
                    ? "is not a value of the chart"
                    : `is not a value of the chart; did you mean ${unknown.suggestion}?`,
            allowed: unknown.allowed.join(", "),
            paste: removeCommand([...path, ...unknown.keys]),
        })),
        ...wrongKinds(keys, values).map((wrong) => ({
            path: [...path, ...wrong.keys],
            problem: "is of another kind than the chart's own value",
            allowed: wrong.expected,
            paste: removeCommand([...path, ...wrong.keys]),
        })),
    ];
    const compactor = observer?.values.thanos.compactor;
    const replicas = isMap(compactor) ? compactor.replicaCount : undefined;
    const replicasPath: Path = ["observer", "values", "thanos", "compactor", "replicaCount"];
    return [
        ...(observer === undefined
            ? []
            : [
                  ...check(
                      ["observer", "values", "kubePrometheusStack"],
                      kubePrometheusStackKeys,
                      observer.values.kubePrometheusStack,
                  ),
                  ...check(["observer", "values", "thanos"], thanosKeys, observer.values.thanos),
              ]),
        ...customers.flatMap(({ position, customer }) =>
            check(["customers", position, "values"], kubePrometheusStackKeys, customer.values),
        ),
        ...(replicas === undefined || replicas === 1
            ? []
            : [
                  {
                      path: replicasPath,
                      value: JSON.stringify(replicas),
                      problem: "asks for other than one compactor; two on one bucket corrupt it",
                      allowed: "1",
                      paste: removeCommand(replicasPath),
                  },
              ]),
    ];
}

function isMap(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
