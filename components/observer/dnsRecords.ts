import type * as pulumi from "@pulumi/pulumi";

/** One record: a name inside the zone and the address it leads to. */
export interface DnsRecord {
    /** The record's name inside the zone, such as `prod-grafana`. */
    label: string;
    /** The whole host. */
    host: string;
    /** An IP address or a host name. */
    target: pulumi.Input<string>;
}

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

/** True for an IPv4 address: what an A record can hold. */
export function isIpAddress(target: string): boolean {
    return /^\d{1,3}(\.\d{1,3}){3}$/.test(target);
}
