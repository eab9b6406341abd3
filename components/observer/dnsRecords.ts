import type * as pulumi from "@pulumi/pulumi";
import type { DnsRecord } from "./dnsRecord";

/** Where records are made. */
export type DnsSettings =
    | { provider: "none" }
    | { provider: "externalDns" }
    | { provider: "azurePrivate"; resourceGroup: string; ttl: number }
    | { provider: "route53"; zoneId: string; region: string; ttl: number };

/** Makes the records of the observer's hosts, loading only the cloud SDK that this takes. */
export function createDnsRecords(
    name: string,
    args: { dns: DnsSettings; zone: string; records: DnsRecord[] },
    opts: pulumi.ComponentResourceOptions,
): void {
    switch (args.dns.provider) {
        case "azurePrivate": {
            const { AzurePrivateDns } = require("./azurePrivateDns") as typeof import("./azurePrivateDns");
            new AzurePrivateDns(name, { ...args.dns, zone: args.zone, records: args.records }, opts);
            return;
        }
        case "route53": {
            const { Route53Dns } = require("./route53Dns") as typeof import("./route53Dns");
            new Route53Dns(name, { ...args.dns, records: args.records }, opts);
            return;
        }
        case "externalDns":
        case "none":
            return;
    }
}
