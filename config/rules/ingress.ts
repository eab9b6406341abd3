import { hostLabel } from "../../platform/names";
import { servesTenants } from "../../platform/tenantGateway";
import { removeCommand, setCommand, type Path, type Problem } from "../problems";
import type { StackConfig } from "../schema";
import type { Checked } from "./checked";

/** Hosts that DNS accepts. */
export function ingressHosts({ config: { ingress } }: Checked): Problem[] {
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

/** A Service whose TLS ends in its pods, and what its problems call it and offer. */
interface Published {
    key: "receive" | "tenants";
    clients: string;
    /** An address and a node port to set, as examples. */
    example: { address: string; port: number };
}

const receive: Published = { key: "receive", clients: "agents", example: { address: "10.20.0.11", port: 30443 } };
const tenants: Published = { key: "tenants", clients: "customers", example: { address: "10.20.0.12", port: 30444 } };

/** An address for every record, and a port that each Service can have. */
export function ingressAddresses({ config }: Checked): Problem[] {
    const { ingress, readiness, logs = { enabled: false }, auth = {} } = config;
    if (ingress === undefined) {
        return [];
    }
    const problems: Problem[] = [];
    const { dns, kind } = ingress;
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
    const served = servesTenants({ ingress, logs, auth });
    return [
        ...problems,
        ...(served ? [receive, tenants] : [receive]).flatMap((published) => [
            ...(writesRecords ? recordAddress(ingress, published, readiness) : []),
            ...nodePort(ingress, published),
        ]),
        ...(served ? sharedNodePort(ingress) : []),
    ];
}

/** An address in config where the cluster does not tell one. */
function recordAddress(
    ingress: StackConfig["ingress"],
    { key, clients, example }: Published,
    readiness: StackConfig["readiness"] | undefined,
): Problem[] {
    const { serviceType, address } = ingress[key];
    if (address !== undefined || (serviceType === "LoadBalancer" && readiness !== "skip")) {
        return [];
    }
    const path: Path = ["ingress", key, "address"];
    return [
        {
            path,
            problem: `is missing: the ${key} host's record cannot be read from the cluster (${readiness === "skip" ? "readiness skip" : serviceType})`,
            allowed: `the IP address or host name that ${clients} connect to`,
            paste: setCommand(path, example.address),
        },
    ];
}

function nodePort(ingress: StackConfig["ingress"], { key, example }: Published): Problem[] {
    const { serviceType, port } = ingress[key];
    const path: Path = ["ingress", key, "port"];
    return serviceType === "NodePort" && !isNodePort(port)
        ? [
              {
                  path,
                  value: String(port),
                  problem: "is not a node port",
                  allowed: "30000 to 32767 with serviceType NodePort",
                  paste: setCommand(path, example.port),
              },
          ]
        : [];
}

/** A port of the nodes is one Service's. */
function sharedNodePort({ receive, tenants }: StackConfig["ingress"]): Problem[] {
    const path: Path = ["ingress", "tenants", "port"];
    const { port } = tenants;
    return receive.serviceType === "NodePort" &&
        tenants.serviceType === "NodePort" &&
        port === receive.port &&
        isNodePort(port)
        ? [
              {
                  path,
                  value: String(port),
                  problem: "is the node port of ingress.receive already",
                  allowed: "30000 to 32767, another than ingress.receive.port",
                  paste: setCommand(path, port === 32767 ? port - 1 : port + 1),
              },
          ]
        : [];
}

function isNodePort(port: number): boolean {
    return port >= 30000 && port <= 32767;
}

/** One signer of the web certificate. */
export function webCertificate({ config: { ingress } }: Checked): Problem[] {
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
