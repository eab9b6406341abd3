import { hostLabel } from "../../platform/names";
import { removeCommand, setCommand, type Problem } from "../problems";
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

/** An address for every record, and a port that the Service can have. */
export function ingressAddresses({ config: { ingress, readiness } }: Checked): Problem[] {
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
